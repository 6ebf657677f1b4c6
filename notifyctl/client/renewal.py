"""Renewal: when a client needs another token."""

from typing import Final

_SHARE_OF_LIFE: Final = 0.8
_SHORTEST_SECONDS: Final = 1.0
_RETRY_SECONDS: Final = 30.0
_LONGEST_STEP_SECONDS: Final = 3600.0


class Renewal:
    """One chain of tokens: fetched before the first session, then at 80 % of each one's life.

    Times are seconds since 1970, because tokens expire by the calendar.
    """

    def __init__(self, *, renewable: bool) -> None:
        self.renewable = renewable
        self._due = 0.0

    def wanted(self, now: float) -> bool:
        """Whether it is time to ask the token source."""
        return self.renewable and self._due <= now

    def fetched(self) -> None:
        """The source gave a token; how long it lives, the server will say."""
        self._due = float("inf")

    def accepted(self, expires_in_ms: int, now: float) -> None:
        """The server takes the token, and says how long."""
        life = expires_in_ms / 1000
        self._due = now + max(_SHORTEST_SECONDS, life * _SHARE_OF_LIFE)

    def postpone(self, now: float) -> None:
        """An attempt begins: should it come to nothing, the next one follows later."""
        self._due = now + _RETRY_SECONDS

    def expired(self) -> None:
        """The server no longer takes the token: the next session needs another one."""
        self._due = 0.0

    def check_in(self, now: float) -> float:
        """In how many seconds to ask `wanted` again.

        At most an hour: a timer does not run while the machine is suspended, the token does.
        """
        if not self.renewable:
            return _LONGEST_STEP_SECONDS
        return min(_LONGEST_STEP_SECONDS, max(0.0, self._due - now))
