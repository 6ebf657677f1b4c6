"""What a run found: figures with their goals, ratios round by round."""

from collections.abc import Sequence
from statistics import median
from typing import Final, Literal

import msgspec

RATIO: Final = "times"


class Goal(msgspec.Struct, frozen=True):
    """What a figure shall reach: `least` for at least, `most` for at most."""

    sense: Literal["least", "most"]
    value: float

    def is_met_by(self, value: float) -> bool:
        """Whether the value is good enough."""
        return value >= self.value if self.sense == "least" else value <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.sense == 'least' else '≤'} {in_digits(self.value)}"


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure, measured in one or more rounds."""

    part: str
    name: str
    unit: str
    values: tuple[float, ...]
    goal: Goal | None = None

    @property
    def median(self) -> float:
        """The figure to quote."""
        return median(self.values)

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the greatest of the rounds."""
        return min(self.values), max(self.values)

    @property
    def is_ratio(self) -> bool:
        """Whether it compares: then it depends less on the machine."""
        return self.unit == RATIO

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; None without a goal."""
        return None if self.goal is None else self.goal.is_met_by(self.median)


def ratio(
    part: str, name: str, ours: Sequence[float], theirs: Sequence[float], goal: float | None = None
) -> Figure:
    """Ours over theirs, round by round: what slowed one of a pair slowed the other as well."""
    return Figure(
        part=part,
        name=name,
        unit=RATIO,
        values=tuple(a / b for a, b in zip(ours, theirs, strict=True)),
        goal=None if goal is None else Goal("least", goal),
    )


def least(value: float) -> Goal:
    """The goal to reach at least this."""
    return Goal("least", value)


def most(value: float) -> Goal:
    """The goal to stay within this."""
    return Goal("most", value)


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed; the values come sorted."""
    place = min(len(sorted_values) - 1, int(share * len(sorted_values)))
    return sorted_values[place]


def in_digits(value: float) -> str:
    """A number as people write it: three digits count, and thousands have their comma."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
