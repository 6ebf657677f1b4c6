"""What was seen of a live server: plain values, which the rules judge.

What was not tried is None, and no rule speaks of it.
"""

from typing import Final

import msgspec

from notifyctl.validate.finding import Named
from notifyctl.validate.live.exchange import Exchange

# The close code of a connection that ended without one.
ABNORMAL: Final = 1006


class Health(msgspec.Struct, frozen=True):
    """The answers to one path on the HTTP port; `status` is None if none came in time."""

    path: str
    exchange: Exchange
    status: int | None
    content_type: str
    body: str
    seconds: tuple[float, ...]


class Handshake(msgspec.Struct, frozen=True):
    """The answer to an upgrade; `status` is None if it was no HTTP."""

    exchange: Exchange
    status: int | None
    accept: str | None = None
    expected_accept: str = ""
    offered: str = ""
    subprotocol: str | None = None
    problem: str = ""

    @property
    def is_open(self) -> bool:
        """Whether a client would use this connection."""
        return self.status == 101 and not self.problem


class Stranger(msgspec.Struct, frozen=True):
    """A socket that did not prove who it is, and how many messages it was sent."""

    exchange: Exchange
    did: str
    messages: int


class ForeignPage(msgspec.Struct, frozen=True):
    """The answer to an upgrade that a page of another site would send."""

    exchange: Exchange
    origin: str
    status: int | None


class Pings(msgspec.Struct, frozen=True):
    """Pings of the client, and how long each answer took."""

    exchange: Exchange
    sent: int
    seconds: tuple[float, ...]


class Silence(msgspec.Struct, frozen=True):
    """A session in which the client said nothing for a while.

    `pings` are the moments at which the server pinged, in seconds from its beginning.
    `close_code` is None if it was still open at the end.
    """

    exchange: Exchange
    seconds: float
    pings: tuple[float, ...]
    close_code: int | None


class TooLong(msgspec.Struct, frozen=True):
    """A message above the limit; `close_code` is None if the server went on."""

    exchange: Exchange
    size: int
    close_code: int | None


class Termination(msgspec.Struct, frozen=True):
    """A server that was sent SIGTERM: what a session saw, and what readiness said right then."""

    exchange: Exchange
    close_code: int | None
    ready_status: int | None


class LiveServer(msgspec.Struct, frozen=True):
    """All that was seen of one server."""

    url: str
    ws_url: str
    health: Health | None = None
    ready: Health | None = None
    handshake: Handshake | None = None
    strangers: tuple[Stranger, ...] = ()
    foreign_page: ForeignPage | None = None
    pings: Pings | None = None
    silence: Silence | None = None
    too_long: TooLong | None = None
    termination: Termination | None = None

    @property
    def about(self) -> Named:
        """The server, by its address."""
        return Named("server", self.url)


def longest_gap(ping_seconds: float) -> float:
    """How long a ping may take to come: timers and networks are late."""
    return ping_seconds + max(1.0, ping_seconds / 5)
