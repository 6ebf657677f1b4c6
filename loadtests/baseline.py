"""A run beside an earlier one: what became worse, by how much, and whether that is more than chance.

Two runs never measure the same. How far a quantile may be off by chance follows from its own
observations; what lies within that is no regression. Another machine, or another hour on a
shared one, can still make a difference: compare what ran side by side.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from loadtests.histogram import Histogram, rank_of
from loadtests.metrics import METRICS, Measured, Metric, Quantity, Sample
from loadtests.threshold import Threshold, named, statistic
from loadtests.verdict import Check, Generator, Verdict
from notifyctl.errors import UsageError

COMPARED: Final = ("p50", "p90", "p99")
# Of a hundred runs that differ by nothing but chance, one is outside.
_DEVIATIONS: Final = 2.58


class Limits(msgspec.Struct, frozen=True):
    """How much worse a figure may be, as a share; some figures have limits of their own."""

    every: float
    own: Mapping[str, float] = {}

    def of(self, name: str) -> float:
        """The limit of this figure."""
        return self.own.get(name, self.every)


def limits(texts: Iterable[str], every: float, metrics: Sequence[Metric] = METRICS) -> Limits:
    """Read `20%` for every figure, and `delivery.p99=10%` for one of them."""
    own: dict[str, float] = {}
    for text in texts:
        name, _, share = text.rpartition("=")
        try:
            if not share.strip().endswith("%"):
                raise ValueError
            limit = float(share.strip().removesuffix("%")) / 100
        except ValueError:
            raise UsageError(
                problem=f"The limit {text!r} is no percentage; write 20% or delivery.p99=20%."
            ) from None
        if not limit >= 0 or math.isinf(limit):
            raise UsageError(problem=f"The limit {text!r} allows nothing; write at least 0%.")
        if name := name.strip():
            named(name, text, metrics)
            own[name] = limit
        else:
            every = limit
    return Limits(every, own)


def compare(
    now: Mapping[str, Measured],
    before: Mapping[str, Measured],
    allowed: Limits,
    generator: Generator,
    metrics: Sequence[Metric] = METRICS,
) -> list[Check]:
    """Every figure that both runs have. Counts are not among them: their thresholds say it all."""
    return [
        _compared(metric, stat, now[metric.name], before[metric.name], allowed, generator)
        for metric in metrics
        if metric.name in now and metric.name in before and not metric.is_own
        for stat in _statistics(metric, allowed)
    ]


def interval(histogram: Histogram, share: float) -> tuple[int, int] | None:
    """Between which values a quantile lies but for chance; None if there are too few."""
    place = rank_of(share, histogram.count)
    reach = math.ceil(_DEVIATIONS * math.sqrt(histogram.count * share * (1 - share)))
    low, high = histogram.ranked(place - reach), histogram.ranked(place + reach)
    return None if low is None or high is None or place <= reach else (low, high)


def _statistics(metric: Metric, allowed: Limits) -> Iterator[str]:
    match metric.quantity:
        case Quantity.TIME:
            asked = (name.removeprefix(f"{metric.name}.") for name in allowed.own)
            extra = [stat for stat in asked if f"{metric.name}.{stat}" in allowed.own]
            yield from dict.fromkeys((*COMPARED, *extra))
        case Quantity.SHARE | Quantity.RATE:
            yield ""
        case Quantity.COUNT:
            return


def _compared(
    metric: Metric,
    stat: str,
    now: Measured,
    before: Measured,
    allowed: Limits,
    generator: Generator,
) -> Check:
    name = f"{metric.name}.{stat}" if stat else metric.name
    limit, old, new = allowed.of(name), statistic(before, stat), statistic(now, stat)
    sense = 1 if metric.quantity is Quantity.TIME else -1
    target = (old or 0.0) * (1 + sense * limit)
    threshold = Threshold(
        text=f"{name} {'at most' if sense > 0 else 'at least'} baseline {sense * limit:+.0%}",
        metric=metric,
        stat=stat,
        op="<=" if sense > 0 else ">=",
        target=target,
    )
    verdict: Verdict
    if old is None or new is None:
        verdict, why = "unknown", "there was nothing to measure"
    elif why := generator.doubt(threshold):
        verdict = "unknown"
    elif threshold.is_met_by(new):
        verdict = "pass"
    else:
        why = _chance(stat, now, before)
        verdict = "unknown" if why else "fail"
    return Check(
        threshold=threshold.text,
        target=target,
        measured=new,
        unit=metric.quantity.value,
        verdict=verdict,
        margin=None if new is None else threshold.margin(new),
        samples=now.samples if isinstance(now, Sample) else now.count,
        why=why,
    )
