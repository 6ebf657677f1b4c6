"""A node inside the test's own process, and raw conversations with it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from notifyctl import wire
from notifyd.app import Server, fastest_loop
from notifyd.auth import issue
from notifyd.keyring import Keyring
from notifyd.keys import secret_key
from notifyd.settings import Settings
from tests.support import overheard

SECRET = "0123456789abcdef0123456789abcdef"
KEY = secret_key(SECRET.encode())
KEYRING = Keyring((KEY,), is_generated=True)
T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a test's coroutine on the loop that the server uses."""
    with asyncio.Runner(loop_factory=fastest_loop()) as runner:
        return runner.run(work)


class Node:
    """Where a server answers, and what its clients need."""

    def __init__(self, http_url: str, ws_url: str, server: Server | None = None) -> None:
        self._server = server
        self.http_url = http_url
        self.ws_url = ws_url

    @property
    def server(self) -> Server:
        """The server itself, when it runs in this process."""
        assert self._server is not None
        return self._server

    @staticmethod
    def token(
        user: str,
        *scopes: str,
        topics: tuple[str, ...] = ("*",),
        now: float = 1_800_000_000.0,
        ttl_seconds: float = 10**9,
        max_level: wire.Level | None = None,
    ) -> str:
        """A token for a node of this process; `subscribe` and `publish` unless scopes are named."""
        return issue(
            KEY,
            user,
            scopes=scopes or ("subscribe", "publish"),
            topics=topics,
            now=now,
            ttl_seconds=ttl_seconds,
            token_id=f"of-{user}",
            max_level=max_level,
        )

    @asynccontextmanager
    async def session(
        self,
        user: str = "alice",
        *,
        device: str | None = None,
        streams: dict[str, wire.Claim] | None = None,
        token: str | None = None,
        **options: Any,
    ) -> AsyncIterator["Conversation"]:
        """A session that said hello and was welcomed."""
        async with connect(self.ws_url, compression=None, max_size=None, **options) as socket:
            talk = Conversation(socket)
            hello = wire.Hello(
                token=token or self.token(user), device=device, streams=streams or {}
            )
            await talk.say(hello)
            talk.welcome = await talk.expect(wire.Welcome)
            yield talk
        overheard.note("the reason of a close", socket.close_reason or "")


F = TypeVar("F", bound=msgspec.Struct)


class Conversation:
    """The client's side of a session, frame by frame."""

    welcome: wire.Welcome

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, frame: msgspec.Struct) -> None:
        """Send a frame."""
        await self.socket.send(wire.encode(frame).decode())

    async def hear(self) -> bytes:
        """The next frame as it travelled."""
        return await asyncio.wait_for(self.socket.recv(decode=False), 10)

    async def expect(self, kind: type[F]) -> F:
        """The next frame, which must be of this kind."""
        raw = await self.hear()
        try:
            return msgspec.json.decode(raw, type=kind)
        except msgspec.ValidationError as error:
            raise AssertionError(f"{kind.__name__} expected, not {raw.decode()}") from error

    async def events(self, count: int) -> list[wire.AnyEvent]:
        """The next `count` events, from as many frames as they come in."""
        found: list[wire.AnyEvent] = []
        while len(found) < count:
            found += (await self.expect(wire.Events)).events
        assert len(found) == count, f"{len(found)} events came instead of {count}"
        return found

    async def publish(self, to: str = "alice", title: str = "Hello", **content: Any) -> int:
        """Publish one notification over this session; its seq."""
        await self.say(wire.Publish(id="p", to=to, title=title, **content))
        while True:
            raw = await self.hear()
            if msgspec.json.decode(raw).get("id") == "p":
                return msgspec.json.decode(raw, type=wire.PublishedOk).seq


@asynccontextmanager
async def node(keyring: Keyring = KEYRING, /, **settings: Any) -> AsyncIterator[Node]:
    """A node with a memory store on free ports, unless the settings say otherwise."""
    overheard.keep_secret(SECRET)
    chosen = {"store": "memory:", "http_port": 0, "ws_port": 0, **settings}
    server = Server(Settings(**chosen), keyring)
    addresses = await server.start()
    try:
        yield Node(addresses.http_url, addresses.ws_url, server)
    finally:
        await server.stop()
