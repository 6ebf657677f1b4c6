"""Rates: how much each caller may do, as token buckets that refill with time."""

import msgspec


class Bucket(msgspec.Struct):
    """What a caller has left, as of `at`."""

    left: float
    at: float

    def refill(self, rate: float, burst: float, now: float) -> None:
        """Add what came back since the last time."""
        self.left = min(burst, self.left + max(0.0, now - self.at) * rate)
        self.at = now


class Rates:
    """One bucket per caller: `burst` at once, `rate` per second after that.

    Callers whose bucket is full again are forgotten, so that memory follows the active ones.
    """

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: dict[str, Bucket] = {}
        self._sweep_at = 0.0

    def take(self, caller: str, count: int, now: float) -> float:
        """Take `count` and return 0.0, or take nothing and return the seconds to wait.

        More than the burst at once can never be had: it is taken from a full bucket, which
        then stays in debt.
        """
        self._sweep(now)
        bucket = self._buckets.setdefault(caller, Bucket(self._burst, now))
        bucket.refill(self._rate, self._burst, now)
        missing = min(count, self._burst) - bucket.left
        if missing > 0:
            return missing / self._rate
        bucket.left -= count
        return 0.0

    def _sweep(self, now: float) -> None:
        if now < self._sweep_at:
            return
        self._sweep_at = now + 60.0
        full = [
            caller
            for caller, bucket in self._buckets.items()
            if bucket.left + (now - bucket.at) * self._rate >= self._burst
        ]
        for caller in full:
            del self._buckets[caller]


class Pace:
    """How fast one speaker may go on: who is faster is in debt, and waits until it is paid.

    Nothing is refused, so that whoever only hurries loses nothing but time.
    """

    __slots__ = ("_bucket", "_burst", "_rate")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._bucket = Bucket(burst, now)

    def spend(self, count: int, now: float) -> float:
        """Take `count`; the seconds to wait before more may come."""
        bucket = self._bucket
        bucket.refill(self._rate, self._burst, now)
        bucket.left -= count
        return max(0.0, -bucket.left / self._rate)
