"""How long answers took, as a person wants to know it."""

from collections.abc import Iterable
from math import ceil
from typing import Final

import msgspec

COLUMNS: Final = ("what", "count", "p50", "p99", "max")


class Latency(msgspec.Struct, frozen=True):
    """The times of one kind of answer, in seconds."""

    what: str
    seconds: tuple[float, ...]

    def quantile(self, part: float) -> float:
        """The time within which this part of the answers came."""
        ordered = sorted(self.seconds)
        return ordered[max(0, ceil(part * len(ordered)) - 1)]

    @property
    def row(self) -> tuple[str, ...]:
        """One row of the table below `COLUMNS`."""
        times = (self.quantile(0.5), self.quantile(0.99), max(self.seconds))
        return (self.what, str(len(self.seconds)), *(f"{1000 * each:.1f} ms" for each in times))


def table(latencies: Iterable[Latency]) -> list[tuple[str, ...]]:
    """The rows of all that was measured."""
    return [latency.row for latency in latencies if latency.seconds]
