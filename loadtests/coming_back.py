"""How a device comes back after its connection broke: as the run says, and as the server asks."""

from random import Random

import msgspec

from loadtests.spec import Return
from notifyctl.client.backoff import DEFAULT_RETRY, Backoff
from notifyctl.errors import BadRequest
from notifyctl.wire import CloseReason, Retry, comes_back, decode_answer


class Ending(msgspec.Struct, frozen=True):
    """How a connection ended: its close code, and when the server wants to see the device again."""

    code: int
    retry_ms: int | None = None

    @property
    def is_final(self) -> bool:
        """Whether the device stays away for good."""
        return not comes_back(self.code)


def ending(code: int, reason: str) -> Ending:
    """The ending that a close frame tells of; a proxy's reason has other words in it, or none."""
    try:
        return Ending(code, decode_answer(reason, CloseReason).retry_ms)
    except BadRequest:
        return Ending(code)


class ComingBack:
    """When a device tries again. What the server asks for comes before what the run wants."""

    __slots__ = ("_attempts", "_backoff", "_manner", "_random", "_spread")

    def __init__(self, manner: Return, spread: float, random: Random) -> None:
        self._manner = manner
        self._spread = spread
        self._random = random
        self._attempts = 0
        self._backoff = Backoff(random.uniform)

    def welcomed(self, retry: Retry = DEFAULT_RETRY) -> None:
        """The connection stands."""
        self._attempts = 0
        self._backoff.retry = retry
        self._backoff.reset()

    def delay(self, retry_ms: int | None = None) -> float:
        """Seconds until the next attempt."""
        self._attempts += 1
        if retry_ms is not None or self._manner == "jitter" or self._attempts > 1:
            # Whoever failed once, waits as every client does: a server that is down is not helped
            # by being asked without end.
            return self._backoff.delay(retry_ms)
        return self._random.uniform(0.0, self._spread) if self._manner == "spread" else 0.0
