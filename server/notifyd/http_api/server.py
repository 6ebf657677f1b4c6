"""The server of port 8000: from an HTTP request to its route and back, whatever goes wrong."""

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from notifyctl.errors import (
    BadRequest,
    InternalError,
    NotifyError,
    RequestTimeout,
    TokenInvalid,
    TooLarge,
    TooManyConnections,
    Unauthorized,
)
from notifyd.auth import Identity
from notifyd.http_api.connection import Connection
from notifyd.http_api.cors import cors_headers, preflight_headers
from notifyd.http_api.node import Node
from notifyd.http_api.reply import NO_CORS, problem, response
from notifyd.http_api.route import Answer, Call, Route
from notifyd.http_api.router import Router
from notifyd.http_api.routes import ROUTES
from notifyd.logs import fields

log = logging.getLogger(__name__)

BODY_SECONDS: Final = 60.0

# How metrics call what is no route; a caller's own words would grow without end.
NO_ROUTE: Final = "none"

_USER: Final = web.RequestKey("user", str)
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class HttpServer(web.Server):
    """aiohttp's low-level server around the table of routes. Run it in a `web.ServerRunner`."""

    def __init__(self, node: Node, *, max_connections: int) -> None:
        super().__init__(self._serve)
        self._node = node
        self._router = Router(ROUTES)
        self._max_connections = max_connections
        self._open: set[web.RequestHandler] = set()

    def __call__(self) -> web.RequestHandler:
        """One connection, as asyncio asks for it."""
        return Connection(self, self._refused)

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        """A client connected. It gets the place of those who have been idle longest, or none."""
        super().connection_made(handler, transport)
        assert isinstance(handler, Connection)
        if len(self._open) >= self._max_connections and not self._make_room():
            handler.refuse(TooManyConnections())
        else:
            self._open.add(handler)

    def connection_lost(
        self, handler: web.RequestHandler, exc: BaseException | None = None
    ) -> None:
        """A client is gone."""
        self._open.discard(handler)
        super().connection_lost(handler, exc)

    def _make_room(self) -> bool:
        idle = [one for one in self._open if isinstance(one, Connection) and one.is_idle]
        idle.sort(key=lambda one: one.waits_until)
        # Some at a time: in a flood, to look for each one's place would take all the time.
        for connection in idle[: 1 + self._max_connections // 10]:
            self._open.discard(connection)
            connection.force_close()
        return bool(idle)

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
        call = Call(
            identity=identity,
            path=parameters,
            query=request.rel_url.raw_query_string,
            headers=request.headers,
            peer=request.remote,
            body=await _body(request, route.asks.limit_bytes) if route.asks else b"",
        )
        return await route.handler(self._node, call)

    def _identity(self, request: web.BaseRequest) -> Identity:
        given = request.headers.getall("Authorization", [""])
        if len(given) > 1:
            # A proxy before this server may have looked at the other one.
            raise TokenInvalid(reason="there are two of them")
        scheme, _, token = given[0].partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized
        return self._node.verifier.verify(token.strip(), time.time())


def _line(request: web.BaseRequest, route: str, status: int, began: float) -> dict[str, object]:
    """What the log says of a request: never its path or query, in which a secret may stand."""
    milliseconds = round((time.perf_counter() - began) * 1000, 3)
    line = {"method": request.method, "route": route, "status": status, "ms": milliseconds}
    return line | {"user": request[_USER]} if _USER in request else line


async def _body(request: web.BaseRequest, limit_bytes: int) -> bytes:
    if encoding := request.headers.get("Content-Encoding"):
        raise BadRequest(detail=f"its body is encoded ({encoding}); send it as it is")
    length = request.content_length
    if length is not None and length > limit_bytes:
        raise TooLarge(limit_bytes=limit_bytes)
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(_CONTINUE)
    body = bytearray()
    content = request.content
    # Nearly always it is here already.
    seconds = None if content.is_eof() else BODY_SECONDS
    try:
        async with asyncio.timeout(seconds):
            while not content.at_eof():
                body += await content.readany()
                if len(body) > limit_bytes:
                    raise TooLarge(limit_bytes=limit_bytes)
    except TimeoutError:
        raise RequestTimeout(part="body", seconds=BODY_SECONDS) from None
    except (web.RequestPayloadError, ConnectionError):
        raise BadRequest(detail="its body ended early or is broken") from None
    return bytes(body)
