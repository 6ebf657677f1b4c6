"""Replies: an answer, or what went wrong, as HTTP carries it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from notifyctl.errors import NotifyError
from notifyctl.wire import encode
from notifyd import problems
from notifyd.http_api.route import Answer

NO_CORS: Final[Mapping[str, str]] = {}
_ALWAYS: Final = {"Server": "notifyd", "X-Content-Type-Options": "nosniff"}


def problem(error: NotifyError) -> Answer:
    """What went wrong, as an answer."""
    return Answer(
        encode(problems.problem(error)),
        error.http_status,
        problems.CONTENT_TYPE,
        problems.headers(error),
    )


def response(answer: Answer, cors: Mapping[str, str] = NO_CORS) -> web.Response:
    """The answer to a request."""
    return web.Response(body=answer.body, status=answer.status, headers=_headers(answer, cors))


def last_words(error: NotifyError) -> bytes:
    """What went wrong, for a connection without a request to answer; it ends with them."""
    answer = problem(error)
    headers = {
        **_headers(answer, NO_CORS),
        "Content-Length": len(answer.body),
        "Connection": "close",
    }
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + answer.body


def _headers(answer: Answer, cors: Mapping[str, str]) -> dict[str, Any]:
    headers: dict[str, Any] = {**_ALWAYS, **cors, **answer.headers}
    if answer.body:
        headers["Content-Type"] = answer.content_type
    return headers
