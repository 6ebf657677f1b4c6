"""A run from beginning to end: the crowd comes, the faults are played, the books are judged."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from loadtests.crash.books import Books
from loadtests.crash.crowd import Crowd
from loadtests.crash.excerpt import excerpt
from loadtests.crash.faults import Faults
from loadtests.crash.history import History
from loadtests.crash.outcome import Outcome, Progress, figures, verdict
from loadtests.crash.plan import Round, plan
from loadtests.crash.receipts import check_receipts
from loadtests.crash.spec import Spec
from loadtests.crash.stage import Stage
from loadtests.own_server import NotRunning, OwnServer

HISTORY: Final = "history.jsonl"
MOST_FINDINGS: Final = 50


class Run:
    """One run in a folder of its own; `interrupted` ends it early, with what it has."""

    def __init__(self, spec: Spec, folder: Path, tell: Callable[[Progress], None]) -> None:
        self._spec = spec
        self._tell = tell
        self.interrupted = asyncio.Event()
        self._run = secrets.token_hex(4)
        self._books = Books(self._run)
        self.history = History(folder / HISTORY, self._books)
        self._server = OwnServer(folder / "data", store=spec.store)
        self._stage = Stage(self._server, self.history, self._run, spec.seed)
        self._faults = Faults(self._server, self._stage)
        self._rounds = 0
        self._seconds = self._slowest = 0.0
        self._unknown: str | None = None

    async def play(self) -> Outcome:
        """Do all of it, and judge. A run that broke off is judged, too, as far as it came."""
        with self.history:
            try:
                await asyncio.to_thread(self._server.start)
                await self._stage.open()
                await self._story()
            except* Exception as group:
                self._unknown = f"the run broke off: {_first(group)}"
            finally:
                await self._stage.close()
                await asyncio.to_thread(self._server.kill)
        return self._outcome()

    async def _story(self) -> None:
        async with asyncio.TaskGroup() as group:
            crowd = Crowd(self._spec, self._stage, group)
            try:
                await crowd.gather()
                if await self._survive_rounds():
                    await crowd.quiet_down()
                    await check_receipts(self._stage)
                    # What was in the server's memory is gone: the rest is what its disk says.
                    if await self._comes_back("the last kill", self._faults.restart(self._rounds)):
                        await crowd.audit()
            finally:
                await crowd.leave()

    async def _survive_rounds(self) -> bool:
        """Play the rounds; whether the server came back from each."""
        for this in plan(self._spec.seed, self._spec.rounds):
            if self.interrupted.is_set():
                break
            if not await self._comes_back(f"round {this.number}, {this}", self._faults.play(this)):
                return False
            self._rounds = this.number
            self._tell(self._progress(this))
        return True

    async def _comes_back(self, what: str, fault: Awaitable[float]) -> bool:
        """Whether the server comes back from a fault; that it does is the first promise."""
        try:
            self._seconds = await fault
        except NotRunning as error:
            self._books.breach("did not return", f"{what}: {error}")
            return False
        self._slowest = max(self._slowest, self._seconds)
        return True

    def _progress(self, this: Round) -> Progress:
        wire, application = (judgement.figures for judgement in self._books.judged())
        return Progress(
            round=this.number,
            rounds=self._spec.rounds,
            faults=str(this),
            back_seconds=round(self._seconds, 3),
            acknowledged=application.acknowledged,
            deliveries=application.received,
            replayed=wire.replayed,
            wrong=len(self._books.findings()),
        )

    def _outcome(self) -> Outcome:
        for line in self._server.complaints():
            self._books.breach("complaint", f"the server logged {line[:300]}")
        findings = self._books.findings()
        return Outcome(
            seed=self._spec.seed,
            verdict=verdict(self._books, findings, self._unknown),
            figures=figures(
                self._books,
                rounds=self._rounds,
                slowest_return=self._slowest,
                seconds=self.history.seconds,
            ),
            # One mistake may show at every device.
            findings=findings[:MOST_FINDINGS],
            history=excerpt(self.history.entries(), findings[0]) if findings else [],
            partial=self.interrupted.is_set(),
            unknown=self._unknown,
        )


def _first(group: BaseExceptionGroup[Exception]) -> str:
    """The error that began it, in words; the others follow from it."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) if isinstance(error, NotRunning) else repr(error)
