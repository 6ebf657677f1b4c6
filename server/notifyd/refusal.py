"""Refusals: how an error is told on the socket."""

from typing import Final

from notifyctl.errors import Forbidden, NotifyError, TokenExpired, Unauthorized
from notifyctl.wire import CloseCode, Error, FrameId

# The first class an error belongs to decides how a refused `hello` ends.
CLOSE_FOR: Final[tuple[tuple[type[NotifyError], CloseCode], ...]] = (
    (TokenExpired, CloseCode.TOKEN_EXPIRED),
    (Unauthorized, CloseCode.UNAUTHORIZED),
    (Forbidden, CloseCode.FORBIDDEN),
    (NotifyError, CloseCode.BAD_REQUEST),
)


def error_frame(error: NotifyError, request: FrameId | None, *, fatal: bool = False) -> Error:
    """The frame that tells a client what went wrong with its request."""
    return Error(
        id=request, code=error.code, message=str(error), retry_ms=error.retry_ms, fatal=fatal
    )


def close_code(error: NotifyError) -> CloseCode:
    """The code that a session ends with when its `hello` is refused."""
    return next(code for kind, code in CLOSE_FOR if isinstance(error, kind))
