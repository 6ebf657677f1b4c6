"""The server of port 8000: from an HTTP request to its route and back, whatever goes wrong."""

import asyncio
import logging
import time
from collections.abc import Mapping
from operator import itemgetter
from typing import Final

from aiohttp import HttpVersion11, web

from notifyctl.errors import (
    InternalError,
    NotifyError,
    TokenInvalid,
    TooLarge,
    TooManyConnections,
    Unauthorized,
)
from notifyd.auth import Identity
from notifyd.http_api.body import BODY_SECONDS, Bodies
from notifyd.http_api.connection import Connection
from notifyd.http_api.cors import cors_headers, preflight_headers
from notifyd.http_api.node import Node
from notifyd.http_api.reply import NO_CORS, problem, response
from notifyd.http_api.route import Answer, Call, Route
from notifyd.http_api.router import Router
from notifyd.http_api.routes import ROUTES
from notifyd.logs import fields

log = logging.getLogger(__name__)

# How metrics call what is no route; a caller's own words would grow without end.
NO_ROUTE: Final = "none"

_USER: Final = web.RequestKey("user", str)


class HttpServer(web.Server):
    """aiohttp's low-level server around the table of routes. Run it in a `web.ServerRunner`."""

    def __init__(self, node: Node, *, max_connections: int) -> None:
        super().__init__(self._serve)
        self._node = node
        self._router = Router(ROUTES)
        self._max_connections = max_connections
        self._open: set[Connection] = set()
        self._bodies = Bodies()

    def __call__(self) -> web.RequestHandler:
        """One connection, as asyncio asks for it."""
        return Connection(self, self._refused)

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        """A client connected. It gets the place of those who keep us waiting longest, or none."""
        super().connection_made(handler, transport)
        assert isinstance(handler, Connection)
        if len(self._open) >= self._max_connections and not self._make_room():
            # Later: a connection that ended before it began would be a mistake to aiohttp.
            asyncio.get_running_loop().call_soon(handler.refuse, TooManyConnections())
        else:
            self._open.add(handler)

    def connection_lost(
        self, handler: web.RequestHandler, exc: BaseException | None = None
    ) -> None:
        """A client is gone."""
        assert isinstance(handler, Connection)
        self._open.discard(handler)
        super().connection_lost(handler, exc)

    def _make_room(self) -> bool:
        waiting = [(until, one) for one in self._open if (until := one.waits_until) is not None]
        waiting.sort(key=itemgetter(0))
        # Some at a time: in a flood, to look for each one's place would take all the time.
        for _, connection in waiting[: 1 + self._max_connections // 10]:
            self._open.discard(connection)
            connection.give_way()
        return bool(waiting)

    def _refused(self, error: NotifyError) -> None:
        self._node.metrics.http_request(NO_ROUTE, error.http_status)

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        began = time.perf_counter()
        # What CONNECT asks for has no path.
        path = request.rel_url.raw_path or request.raw_path
        name, cors = NO_ROUTE, NO_CORS
        try:
            if path.startswith("/v1/"):
                cors = self._cors(request)
            if request.method == "OPTIONS":
                answer = Answer(b"", 204, headers=preflight_headers(self._router.allowed(path)))
            else:
                route, parameters = self._router.find(request.method, path)
                name = route.name
                answer = await self._answer(route, parameters, request)
        except NotifyError as error:
            answer = problem(error)
        except Exception:
            log.exception("a request failed", extra=fields(route=name))
            answer = problem(InternalError())
        self._node.metrics.http_request(name, answer.status)
        if log.isEnabledFor(logging.DEBUG):
            log.debug("request", extra=fields(**_line(request, name, answer.status, began)))
        reply = response(answer, cors)
        if answer.status == TooLarge.http_status or not request.content.is_eof():
            # Where the next request begins, only the rest of this one could tell.
            reply.force_close()
            _connection(request).body_due = asyncio.get_running_loop().time()
        return reply

    def _cors(self, request: web.BaseRequest) -> Mapping[str, str]:
        headers = request.headers
        return cors_headers(
            headers.get("Origin"), headers.get("Host"), self._node.settings.allowed_origins
        )

    async def _answer(
        self, route: Route, parameters: Mapping[str, str], request: web.BaseRequest
    ) -> Answer:
        identity = None
        if route.access != "open":
            identity = self._identity(request)
            request[_USER] = identity.user
            if route.access != "token":
                identity.require(route.access)
        body = b""
        try:
            if route.asks:
                body = await self._body(request, route.asks.limit_bytes, identity)
            call = Call(
                identity=identity,
                path=parameters,
                query=request.rel_url.raw_query_string,
                headers=request.headers,
                peer=request.remote,
                is_http_1_0=request.version < HttpVersion11,
                body=body,
            )
            return await route.handler(self._node, call)
        finally:
            self._bodies.release(len(body))

    async def _body(
        self, request: web.BaseRequest, limit_bytes: int, identity: Identity | None
    ) -> bytes:
        if identity is not None:
            return await self._bodies.read(request, limit_bytes)
        # A stranger's body keeps no place that others need.
        connection = _connection(request)
        connection.body_due = asyncio.get_running_loop().time() + BODY_SECONDS
        try:
            return await self._bodies.read(request, limit_bytes)
        finally:
            connection.body_due = None

    def _identity(self, request: web.BaseRequest) -> Identity:
        given = request.headers.getall("Authorization", [""])
        if len(given) > 1:
            # A proxy before this server may have looked at the other one.
            raise TokenInvalid(reason="there are two of them")
        scheme, _, token = given[0].partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized
        return self._node.verifier.verify(token.strip(), time.time())


def _connection(request: web.BaseRequest) -> Connection:
    connection = request.protocol
    assert isinstance(connection, Connection)
    return connection


def _line(request: web.BaseRequest, route: str, status: int, began: float) -> dict[str, object]:
    """What the log says of a request: never its path or query, in which a secret may stand."""
    milliseconds = round((time.perf_counter() - began) * 1000, 3)
    line = {"method": request.method, "route": route, "status": status, "ms": milliseconds}
    return line | {"user": request[_USER]} if _USER in request else line
