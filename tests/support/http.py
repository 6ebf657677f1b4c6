"""The HTTP API as a client sees it, and its routes without a socket."""

import asyncio
import io
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp
import msgspec

from notifyctl.wire import Problem, PublishBody, Published
from notifyd.auth import Identity, Verifier
from notifyd.cursors import Cursors
from notifyd.delivery import Delivery
from notifyd.health import Health
from notifyd.http_api.node import Node as HttpNode
from notifyd.http_api.route import Call
from notifyd.hub import Hub
from notifyd.metrics import Metrics
from notifyd.rate import Rates
from notifyd.receipts import Receipts
from notifyd.settings import Settings
from notifyd.store.memory import MemoryStore
from notifyd.store.store import Limits
from tests.support import overheard
from tests.support.nodes import KEY, Node, node

T = TypeVar("T")


class Reply(msgspec.Struct, frozen=True):
    """An answer; the names of its headers ignore case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def read(self, kind: type[T]) -> T:
        """The body as a value."""
        return msgspec.json.decode(self.body, type=kind)

    @property
    def problem(self) -> Problem:
        """What was wrong; the answer must say so in the form of RFC 9457."""
        assert self.headers["Content-Type"] == "application/problem+json", self.body
        problem = self.read(Problem)
        assert problem.status == self.status
        return problem


class Api:
    """Requests to one node."""

    def __init__(self, here: Node, http: aiohttp.ClientSession) -> None:
        self.node = here
        self._http = http

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] = {},
    ) -> Reply:
        """Ask and read the whole answer. A body that is not bytes becomes JSON."""
        sent = dict(headers)
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        data = None
        if body is not None:
            data = io.BytesIO(body if isinstance(body, bytes) else msgspec.json.encode(body))
        async with self._http.request(method, path, data=data, headers=sent) as response:
            reply = Reply(response.status, response.headers, await response.read())
        if reply.status >= 400 or path == "/metrics":
            overheard.note(f"{method} {path}", reply.body.decode())
        return reply

    async def publish(self, to: str = "alice", title: str = "Hello", **content: Any) -> Published:
        """Publish one notification as bob."""
        body = PublishBody(to=to, title=title, **content)
        reply = await self.ask("POST", "/v1/notifications", body, token=self.node.token("bob"))
        assert reply.status == 201, reply.body
        return reply.read(Published)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A connection of its own."""
        host, port = self.node.http_url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            yield reader, writer
        finally:
            writer.close()

    async def speak(self, raw: bytes, *, until: bytes = b"") -> bytes:
        """What comes back on a connection of its own, until it contains `until` or ends."""
        came = b""
        async with self.connection() as (reader, writer), asyncio.timeout(10):
            writer.write(raw)
            while chunk := await reader.read(65536):
                came += chunk
                if until and until in came:
                    break
        return came


@asynccontextmanager
async def api(**settings: Any) -> AsyncIterator[Api]:
    """A client of a node with a memory store, unless the settings say otherwise."""
    async with (
        node(**settings) as here,
        # What a test does not say is not sent, as with curl.
        aiohttp.ClientSession(here.http_url, skip_auto_headers=["Content-Type"]) as http,
    ):
        yield Api(here, http)


def bare_node(store: MemoryStore | None = None, **changes: Any) -> HttpNode:
    """A node without ports, for routes that are called directly."""
    settings = Settings(store="memory:")
    store = store or MemoryStore(Limits())
    hub, receipts, metrics = Hub(max_sessions_per_user=20), Receipts(), Metrics()
    rates = Rates(settings.publish_rate, settings.publish_burst)
    parts: dict[str, Any] = {
        "name": "notifyd/test",
        "settings": settings,
        "verifier": Verifier([KEY]),
        "dev_key": KEY,
        "store": store,
        "delivery": Delivery(store, hub, Cursors(store, metrics), receipts, rates, metrics),
        "hub": hub,
        "receipts": receipts,
        "health": Health(store),
        "metrics": metrics,
        "drain": lambda: None,
        "started_at": time.monotonic(),
    }
    return HttpNode(**(parts | changes))


def call(
    identity: Identity | None = None,
    *,
    path: Mapping[str, str] = {},
    query: str = "",
    headers: Mapping[str, str] = {},
    peer: str = "127.0.0.1",
    body: bytes = b"",
) -> Call:
    """A request that reached its route."""
    return Call(identity=identity, path=path, query=query, headers=headers, peer=peer, body=body)
