"""The tables of a result, as the terminal and the page show them: rows of words."""

from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import Final

from loadtests.histogram import Histogram
from loadtests.judgement import Figures
from loadtests.lines import Tick
from loadtests.metrics import METRICS, Quantity
from loadtests.report.document import Document
from loadtests.report.numbers import UNMEASURED, count, digits, latency, seconds, share
from loadtests.verdict import Check

Row = tuple[str, ...]

CHECK_COLUMNS: Final = ("threshold", "measured", "margin", "verdict")
LOSS_COLUMNS: Final = ("what", "count", "meaning")
FIGURE_COLUMNS: Final = ("figure", "value", "meaning")
LATENCY_COLUMNS: Final = ("latency", "count", "p50", "p90", "p99", "p99.9", "max")

# What breaks a promise if it is not 0.
BREACHES: Final = ("lost", "unexpected", "duplicated", "out_of_order", "skipped", "contradicted")
_MEANINGS: Final[Sequence[tuple[str, str]]] = (
    ("attempted", "messages that publishers sent"),
    ("acknowledged", "of them, the server promised to keep"),
    ("refused", "of them, the server said no to"),
    ("unknown", "of them, without an answer"),
    ("recovered", "without an answer, and delivered"),
    ("expected", "copies of acknowledged messages, one for each device"),
    ("received", "copies that came, each counted once"),
    ("replayed", "repeats after a connection was resumed, as they shall be"),
    ("never_read", "copies for devices that did not come back to read them"),
    ("lost", "acknowledged, and never came to a device that read to the end"),
    ("unexpected", "came, and nobody of this run had sent it"),
    ("duplicated", "came twice over one connection"),
    ("out_of_order", "came after a later one"),
    ("skipped", "places that a stream left out without a word"),
    ("contradicted", "refused, and delivered nevertheless"),
)


def check_rows(checks: Sequence[Check]) -> list[Row]:
    """Each threshold: what was measured, how far from it that is, and what follows."""
    return [
        (
            check.threshold,
            measured(check),
            margin(check),
            check.verdict + (check.why and f": {check.why}"),
        )
        for check in checks
    ]


def measured(check: Check) -> str:
    """What was measured, in the unit of its threshold."""
    return UNMEASURED if check.measured is None else _in_unit(check.measured, check.unit)


def figure_rows(figures: dict[str, float]) -> list[Row]:
    """What is one number for the whole run. What the ledger counted has a table of its own."""
    metrics = {metric.name: metric for metric in METRICS}
    return [
        (name, _in_unit(value, metrics[name].quantity.value), metrics[name].about)
        for name, value in figures.items()
        if name in metrics and name not in Figures.__struct_fields__
    ]


def busy(series: Sequence[Tick]) -> dict[str, str]:
    """Which part of a core generator and server took on average, while messages were due."""
    ticks = [tick for tick in series if tick.asked]
    servers = [tick.server_cpu for tick in ticks if tick.server_cpu is not None]
    rows = (("busiest generator process", [tick.cpu for tick in ticks]), ("server", servers))
    return {name: f"{share(fmean(used))} of a core" for name, used in rows if used}


def _in_unit(value: float, unit: str) -> str:
    match unit:
        case Quantity.TIME.value:
            return latency(value)
        case Quantity.SHARE.value:
            return share(value)
        case Quantity.RATE.value:
            return f"{count(value)}/s"
        case Quantity.COUNT.value:
            return count(value)
        case _:
            return f"{digits(value)} {unit}"


def margin(check: Check) -> str:
    """How far the target is: `+63 %` is left of it, `-12 %` is missing."""
    if check.margin is None:
        return UNMEASURED
    percent = round(check.margin * 100)
    return f"{percent:+} %" if percent else "0 %"


def loss_rows(figures: Figures) -> list[Row]:
    """What became of the messages. What breaks a promise is always there, the rest if it is any."""
    return [
        (name.replace("_", " "), count(number), meaning)
        for name, meaning in _MEANINGS
        if (number := getattr(figures, name)) or name in BREACHES or name == "acknowledged"
    ]


def latency_rows(histograms: dict[str, Histogram]) -> list[Row]:
    """Each latency that was measured, and how long most, nearly all and the last one took."""
    return list(_latencies(histograms))


def _latencies(histograms: dict[str, Histogram]) -> Iterator[Row]:
    for name, histogram in sorted(histograms.items()):
        if histogram.count:
            quantiles = (latency(histogram.quantile(at)) for at in (0.5, 0.9, 0.99, 0.999))
            yield name, count(histogram.count), *quantiles, latency(histogram.max)


def asked(document: Document) -> str:
    """What the run was asked to do, in one line."""
    spec = document.spec
    crowd = [f"{spec.users:,} users", f"{spec.connections:,} sessions"]
    if spec.scenario == "fanout":
        crowd = [f"{spec.topics:,} topics", f"{spec.subscribers:,} subscribers each"]
    rate = f"{count(spec.rate)} events/s, {spec.arrival}"
    words = [*crowd, rate, seconds(spec.duration)]
    if spec.processes > 1:
        words.append(f"{spec.processes} generator processes")
    return " · ".join(words)
