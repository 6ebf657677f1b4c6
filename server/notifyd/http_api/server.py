"""The server of port 8000: from an HTTP request to its route and back, whatever goes wrong."""

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from notifyctl.errors import (
    BadRequest,
    InternalError,
    NotifyError,
    RequestTimeout,
    TooLarge,
    Unauthorized,
)
from notifyctl.wire import encode
from notifyd import problems
from notifyd.auth import Identity
from notifyd.http_api.cors import cors_headers, preflight_headers
from notifyd.http_api.node import Node
from notifyd.http_api.route import Answer, Call, Route
from notifyd.http_api.router import Router
from notifyd.http_api.routes import ROUTES
from notifyd.logs import fields

log = logging.getLogger(__name__)

_OPTIONS: Final[dict[str, Any]] = {
    "access_log": None,
    # A small compressed body could be a huge one.
    "auto_decompress": False,
    # Proxies keep idle connections for a minute, usually: theirs must end first.
    "keepalive_timeout": 75.0,
}

BODY_SECONDS: Final = 60.0

# How metrics call what is no route; a caller's own words would grow without end.
NO_ROUTE: Final = "none"

_NO_CORS: Final[Mapping[str, str]] = {}
_ALWAYS: Final = {"Server": "notifyd", "X-Content-Type-Options": "nosniff"}
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class HttpServer(web.Server):
    """aiohttp's low-level server around the table of routes. Run it in a `web.ServerRunner`."""

    def __init__(self, node: Node) -> None:
        super().__init__(self._serve)
        self._node = node
        self._router = Router(ROUTES)

    def __call__(self) -> web.RequestHandler:
        """One connection, as asyncio asks for it."""
        return _Connection(self, loop=asyncio.get_running_loop(), **_OPTIONS)

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.rel_url.raw_path
        name, cors = NO_ROUTE, _NO_CORS
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
            answer = _problem(error)
        except Exception:
            log.exception("a request failed", extra=fields(route=name))
            answer = _problem(InternalError())
        self._node.metrics.http_request(name, answer.status)
        return _response(answer, cors)

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
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized
        return self._node.verifier.verify(token.strip(), time.time())


class _Connection(web.RequestHandler):
    """A connection that answers what is no HTTP like every other error."""

    def handle_error(
        self,
        request: web.BaseRequest,  # noqa: ARG002
        status: int = 500,  # noqa: ARG002
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002
    ) -> web.StreamResponse:
        """Called by aiohttp for a request that it could not read; the connection ends."""
        is_long = isinstance(exc, LineTooLong)
        detail = "a line of its head is too long" if is_long else "this is not HTTP/1.1"
        response = _response(_problem(BadRequest(detail=detail)), _NO_CORS)
        response.force_close()
        return response


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
        raise RequestTimeout(seconds=BODY_SECONDS) from None
    except (web.RequestPayloadError, ConnectionError):
        raise BadRequest(detail="its body ended early or is broken") from None
    return bytes(body)


def _problem(error: NotifyError) -> Answer:
    return Answer(
        encode(problems.problem(error)),
        error.http_status,
        problems.CONTENT_TYPE,
        problems.headers(error),
    )


def _response(answer: Answer, cors: Mapping[str, str]) -> web.Response:
    headers: dict[str, Any] = {**_ALWAYS, **cors, **answer.headers}
    if answer.body:
        headers["Content-Type"] = answer.content_type
    return web.Response(body=answer.body, status=answer.status, headers=headers)
