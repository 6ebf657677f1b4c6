"""A run beside an earlier one: what became worse, by how much, and whether by more than chance.

Two runs never measure the same. How far a quantile may be off by chance follows from its own
observations; what lies within that is no regression. Another machine, or another hour on a
shared one, can still make a difference: compare what ran side by side.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from loadtests.histogram import Histogram, rank_of
from loadtests.metrics import METRICS, Measured, Metric, Quantity
from loadtests.report.numbers import latency
from loadtests.threshold import Threshold, named, share_of, statistic
from loadtests.verdict import Check, Generator, evaluate
from notifyctl.errors import UsageError

COMPARED: Final = ("p50", "p90", "p99")
# Of a hundred runs that differ by nothing but chance, one is outside.
_DEVIATIONS: Final = 2.58
_LIMIT: Final = re.compile(r"\s*(?:(?P<name>[\w.]+)\s*=\s*)?(?P<number>[0-9]+(?:\.[0-9]+)?)\s*%\s*")
Figure = tuple[Metric, str]
"""A metric, and which part of its distribution."""


class Limits(msgspec.Struct, frozen=True):
    """How much worse a figure may be, as a share; some figures have limits of their own."""

    every: float
    own: Mapping[Figure, float] = {}


def limits(texts: Iterable[str], every: float, metrics: Sequence[Metric] = METRICS) -> Limits:
    """Read `20%` for every figure, and `delivery.p99=10%` for one of them."""
    own: dict[Figure, float] = {}
    for text in texts:
        match = _LIMIT.fullmatch(text)
        if match is None:
            problem = f"The limit {text!r} is no percentage; write 20% or delivery.p99=20%."
            raise UsageError(problem=problem)
        share = float(match["number"]) / 100
        if match["name"] is None:
            every = share
        else:
            own[named(match["name"], text, metrics)] = share
    return Limits(every, own)


def compare(
    now: Mapping[str, Measured],
    before: Mapping[str, Measured],
    allowed: Limits,
    generator: Generator,
    metrics: Sequence[Metric] = METRICS,
) -> list[Check]:
    """Times, shares and rates that both runs have. All else is asked for by thresholds alone."""
    common = [each for each in metrics if each.name in now and each.name in before]
    figures = [(metric, stat) for metric in common for stat in _statistics(metric)]
    asked = [figure for figure in allowed.own if figure[0] in common and figure not in figures]
    return [_compared(figure, now, before, allowed, generator) for figure in (*figures, *asked)]


def interval(histogram: Histogram, share: float) -> tuple[int, int] | None:
    """The values between which a quantile lies but for chance; None if they are too few to say."""
    place = rank_of(share, histogram.count)
    reach = math.ceil(_DEVIATIONS * math.sqrt(histogram.count * share * (1 - share)))
    low, high = histogram.ranked(place - reach), histogram.ranked(place + reach)
    return None if low is None or high is None or place <= reach else (low, high)


def _statistics(metric: Metric) -> tuple[str, ...]:
    match metric.quantity:
        case Quantity.TIME:
            return () if metric.is_own else COMPARED
        case Quantity.SHARE | Quantity.RATE:
            return ("",)
        case Quantity.COUNT | Quantity.FACTOR | Quantity.SLOPE:
            return ()


def _compared(
    figure: Figure,
    now: Mapping[str, Measured],
    before: Mapping[str, Measured],
    allowed: Limits,
    generator: Generator,
) -> Check:
    metric, stat = figure
    limit = allowed.own.get(figure, allowed.every)
    is_more_better = metric.quantity in (Quantity.SHARE, Quantity.RATE)
    op, factor = (">=", 1 - limit) if is_more_better else ("<=", 1 + limit)
    earlier = statistic(before[metric.name], stat)
    threshold = Threshold(
        text=f"{'.'.join(filter(None, (metric.name, stat)))} {op} {factor:.0%} of the baseline",
        metric=metric,
        stat=stat,
        op=op,
        target=(earlier or 0.0) * factor,
    )
    check = evaluate(threshold, now, generator)
    why = check.why
    if earlier is None:
        why = "the baseline has nothing of it"
    elif check.verdict == "fail":
        why = _chance(stat, now[metric.name], before[metric.name])
    return msgspec.structs.replace(check, verdict="unknown" if why else check.verdict, why=why)


def _chance(stat: str, now: Measured, before: Measured) -> str:
    share = share_of(stat)
    if share is None or not isinstance(now, Histogram) or not isinstance(before, Histogram):
        return ""
    new, old = interval(now, share), interval(before, share)
    if new is None or old is None:
        return f"{min(now.count, before.count):,} observations are too few to tell {stat} of chance"
    if new[0] > old[1]:
        return ""
    return (
        f"chance alone puts it between {latency(new[0])} and {latency(new[1])}, "
        f"and the baseline between {latency(old[0])} and {latency(old[1])}; let both run longer"
    )
