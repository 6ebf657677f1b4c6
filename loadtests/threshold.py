"""Thresholds as people write them: `delivery.p99<250ms`, `lost==0`, `rate.achieved>=99%`."""

import difflib
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from loadtests.histogram import Histogram
from loadtests.metrics import METRICS, Measured, Metric, Quantity
from notifyctl.errors import UsageError

OPERATORS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}
# A number in this unit, times this, is the number that is measured.
UNITS: Final[Mapping[Quantity, Mapping[str, float]]] = {
    Quantity.TIME: {"us": 1, "µs": 1, "ms": 1e3, "s": 1e6, "min": 60e6, "h": 3600e6},
    Quantity.COUNT: {"": 1},
    Quantity.SHARE: {"": 1, "%": 0.01},
    Quantity.RATE: {"": 1, "/s": 1},
    Quantity.FACTOR: {"": 1},
    Quantity.SLOPE: {"": 1, "MB/h": 1},
}
_TEXT: Final = re.compile(
    r"\s*(?P<name>[A-Za-z][\w.]*)\s*(?P<op><=|>=|==|!=|<|>)"
    r"\s*(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>\S*)\s*"
)
# `t90` reads better of reconnects: the time until nine of ten were back.
_QUANTILE: Final = re.compile(r"[pt]([0-9]{1,2}(?:\.[0-9]+)?|100)")
_EXAMPLE: Final = "write it like delivery.p99<250ms or lost==0"


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """What a figure has to reach; `target` is in microseconds, or the number itself."""

    text: str
    metric: Metric
    stat: str
    op: str
    target: float

    def is_met_by(self, value: float) -> bool:
        """Whether a measured value is good enough."""
        return OPERATORS[self.op](value, self.target)

    def margin(self, value: float) -> float | None:
        """The room that is left, as a share of the target; negative if it is exceeded."""
        if not self.target or self.op in ("==", "!="):
            return None
        room = (self.target - value) / self.target
        return room if self.op in ("<", "<=") else -room


def parse(text: str, metrics: Sequence[Metric] = METRICS) -> Threshold:
    """Read a threshold over these metrics, which are those of a scenario."""
    match = _TEXT.fullmatch(text)
    if match is None:
        raise _invalid(text, f"is no comparison; {_EXAMPLE}")
    metric, stat = named(match["name"], text, metrics)
    units = UNITS[metric.quantity]
    if match["unit"] not in units:
        raise _invalid(text, _wrong_unit(metric, match["unit"], [unit for unit in units if unit]))
    target = float(match["number"]) * units[match["unit"]]
    return Threshold(text=text.strip(), metric=metric, stat=stat, op=match["op"], target=target)


def named(name: str, text: str, metrics: Sequence[Metric] = METRICS) -> tuple[Metric, str]:
    """The metric and the statistic of a name like `delivery.p99`, which stands in `text`."""
    known = {metric.name: metric for metric in metrics}
    for metric_name, stat in _splits(name):
        if metric_name not in known:
            continue
        metric = known[metric_name]
        if metric.quantity is not Quantity.TIME and stat:
            raise _invalid(text, f"asks for {stat} of {metric_name}, which is one number")
        if metric.quantity is Quantity.TIME and not is_statistic(stat):
            problem = f"knows no {stat!r} of it" if stat else "does not say which part of it"
            like = "p50, p99, p99.9, min, max or mean"
            raise _invalid(text, f"names the distribution {metric_name} and {problem}; add {like}")
        return metric, stat
    raise _invalid(text, f"names no metric that is measured; {_nearest(name, list(known))}")


def statistic(measured: Measured, stat: str) -> float | None:
    """The number that a threshold compares; None if nothing was observed."""
    if not isinstance(measured, Histogram):
        return measured.value
    if not measured.count:
        return None
    if (share := share_of(stat)) is not None:
        return measured.quantile(share)
    return {"min": measured.min, "max": measured.max, "mean": measured.mean}[stat]


def share_of(stat: str) -> float | None:
    """The share that a quantile is of: 0.99 of `p99`; None of any other statistic."""
    match = _QUANTILE.fullmatch(stat)
    return None if match is None else float(match[1]) / 100


def is_statistic(stat: str) -> bool:
    """Whether a distribution has such a number."""
    return stat in ("min", "max", "mean") or share_of(stat) is not None


def _splits(name: str) -> Iterator[tuple[str, str]]:
    # The longest metric first: `publish.ack` is one, and `p99.9` has a dot of its own.
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        yield ".".join(parts[:count]), ".".join(parts[count:])


def _nearest(name: str, known: Sequence[str]) -> str:
    metric_name = next((first for first, stat in _splits(name) if is_statistic(stat)), name)
    close = difflib.get_close_matches(metric_name, known)
    return f"perhaps {' or '.join(close)} was meant" if close else f"there are {', '.join(known)}"


def _wrong_unit(metric: Metric, unit: str, units: Sequence[str]) -> str:
    if not units:
        return f"has the unit {unit!r}, but {metric.name} has none; write only the number"
    choices = ", ".join(units)
    if not unit:
        return f"has no unit; {metric.name} is a time: add one of {choices}"
    return f"has the unknown unit {unit!r}; {metric.name} is measured in {choices}"


def _invalid(text: str, problem: str) -> UsageError:
    return UsageError(problem=f"{text!r} {problem}.")
