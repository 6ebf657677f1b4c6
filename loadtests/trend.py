"""What changes in a long run: latencies from its first tenth to its last, memory by the hour."""

from collections.abc import Sequence
from typing import Final

from loadtests.histogram import Histogram

TENTHS: Final = 10
_HOUR: Final = 3600.0
_LEAST_POINTS: Final = 10


class Drift:
    """The latencies of each tenth of a run, by when they came."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._tenths = [Histogram() for _ in range(TENTHS)]

    def add(self, histogram: Histogram, at: float) -> None:
        """Latencies of about this second of the run."""
        if 0 <= at < self._seconds:
            self._tenths[int(at / self._seconds * TENTHS)].add(histogram)

    def figures(self) -> dict[str, float]:
        """How the last tenth compares with the first: 1.0 is no drift; nothing if one is empty."""
        first, last = self._tenths[0], self._tenths[-1]
        found = {}
        for name, share in (("drift.p50", 0.5), ("drift.p99", 0.99)):
            before, after = first.quantile(share), last.quantile(share)
            if before and after is not None:
                found[name] = after / before
        return found


def slope_per_hour(points: Sequence[tuple[float, float]]) -> float | None:
    """By how much the values rise in an hour, by the line that fits them best; of (second, value).

    None of too few points, for which any line fits.
    """
    if len(points) < _LEAST_POINTS:
        return None
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    width = sum((x - mean_x) ** 2 for x, _ in points)
    if not width:
        return None
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / width * _HOUR
