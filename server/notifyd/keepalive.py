"""Is the other side still there? A ping now and then, and a verdict when nothing comes back."""

from enum import Enum, auto

import msgspec


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """How long a session waits, in seconds: for `hello`, between pings, for an answer."""

    hello: float = 10.0
    ping: float = 25.0
    pong: float = 10.0


class Pulse(Enum):
    """What to do about a connection."""

    FINE = auto()
    PING = auto()
    DEAD = auto()


class Keepalive:
    """When to ping, and when silence means that nobody is there. Times are monotonic seconds."""

    __slots__ = ("_heard", "_pinged", "_timing", "due")

    def __init__(self, timing: Timing, now: float) -> None:
        self._timing = timing
        self._heard = now
        self._pinged: float | None = None
        self.due = now + timing.ping

    def heard(self, now: float) -> None:
        """Something arrived: any byte proves that the other side lives."""
        self._heard = now

    def wake(self, now: float) -> Pulse:
        """What `now` asks for; `due` says when to call again."""
        if now < self.due:
            return Pulse.FINE
        if self._pinged is None:
            self._pinged = now
            self.due = now + self._timing.pong
            return Pulse.PING
        if self._heard < self._pinged:
            return Pulse.DEAD
        self.due = max(now, self._pinged + self._timing.ping)
        self._pinged = None
        return Pulse.FINE
