"""Is the server still there? A ping after silence, and a verdict when that stays unanswered."""

from enum import Enum, auto
from typing import Final

_ANSWER_SECONDS: Final = 10.0
_DEFAULT_PING_SECONDS: Final = 25.0
_SHORTEST_PING_SECONDS: Final = 0.05


class Pulse(Enum):
    """What to do about a connection."""

    FINE = auto()
    PING = auto()
    DEAD = auto()


class Keepalive:
    """When to ping, and when silence means that nobody is there.

    Times are seconds since 1970, not monotonic ones: those may stand still while a machine
    is suspended, and its connections die in that time.
    """

    def __init__(self, now: float, ping_seconds: float = _DEFAULT_PING_SECONDS) -> None:
        self._ping_seconds = max(_SHORTEST_PING_SECONDS, ping_seconds)
        self._answer_seconds = min(_ANSWER_SECONDS, self._ping_seconds)
        self._heard = now
        self._pinged: float | None = None

    @property
    def due(self) -> float:
        """When to call `check` again."""
        if self._pinged is not None:
            return self._pinged + self._answer_seconds
        return self._heard + self._ping_seconds

    def heard(self, now: float) -> None:
        """Something arrived: any frame proves that the other side lives."""
        self._heard = now
        self._pinged = None

    def check(self, now: float) -> Pulse:
        """What the silence until `now` asks for."""
        if now < self._heard or (self._pinged is not None and now < self._pinged):
            self.heard(now)  # The clock was set back: what it said before counts no more.
        late = now - self.due
        if late < 0:
            return Pulse.FINE
        # A timer that comes late says that this program slept, not that the server did:
        # the answer may be waiting unread. Ask again before giving up.
        if self._pinged is None or late > self._answer_seconds:
            self._pinged = now
            return Pulse.PING
        return Pulse.DEAD
