"""A device: receives, drops out, resumes, reads slowly, and loses acks.

Everything that comes over the wire is noted before the client's session looks at it; what that
gives to the application is noted as well. So a mistake of the server cannot hide behind the
client, nor one of the client behind the server.
"""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from typing import Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from loadtests.crash.entries import Acked, Dropped, Welcomed, came, gapped, given
from loadtests.crash.stage import Stage
from notifyctl import wire
from notifyctl.client.session import Item, Received, Session

CONNECT_SECONDS: Final = 5.0
AWAY_SECONDS: Final = 0.15
SLOW_SECONDS: Final = 0.3
# How often it happens: per event, per event, per ack.
DROPS: Final = 1 / 200
STALLS: Final = 1 / 100
LOSES: Final = 0.1


class Device:
    """One installation of a client. If it `keeps` its positions, it sees everything once.

    One that keeps none relies on what the server remembers of its acks; what it had not
    acknowledged comes again.
    """

    def __init__(
        self,
        user: str,
        name: str,
        topics: tuple[str, ...],
        stage: Stage,
        *,
        keeps: bool = True,
        start: Mapping[str, wire.Claim] | None = None,
    ) -> None:
        self.user, self.name = user, name
        self.is_welcome = asyncio.Event()
        self._topics = topics
        self._stage = stage
        self._keeps = keeps
        self._token = stage.token(user, "subscribe")
        self._chance = stage.chance(f"{user}-{name}")
        self._given: deque[Item] = deque()
        self._session = self._started(start or {})

    async def run(self) -> None:
        """Be there, and come back, until it is cancelled."""
        while True:
            why = "it dropped out"
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    socket = await connect(
                        self._stage.ws_url,
                        proxy=None,
                        compression=None,
                        ping_interval=None,
                        max_size=None,
                        close_timeout=0.2,
                    )
                async with socket:
                    await self._talk(socket)
            except (OSError, WebSocketException, TimeoutError) as error:
                why = f"{type(error).__name__}: {error}"
            self._stage.note(Dropped(user=self.user, device=self.name, why=why))
            if not self._keeps or (self._stage.is_wild and self._chance.random() < 0.5):
                self._restart()
            await asyncio.sleep(self._chance.uniform(0, AWAY_SECONDS))

    async def _talk(self, socket: ClientConnection) -> None:
        """One connection, until it breaks or the device drops out."""
        hello = self._session.hello(self._token, time.time())
        await socket.send(wire.encode(hello).decode())
        while await self._handle(socket):
            frame = wire.decode_server(await socket.recv(decode=False))
            if frame is not None:
                self._note(frame)
                self._given += self._session.receive(frame, time.time())

    async def _handle(self, socket: ClientConnection) -> bool:
        """Give to the application what came, and acknowledge it; whether to go on."""
        while self._given:
            item = self._given.popleft()
            if isinstance(item, Received):
                self._stage.note(given(self.user, self.name, item))
            self._session.handled(item)
            if self._stage.is_wild and self._chance.random() < DROPS:
                if self._chance.random() < 0.5:
                    socket.transport.abort()
                return False
            if self._stage.is_wild and self._chance.random() < STALLS:
                await asyncio.sleep(self._chance.uniform(0, SLOW_SECONDS))
        for ack in self._session.acks():
            await self._acknowledge(socket, ack)
        return True

    async def _acknowledge(self, socket: ClientConnection, ack: wire.Ack) -> None:
        stage = self._stage
        lost = stage.is_losing_acks or (stage.is_wild and self._chance.random() < LOSES)
        stage.note(
            Acked(user=self.user, device=self.name, stream=ack.stream, through=ack.seq, lost=lost)
        )
        if not lost:
            await socket.send(wire.encode(ack).decode())

    def _note(self, frame: wire.AnyServerFrame) -> None:
        """Write down what came over the wire."""
        user, device, note = self.user, self.name, self._stage.note
        match frame:
            case wire.Welcome(streams=streams):
                for stream, state in streams.items():
                    note(
                        Welcomed(
                            user=user,
                            device=device,
                            stream=stream,
                            epoch=state.epoch,
                            after=state.after,
                            afresh=not self._keeps,
                        )
                    )
                self.is_welcome.set()
            case wire.Events():
                for entry in came(user, device, frame):
                    note(entry)
            case wire.Gap():
                note(gapped(user, device, frame))
            case _:
                pass  # A refusal is followed by a close, which is noted.

    def _restart(self) -> None:
        """The application ends and starts: with its positions if it kept them, else without."""
        self._given.clear()
        self._session = self._started(self._session.positions() if self._keeps else {})

    def _started(self, start: Mapping[str, wire.Claim]) -> Session:
        return Session(
            device=self.name,
            topics=self._topics,
            start=start,
            jitter=self._chance.uniform,
            renewable=False,
        )
