"""Latencies as counts in buckets: every quantile within 0.8 %, and any number of them merged.

A bucket is as wide as 1/128 of its values at most, from microseconds to days. Quantiles are
never averaged: histograms of processes, seconds or phases are added up, and asked then.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, Self

import msgspec

BITS: Final = 7
"""Binary digits of a value that count, after its first."""
RELATIVE_ERROR: Final = 2.0**-BITS

# As HdrHistogram writes it: five lines on the way to the median, five on each half of the rest.
_TICKS: Final = 5


class Share(NamedTuple):
    """The share of all values that are at most `value`; `rank` is how many they are."""

    value: int
    share: float
    rank: int


class Histogram(msgspec.Struct):
    """Values that were recorded, in whole microseconds: which buckets, and how many in each.

    `count`, `sum`, `min` and `max` are exact. As JSON it is a small object; most buckets are
    empty, and not in it.
    """

    count: int = 0
    sum: int = 0
    min: int | None = None
    max: int = 0
    buckets: dict[int, int] = {}

    def record(self, value: int) -> None:
        """Count a value. What seems to come before it was due, by two clocks, came at once."""
        if value < 0:
            value = 0
        shift = value.bit_length() - BITS - 1
        bucket = value if shift <= 0 else (shift << BITS) + (value >> shift)
        buckets = self.buckets
        buckets[bucket] = buckets.get(bucket, 0) + 1
        self.count += 1
        self.sum += value
        if value > self.max:
            self.max = value
        if self.min is None or value < self.min:
            self.min = value

    def add(self, other: Self) -> None:
        """Take over all that the other one counted: the same as if it was recorded here."""
        for bucket, count in other.buckets.items():
            self.buckets[bucket] = self.buckets.get(bucket, 0) + count
        self.count += other.count
        self.sum += other.sum
        self.max = max(self.max, other.max)
        if other.min is not None:
            self.min = other.min if self.min is None else min(self.min, other.min)

    @property
    def mean(self) -> float | None:
        """The average; None of nothing."""
        return self.sum / self.count if self.count else None

    def quantile(self, share: float) -> int | None:
        """The value that this share of all does not exceed; None of nothing.

        It is never below the true one, so that a limit which seems to be kept is kept.
        """
        return self.ranked(rank_of(share, self.count))

    def ranked(self, rank: int) -> int | None:
        """The value at a place among all in their order; the least one has rank 1."""
        return next((step.value for step in self.steps() if step.rank >= rank), None)

    def steps(self) -> Iterator[Share]:
        """Every bucket that is not empty, from the least: its value, and how many are up to it."""
        so_far = 0
        for bucket in sorted(self.buckets):
            so_far += self.buckets[bucket]
            yield Share(self._highest(bucket), so_far / self.count, so_far)

    def _highest(self, bucket: int) -> int:
        return min(bounds(bucket)[1], self.max)


def merged(histograms: Iterable[Histogram]) -> Histogram:
    """All of them as one."""
    whole = Histogram()
    for histogram in histograms:
        whole.add(histogram)
    return whole


def bounds(bucket: int) -> tuple[int, int]:
    """The least and the greatest value of a bucket."""
    if bucket < 2 << BITS:
        return bucket, bucket
    shift = (bucket >> BITS) - 1
    mantissa = bucket - (shift << BITS)
    return mantissa << shift, ((mantissa + 1) << shift) - 1


def rank_of(share: float, count: int) -> int:
    """The place of a quantile among so many values."""
    # A hair less: 0.07 of 100 is 7.000000000000001, and that would be the eighth.
    return max(1, math.ceil(math.nextafter(share, 0.0) * count))


def hgrm(histogram: Histogram, unit: float = 1000.0) -> str:
    """The percentiles as text that HdrHistogram's plotter reads, in milliseconds by default."""
    lines = [f"{'Value':>12} {'Percentile':>14} {'TotalCount':>10} {'1/(1-Percentile)':>14}", ""]
    for value, share, rank in spectrum(histogram):
        line = f"{value / unit:12.3f} {share:2.12f} {rank:10d}"
        # The last one has no such number: the plotter skips its line.
        lines.append(line if share == 1.0 else f"{line} {1 / (1 - share):14.2f}")
    mean, deviation = (number / unit for number in _moments(histogram))
    lines += [
        f"#[Mean    = {mean:12.3f}, StdDeviation   = {deviation:12.3f}]",
        f"#[Max     = {histogram.max / unit:12.3f}, Total count    = {histogram.count:12d}]",
        f"#[Buckets = {len(histogram.buckets):12d}, SubBuckets     = {1 << BITS:12d}]",
    ]
    return "\n".join(lines) + "\n"


def spectrum(histogram: Histogram) -> Iterator[Share]:
    """The values at shares that draw near to 1: as many lines for each half of what is left."""
    levels = _levels()
    level = next(levels)
    for value, share, rank in histogram.steps():
        while share >= level and rank < histogram.count:
            yield Share(value, level, rank)
            level = next(levels)
    if histogram.count:
        yield Share(histogram.max, 1.0, histogram.count)


def _levels() -> Iterator[float]:
    begin, left = 0.0, 1.0
    while True:
        for tick in range(_TICKS):
            yield begin + left / 2 * tick / _TICKS
        begin += left / 2
        left /= 2


def _moments(histogram: Histogram) -> tuple[float, float]:
    mean = histogram.mean
    if mean is None:
        return 0.0, 0.0
    squares = sum(
        count * (sum(bounds(bucket)) / 2 - mean) ** 2 for bucket, count in histogram.buckets.items()
    )
    return mean, math.sqrt(squares / histogram.count)
