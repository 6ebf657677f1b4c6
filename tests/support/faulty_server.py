"""A server that breaks promises on purpose, so many times each: what a load run has to find."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Final

import msgspec
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from loadtests.spec import Target
from notifyctl.wire import (
    INBOX,
    SUBPROTOCOL,
    Events,
    Hello,
    Notification,
    Publish,
    PublishedOk,
    StreamState,
    Welcome,
    decode_client,
    encode,
)
from tests.support.frames import welcome

SECRET: Final = "a secret of the faulty server, 32 bytes or more"
EPOCH: Final = "e1"
FAULTY_PLACE: Final = 2
"""Of the streams that something happens to, it happens to the second event."""


class Faults(msgspec.Struct, frozen=True, kw_only=True):
    """How many events it drops, repeats, swaps with the next one and delays; how many it closes."""

    dropped: int = 0
    repeated: int = 0
    swapped: int = 0
    delayed: int = 0
    delay_seconds: float = 1.0
    closed: int = 0


class Stream:
    """A user's inbox, and the sessions that read it."""

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self.events: list[Notification] = []
        self.sessions: set[ServerConnection] = set()
        self.kept_back: list[Notification] = []
        self.is_delayed = False


class FaultyServer:
    """Where it listens. Each fault happens in a stream of its own, in the order they came up."""

    def __init__(self, faults: Faults) -> None:
        self.url = ""
        self._delay_seconds = faults.delay_seconds
        kinds = ("dropped", "repeated", "swapped", "delayed", "closed")
        self._faults = [kind for kind in kinds for _ in range(getattr(faults, kind))]
        self._streams: dict[str, Stream] = {}
        self._later: set[asyncio.Task[None]] = set()

    @property
    def target(self) -> Target:
        """It takes every token, and answers everything on one port."""
        ws_url = self.url.replace("http", "ws") + "/ws"
        return Target(http_url=self.url, ws_url=ws_url, secret=SECRET)

    async def serve(self, listening: threading.Event, ending: asyncio.Event) -> None:
        """Listen until the end is wanted."""
        async with serve(
            self._converse,
            "127.0.0.1",
            0,
            process_request=_probe,
            subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]
            compression=None,
            ping_interval=None,
            close_timeout=0.5,
        ) as server:
            self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            listening.set()
            await ending.wait()

    def _stream(self, user: str) -> Stream:
        if user not in self._streams:
            self._streams[user] = Stream(self._faults.pop(0) if self._faults else "")
        return self._streams[user]

    async def _converse(self, socket: ServerConnection) -> None:
        mine: Stream | None = None
        with suppress(ConnectionClosed):
            async for raw in socket:
                match decode_client(raw):
                    case Hello() as hello:
                        mine = await self._greet(socket, hello)
                    case Publish(to=str(to)) as request:
                        await self._publish(socket, to, request)
                    case _:
                        pass
        if mine is not None:
            mine.sessions.discard(socket)

    async def _greet(self, socket: ServerConnection, hello: Hello) -> Stream | None:
        if hello.device is None:
            await socket.send(encode(welcome()), text=True)
            return None
        assert hello.token is not None
        stream = self._stream(_user(hello.token))
        after = hello.streams[INBOX].after or 0
        head = len(stream.events)
        state = StreamState(epoch=EPOCH, head=head, after=after, resume="exact")
        frame: Welcome = msgspec.structs.replace(welcome(), streams={INBOX: state})
        await socket.send(encode(frame), text=True)
        if after < head:
            await _send(socket, stream.events[after:], live=False)
        stream.sessions.add(socket)
        return stream

    async def _publish(self, socket: ServerConnection, to: str, request: Publish) -> None:
        stream = self._stream(to)
        place = len(stream.events) + 1
        event = Notification(
            seq=place,
            id=f"{to}-{place}",
            at="2026-11-22T10:00:07.042Z",
            title=request.title,
            sender="load",
            category="general",
            level="normal",
            data=request.data if isinstance(request.data, dict) else None,
        )
        stream.events.append(event)
        answer = PublishedOk(
            id=request.id, event=event.id, seq=place, stream=INBOX, durability="memory", sessions=1
        )
        await socket.send(encode(answer), text=True)
        await self._deliver(stream, event)

    async def _deliver(self, stream: Stream, event: Notification) -> None:
        if stream.is_delayed:
            stream.kept_back.append(event)
            return
        events = [event, *stream.kept_back]
        stream.kept_back = []
        match stream.fault if event.seq == FAULTY_PLACE else "":
            case "dropped":
                return
            case "repeated":
                events = [event, event]
            case "swapped":
                stream.kept_back = [event]
                return
            case "delayed":
                self._later.add(asyncio.create_task(self._delay(stream, event)))
                return
            case "closed":
                for socket in stream.sessions:
                    socket.transport.abort()
                return
        await self._send(stream, events)

    async def _delay(self, stream: Stream, event: Notification) -> None:
        stream.is_delayed = True
        await asyncio.sleep(self._delay_seconds)
        stream.is_delayed = False
        events, stream.kept_back = [event, *stream.kept_back], []
        await self._send(stream, events)

    async def _send(self, stream: Stream, events: list[Notification]) -> None:
        for socket in tuple(stream.sessions):
            with suppress(ConnectionClosed):
                await _send(socket, events, live=True)


async def _send(socket: ServerConnection, events: list[Notification], *, live: bool) -> None:
    frame = Events(stream=INBOX, epoch=EPOCH, live=live, events=list(events))
    await socket.send(encode(frame), text=True)


def _probe(socket: ServerConnection, request: Request) -> Response | None:
    return socket.respond(HTTPStatus.OK, "ok\n") if request.path == "/readyz" else None


def _user(token: str) -> str:
    import jwt

    claims = jwt.decode(token, SECRET, algorithms=["HS256", "HS384", "HS512"])
    return str(claims["sub"])


@contextmanager
def faulty_server(**faults: float) -> Iterator[FaultyServer]:
    """A server with these faults, as long as the block."""
    server = FaultyServer(msgspec.convert(faults, Faults))
    listening, ending = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(server.serve(listening, ending))
    )
    thread.start()
    try:
        assert listening.wait(10), "the faulty server does not listen"
        yield server
    finally:
        loop.call_soon_threadsafe(ending.set)
        thread.join()
        loop.close()
