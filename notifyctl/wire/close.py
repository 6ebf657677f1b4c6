"""Close codes: why a session ends, and whether the client comes back."""

from enum import IntEnum
from typing import Final

import msgspec

from notifyctl.wire.events import Milliseconds


class CloseCode(IntEnum):
    """The codes a server sends. 4400-4499 come back and resume; 4500-4599 stop.

    The two of the standard mean what they mean everywhere.
    """

    UNSUPPORTED_DATA = 1003
    TRY_AGAIN_LATER = 1013

    DRAINING = 4401
    SLOW_CONSUMER = 4402
    TOKEN_EXPIRED = 4403
    RATE_LIMITED = 4405
    RECONNECT_REQUESTED = 4406
    TOO_MANY_SESSIONS = 4407
    HELLO_TIMEOUT = 4408
    BAD_REQUEST = 4500
    UNAUTHORIZED = 4501
    FORBIDDEN = 4503
    REVOKED = 4505
    UNSUPPORTED_VERSION = 4506
    REPLACED = 4507


# Why each code exists, in the words a person reads: what happened, then what follows.
EXPLANATIONS: Final[dict[CloseCode, str]] = {
    CloseCode.UNSUPPORTED_DATA: "The client sent a binary message; frames are JSON text.",
    CloseCode.TRY_AGAIN_LATER: "The server cannot serve this now; come back after a while.",
    CloseCode.DRAINING: "The server is shutting down; come back after the given time.",
    CloseCode.SLOW_CONSUMER: "The client reads too slowly; come back and resume from its cursor.",
    CloseCode.TOKEN_EXPIRED: "The token has expired; fetch a new one, then resume.",
    CloseCode.RATE_LIMITED: "The client sends too much; come back after the given time.",
    CloseCode.RECONNECT_REQUESTED: "An operator asked this session to reconnect.",
    CloseCode.TOO_MANY_SESSIONS: "The user has too many sessions; close one or come back later.",
    CloseCode.HELLO_TIMEOUT: "No valid hello arrived in time; connect again and say hello first.",
    CloseCode.BAD_REQUEST: "The client broke the protocol; it needs a correction, not a retry.",
    CloseCode.UNAUTHORIZED: "The token was refused; sign in again.",
    CloseCode.FORBIDDEN: "The token does not allow this; ask for one with the needed scope.",
    CloseCode.REVOKED: "The token was revoked; sign in again.",
    CloseCode.UNSUPPORTED_VERSION: "The server does not speak this version; upgrade the client.",
    CloseCode.REPLACED: "The same device connected again; the newer session goes on.",
}

# Of the standard codes, those after which a client stays away: it spoke wrongly
# (1002, 1003, 1007) or sent too much at once (1009), and would do so again.
_STANDARD_STOPS: Final = frozenset({1002, 1003, 1007, 1009})


class CloseReason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The reason of a close frame, as JSON: `{"code":"draining","retry_ms":1830}`."""

    code: str
    retry_ms: Milliseconds | None = None


def word_for(code: CloseCode) -> str:
    """The stable word of a close code: `draining`, `slow_consumer`."""
    return code.name.lower()


def close_reason(code: CloseCode, retry_ms: int | None = None) -> str:
    """The reason to send with a close code, well within the 123 bytes that a frame allows."""
    return msgspec.json.encode(CloseReason(code=word_for(code), retry_ms=retry_ms)).decode()


def comes_back(code: int) -> bool:
    """Whether a client connects again after a close with this code; the range decides."""
    if 4500 <= code <= 4599:
        return False
    return code not in _STANDARD_STOPS


def explain(code: int) -> str:
    """One sentence for a person: why the session ended."""
    try:
        return EXPLANATIONS[CloseCode(code)]
    except ValueError:
        return f"The connection ended with code {code}."
