"""Backoff: how long a client waits before it comes back."""

from collections.abc import Callable
from typing import Final

from notifyctl.wire import Retry

Jitter = Callable[[float, float], float]
"""A random number between the two, such as `random.uniform`."""

DEFAULT_RETRY: Final = Retry(base_ms=500, cap_ms=20_000)
_SHORTEST_SECONDS: Final = 0.1
_MAX_DOUBLINGS: Final = 30


class Backoff:
    """Full jitter: at random up to a bound that doubles each time, and never at once.

    Clients that lost their server together must not come back together.
    """

    def __init__(self, jitter: Jitter, retry: Retry = DEFAULT_RETRY) -> None:
        self.retry = retry
        self._jitter = jitter
        self._attempts = 0

    def reset(self) -> None:
        """The connection proved itself: begin again with short waits."""
        self._attempts = 0

    def delay(self, retry_ms: int | None = None) -> float:
        """Seconds to wait before the next attempt; what a server asked for wins."""
        doublings = min(self._attempts, _MAX_DOUBLINGS)
        self._attempts += 1
        if retry_ms is not None:
            return max(_SHORTEST_SECONDS, retry_ms / 1000)
        bound_ms = min(self.retry.cap_ms, self.retry.base_ms * 2**doublings)
        return max(_SHORTEST_SECONDS, self._jitter(0.0, bound_ms / 1000))
