"""The faults of a round, done to a real server."""

import asyncio
import time
from contextlib import suppress
from typing import Final

from loadtests.crash.entries import Answered, Fault, Given
from loadtests.crash.plan import Aim, Round
from loadtests.crash.stage import Stage
from loadtests.own_server import OwnServer

AIMED_AT: Final[dict[Aim, type[Answered | Given]]] = {"an answer": Answered, "a delivery": Given}
# While nothing gets through, nothing comes.
AIM_SECONDS: Final = 0.5


class Faults:
    """Kills the server as the plan says, and brings it back."""

    def __init__(self, server: OwnServer, stage: Stage) -> None:
        self._server = server
        self._stage = stage

    async def play(self, this: Round) -> float:
        """One round; how many seconds the server took to come back. Raises `NotRunning`."""
        await asyncio.sleep(this.calm)
        self._begin(this)
        await asyncio.sleep(this.until_kill / 2)
        if this.is_over_by_kill:
            self._end(this)
        await asyncio.sleep(this.until_kill / 2)
        if this.aim is not None:
            await self._strike_at(AIMED_AT[this.aim])
        await self.kill(this.number)
        self._stage.heal()
        await asyncio.sleep(this.until_launch)
        if this.until_stumble is not None:
            self._server.launch()
            await asyncio.sleep(this.until_stumble)
            await self.kill(this.number)
        return await self.come_back()

    async def kill(self, number: int) -> None:
        """`kill -9`."""
        self._stage.note(Fault(round=number, fault="kill"))
        await asyncio.to_thread(self._server.kill)

    async def restart(self, number: int) -> float:
        """Kill it once more, and start it; how long that took. Raises `NotRunning`."""
        await self.kill(number)
        return await self.come_back()

    async def come_back(self) -> float:
        """Start the server again; how long that took. Raises `NotRunning`."""
        began = time.monotonic()
        self._server.launch()
        await asyncio.to_thread(self._server.await_ready)
        return time.monotonic() - began

    async def _strike_at(self, kind: type[Answered | Given]) -> None:
        """Kill it in the very moment in which the next one comes; not for ever."""
        struck = asyncio.Event()

        def strike() -> None:
            self._server.strike()
            struck.set()

        self._stage.history.upon(kind, strike)
        with suppress(TimeoutError):
            async with asyncio.timeout(AIM_SECONDS):
                await struck.wait()
        self._stage.history.upon(kind, lambda: None)

    def _begin(self, this: Round) -> None:
        match this.nuisance:
            case None:
                return
            case "freeze":
                self._server.freeze()
            case "cut":
                self._stage.cut()
            case "silence":
                self._stage.silence()
            case "lost acks":
                self._stage.is_losing_acks = True
        self._stage.note(Fault(round=this.number, fault=this.nuisance))

    def _end(self, this: Round) -> None:
        if this.nuisance == "freeze":
            self._server.thaw()
        self._stage.heal()
