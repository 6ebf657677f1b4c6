"""Problems: an error as HTTP answers it - status, headers, and a body after RFC 9457."""

from http import HTTPStatus
from typing import Final

from notifyctl.errors import MethodNotAllowed, NotifyError, TokenExpired, TokenInvalid, Unauthorized
from notifyctl.wire import Problem

CONTENT_TYPE: Final = "application/problem+json"

# The store is given this long to recover when nobody knows better.
_RETRY_SECONDS: Final = 1


def problem(error: NotifyError) -> Problem:
    """The body: the error's sentence under its stable code."""
    return Problem(
        title=HTTPStatus(error.http_status).phrase,
        status=error.http_status,
        code=error.code,
        detail=str(error),
        retry_ms=error.retry_ms,
    )


def headers(error: NotifyError) -> dict[str, str]:
    """The headers that belong to the error's status."""
    match error:
        case TokenExpired() | TokenInvalid():
            return {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        case Unauthorized():
            return {"WWW-Authenticate": "Bearer"}
        case MethodNotAllowed():
            return {"Allow": str(error.details["allowed"])}
        case _ if error.http_status in {429, 503}:
            return {"Retry-After": str(retry_seconds(error.retry_ms))}
        case _:
            return {}


def retry_seconds(retry_ms: int | None) -> int:
    """Whole seconds for `Retry-After`: rounded up, so that nobody comes too early."""
    if retry_ms is None:
        return _RETRY_SECONDS
    return max(1, -(-retry_ms // 1000))
