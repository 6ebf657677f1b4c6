"""What a process measures: latencies by name, and counts, since it was last asked."""

from typing import Final, Self

import msgspec

from loadtests.histogram import Histogram

LAG: Final = "lag"
"""How late the generator itself is."""
WARMUP: Final = "warmup."
"""What came before everything was warm has a name of its own, and is not judged."""


class Measured(msgspec.Struct):
    """Histograms in microseconds, and counts. Those of several seconds or processes add up."""

    histograms: dict[str, Histogram] = {}
    counts: dict[str, int] = {}

    def record(self, name: str, value_us: int) -> None:
        """Count a latency."""
        try:
            self.histograms[name].record(value_us)
        except KeyError:
            histogram = self.histograms[name] = Histogram()
            histogram.record(value_us)

    def count(self, name: str, number: int = 1) -> None:
        """Count that something happened."""
        self.counts[name] = self.counts.get(name, 0) + number

    def add(self, other: Self) -> None:
        """Take over all that the other one measured."""
        for name, histogram in other.histograms.items():
            self.histogram(name).add(histogram)
        for name, number in other.counts.items():
            self.count(name, number)

    def histogram(self, name: str) -> Histogram:
        """The latencies of this name; there may be none."""
        if name not in self.histograms:
            self.histograms[name] = Histogram()
        return self.histograms[name]

    def number(self, name: str) -> int:
        """How often it happened."""
        return self.counts.get(name, 0)


class Meter:
    """Measures, and gives away what it has when it is asked; then it begins anew."""

    def __init__(self) -> None:
        self._now = Measured()

    def record(self, name: str, value_us: int) -> None:
        """Count a latency."""
        self._now.record(name, value_us)

    def count(self, name: str, number: int = 1) -> None:
        """Count that something happened."""
        self._now.count(name, number)

    def take(self) -> Measured:
        """All that was measured since the last time."""
        measured, self._now = self._now, Measured()
        return measured
