"""What a client is doing, and why it stopped."""

from typing import Final

import msgspec

from notifyctl import errors
from notifyctl.errors import NotifyError
from notifyctl.wire import CloseCode, Error, explain

# What ends a client for good, as the application meets it; any other code is a `Stopped`.
_ERRORS: Final[dict[int, type[NotifyError]]] = {
    CloseCode.TOKEN_EXPIRED: errors.TokenExpired,
    CloseCode.BAD_REQUEST: errors.BadRequest,
    CloseCode.UNAUTHORIZED: errors.Unauthorized,
    CloseCode.FORBIDDEN: errors.Forbidden,
    CloseCode.REVOKED: errors.Unauthorized,
}


class Connecting(msgspec.Struct, frozen=True):
    """A connection is being opened."""


class Online(msgspec.Struct, frozen=True, kw_only=True):
    """The server said welcome. `unread` counts the user's unread notifications at that time."""

    session: str
    user: str
    unread: int


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """The connection ended for `reason`; the next attempt is at `until` (seconds since 1970)."""

    until: float
    reason: str

    def seconds_left(self, now: float) -> float:
        """How long until the next attempt."""
        return max(0.0, self.until - now)


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """The client will not come back by itself. `code` is the close code, if there was one."""

    reason: str
    code: int | None = None


State = Connecting | Online | Waiting | Stopped


def ending(code: int, refusal: Error | None) -> NotifyError:
    """The error that a final close is to the application.

    `refusal` is the error that the server sent before it closed; its words are more exact.
    """
    if refusal is not None:
        return errors.named(refusal.code).quoted(refusal.message)
    if code in _ERRORS:
        return _ERRORS[code].quoted(explain(code))
    return errors.Stopped(reason=explain(code))


def unreachable(url: str, error: Exception) -> errors.ServerUnreachable:
    """What a failed attempt to connect is to the application."""
    if isinstance(error, TimeoutError):
        reason = "no answer in time"
    elif isinstance(error, ConnectionRefusedError):
        reason = "connection refused"  # asyncio's own words name the port once more.
    elif isinstance(error, OSError) and error.strerror:
        reason = error.strerror.lower()
    else:
        reason = str(error).rstrip(".") or type(error).__name__
    return errors.ServerUnreachable(url=url, reason=reason)
