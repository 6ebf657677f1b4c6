"""A server that plays a script: real sockets, and nothing behind them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import msgspec
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from notifyctl.wire import (
    SUBPROTOCOL,
    Ack,
    AnyClientFrame,
    Hello,
    Welcome,
    close_reason,
    decode_client,
    encode,
)
from notifyctl.wire.close import CloseCode
from tests.support.frames import welcome

Frame = TypeVar("Frame", bound=msgspec.Struct)


class Peer:
    """One connection of the client, as a script sees it. `heard` is all that the client said."""

    def __init__(self, socket: ServerConnection) -> None:
        self.heard: list[AnyClientFrame] = []
        self._socket = socket

    async def say(self, *frames: msgspec.Struct) -> None:
        """Send frames."""
        for frame in frames:
            await self._socket.send(encode(frame), text=True)

    async def say_raw(self, text: str) -> None:
        """Send a message as it is."""
        await self._socket.send(text)

    async def hear(self) -> AnyClientFrame:
        """The next frame, whatever it is."""
        frame = decode_client(await self._socket.recv())
        self.heard.append(frame)
        return frame

    async def expect(self, kind: type[Frame]) -> Frame:
        """The next frame, which is of this kind."""
        frame = await self.hear()
        assert isinstance(frame, kind), f"expected {kind.__name__}, but the client says {frame}"
        return frame

    async def greet(self, answer: Welcome | None = None, *more: msgspec.Struct) -> Hello:
        """Take the client's hello, welcome it, and go on with more frames."""
        hello = await self.expect(Hello)
        await self.say(answer or welcome(), *more)
        return hello

    async def acked(self, seq: int, stream: str = "inbox") -> None:
        """Wait until the client has acknowledged exactly up to `seq`."""
        while True:
            ack = await self.expect(Ack)
            if ack.stream == stream and ack.seq >= seq:
                assert ack.seq == seq
                return

    async def greet_and_stay(self) -> None:
        """Take the client's hello, welcome it, and listen until it goes."""
        await self.greet()
        await self.stay()

    def acks(self, stream: str = "inbox") -> list[int]:
        """How far the client has acknowledged a stream, ack by ack."""
        acks = (frame for frame in self.heard if isinstance(frame, Ack))
        return [ack.seq for ack in acks if ack.stream == stream]

    async def stay(self) -> None:
        """Listen until the client goes."""
        with suppress(ConnectionClosed):
            while True:
                await self.hear()

    async def close(self, code: int, retry_ms: int | None = None) -> None:
        """End the session with a close code, in the server's way."""
        reason = close_reason(CloseCode(code), retry_ms) if code >= 4000 else ""
        await self._socket.close(code, reason)

    def drop(self) -> None:
        """Break the connection without a word, as a pulled cable does."""
        self._socket.transport.abort()


Scene = Callable[[Peer], Awaitable[None]]


class FakeServer:
    """Plays one scene per connection; the last one again for every further connection."""

    def __init__(self, scenes: tuple[Scene, ...]) -> None:
        self.peers: list[Peer] = []
        self.url = ""
        self._scenes = scenes
        self._failures: list[BaseException] = []

    async def open(self, port: int = 0) -> Server:
        """Listen on a port of the loopback."""
        server = await serve(
            self._play,
            "127.0.0.1",
            port,
            subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]
            ping_interval=None,
            close_timeout=0.5,
        )
        self.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws"
        return server

    def check(self) -> None:
        """Raise what went wrong in a scene."""
        if self._failures:
            raise self._failures[0]

    async def _play(self, socket: ServerConnection) -> None:
        peer = Peer(socket)
        self.peers.append(peer)
        scene = self._scenes[min(len(self.peers), len(self._scenes)) - 1]
        try:
            await scene(peer)
        except ConnectionClosed:
            pass
        except BaseException as failure:
            # The client must not come back to a script that is over.
            self._failures.append(failure)
            await peer.close(CloseCode.BAD_REQUEST)


@asynccontextmanager
async def fake_server(*scenes: Scene, port: int = 0) -> AsyncIterator[FakeServer]:
    """A server that plays these scenes. What failed in them fails the test at the end."""
    fake = FakeServer(scenes)
    server = await fake.open(port)
    try:
        async with asyncio.timeout(20):
            yield fake
    finally:
        server.close()
        await server.wait_closed()
        fake.check()
