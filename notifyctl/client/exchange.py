"""One exchange with the HTTP API: a request, its answer, and a repeat where that may help."""

import http.client
import random
import time
from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import Final, TypeVar
from urllib.parse import urlsplit

import msgspec

from notifyctl.client.backoff import Backoff
from notifyctl.client.states import unreachable
from notifyctl.errors import (
    BadRequest,
    NotifyError,
    ServerUnreachable,
    TokenInvalid,
    UnexpectedAnswer,
    UsageError,
    named,
)
from notifyctl.wire import Problem
from notifyctl.wire.decoding import decode

# What a server answers that starts, stops or has no store just now, or the proxy before it.
_PASSING: Final = frozenset(
    {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)
_PATIENCE_SECONDS: Final = 10.0
_LONGEST_NUMBER: Final = 9

Answer = TypeVar("Answer")


class Exchange:
    """Asks one server over one connection that is kept open; not for several threads at once.

    Every request of this API may be repeated without harm: it reads, sets a state or carries
    a key. One that finds no server, or a server that is not ready, is therefore repeated: at
    most `attempts` times in all, after a random wait or the one that the server asks for.
    """

    def __init__(
        self,
        url: str,
        token: str | None,
        *,
        timeout_seconds: float,
        attempts: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = url.rstrip("/")
        self._connection, self._prefix = _connection(self._url, timeout_seconds)
        self._headers = {"Accept": "application/json", **_authorization(token)}
        self._attempts = attempts
        self._sleep = sleep

    def close(self) -> None:
        """Let go of the connection; the next request opens another one."""
        self._connection.close()

    def ask(
        self,
        method: str,
        path: str,
        answer: type[Answer],
        body: object = None,
        *,
        expected: Collection[int] = (HTTPStatus.OK, HTTPStatus.CREATED),
    ) -> Answer:
        """The server's answer to a request, whose body is sent as JSON.

        Raises the error that the server names, `ServerUnreachable` if there is no server, and
        `UnexpectedAnswer` for the page of a proxy or of another program.
        """
        content = None if body is None else msgspec.json.encode(body)
        backoff = Backoff(random.uniform)
        attempts_left = self._attempts
        while True:
            attempts_left -= 1
            try:
                status, raw, retry_after = self._send(method, path, content)
                if status in expected:
                    return self._decoded(status, raw, answer)
                raise self._error(status, raw, retry_after)
            except NotifyError as error:
                wait = backoff.delay(error.retry_ms)
                if not _may_pass(error) or attempts_left <= 0 or wait > _PATIENCE_SECONDS:
                    raise
            self._sleep(wait)

    def _send(self, method: str, path: str, content: bytes | None) -> tuple[int, bytes, str | None]:
        kept = self._connection.sock is not None
        try:
            return self._send_once(method, path, content)
        except (OSError, http.client.HTTPException) as error:
            if not kept:
                raise unreachable(self._url, error) from None
        # A kept connection may be gone since the last request: that says nothing of the server.
        try:
            return self._send_once(method, path, content)
        except (OSError, http.client.HTTPException) as error:
            raise unreachable(self._url, error) from None

    def _send_once(
        self, method: str, path: str, content: bytes | None
    ) -> tuple[int, bytes, str | None]:
        headers = self._headers
        if content is not None:
            headers = {**headers, "Content-Type": "application/json"}
        try:
            self._connection.request(method, self._prefix + path, body=content, headers=headers)
            response = self._connection.getresponse()
            return response.status, response.read(), response.headers.get("Retry-After")
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise

    def _decoded(self, status: int, raw: bytes, answer: type[Answer]) -> Answer:
        try:
            return decode(raw, msgspec.json.Decoder(answer))
        except BadRequest:
            raise UnexpectedAnswer(url=self._url, status=status) from None

    def _error(self, status: int, raw: bytes, retry_after: str | None) -> NotifyError:
        retry_ms = _milliseconds(retry_after or "")
        try:
            problem = decode(raw, msgspec.json.Decoder(Problem))
        except BadRequest:
            return UnexpectedAnswer(url=self._url, status=status, retry_ms=retry_ms)
        if problem.retry_ms is not None:
            retry_ms = problem.retry_ms
        return named(problem.code).quoted(problem.detail, retry_ms=retry_ms)


def _may_pass(error: NotifyError) -> bool:
    status = error.details.get("status", error.http_status)
    return isinstance(error, ServerUnreachable) or status in _PASSING


def _connection(url: str, timeout_seconds: float) -> tuple[http.client.HTTPConnection, str]:
    """A connection for a URL, not yet opened, and the path that the URL ends with."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _not_a_url(url) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _not_a_url(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return kind(parts.hostname, port, timeout=timeout_seconds), parts.path


def _not_a_url(url: str) -> UsageError:
    return UsageError(
        problem=f"{url!r} is not the URL of a server; it looks like http://127.0.0.1:8000."
    )


def _authorization(token: str | None) -> dict[str, str]:
    if token is None:
        return {}
    if not token.isascii() or not token.isprintable():
        raise TokenInvalid(reason="it contains characters that no token has")
    return {"Authorization": f"Bearer {token}"}


def _milliseconds(retry_after: str) -> int | None:
    """What a `Retry-After` asks for; None for a date, or for longer than anybody waits."""
    is_number = retry_after.isdecimal() and len(retry_after) <= _LONGEST_NUMBER
    return int(retry_after) * 1000 if is_number else None
