"""The charts of a result: what was asked and achieved, how long it took, what it cost."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Final

from loadtests.histogram import Histogram, spectrum
from loadtests.lines import Tick
from loadtests.plot import Band, Chart, Limit, Line
from loadtests.report.document import Document

Value = Callable[[Tick], float | None]

WIDTH: Final = 560
MOST_POINTS: Final = 600
"""Of a line; more of them nobody can see, and a day of seconds would be a page of megabytes."""

_SECONDS: Final = "second of the run"
_SHARES: Final = (
    (1, "0 %"),
    (2, "50 %"),
    (10, "90 %"),
    (100, "99 %"),
    (1_000, "99.9 %"),
    (10_000, "99.99 %"),
    (100_000, "99.999 %"),
    (1_000_000, "99.9999 %"),
)
# Those that are compared with each other; the lag, because below it nothing can be measured.
_CURVES: Final = ("delivery", "fanout.last", "reconnect", "drain.per_user", "publish.ack", "lag")


def charts(document: Document) -> list[Chart]:
    """All of them, in the order of the questions; those without a single point are left out."""
    ticks = document.series
    bands = phases(ticks)
    chosen = (
        _over_time(
            "Asked and achieved rate",
            "events/s",
            ticks,
            bands,
            {"asked": lambda tick: tick.asked, "published": lambda tick: tick.published},
        ),
        _over_time(
            "Latency from when it was due",
            "ms",
            ticks,
            bands,
            {
                "p50": lambda tick: tick.p50,
                "p90": lambda tick: tick.p90,
                "p99": lambda tick: tick.p99,
                "p99.9": lambda tick: tick.p999,
                "max": lambda tick: tick.max,
            },
            log_y=True,
            limits=tuple(_limits(document)),
        ),
        curve(document.histograms),
        _over_time(
            "Copies received each second, and those still outstanding",
            "copies",
            ticks,
            bands,
            {"received": lambda tick: tick.received, "outstanding": lambda tick: tick.outstanding},
        ),
        _over_time("Sessions", "open", ticks, bands, {"sessions": lambda tick: tick.sessions}),
        _over_time("Lag of the generator", "ms", ticks, bands, {"lag p99": lambda tick: tick.lag}),
        _over_time(
            "Processor",
            "% of a core",
            ticks,
            bands,
            {
                "generator": lambda tick: tick.cpu * 100,
                "server": lambda tick: None if tick.server_cpu is None else tick.server_cpu * 100,
            },
        ),
        _over_time(
            "Memory of the server", "MB", ticks, bands, {"RSS": lambda tick: tick.server_rss_mb}
        ),
    )
    return [chart for chart in chosen if any(line.points for line in chart.lines)]


def phases(ticks: Sequence[Tick]) -> tuple[Band, ...]:
    """The parts of the run, from the first second of each to the first one of the next."""
    starts = [(name, next(group).second) for name, group in groupby(ticks, lambda t: t.phase)]
    ends = [second for _, second in starts[1:]] + [ticks[-1].second] if ticks else []
    return tuple(Band(name, start, end) for (name, start), end in zip(starts, ends, strict=True))


def curve(histograms: dict[str, Histogram]) -> Chart:
    """How long what share took: it is as far from 90 % to 99 % as from there to 99.9 %."""
    lines = tuple(
        Line(name, tuple(_points(histograms[name])))
        for name in _CURVES
        if name in histograms and histograms[name].count
    )
    furthest = max((x for line in lines for x, _ in line.points), default=1.0)
    labels = [(x, name) for x, name in _SHARES if x <= furthest * 1.05]
    return Chart(
        title="Latency by percentile",
        x="share of all that took at most as long",
        y="ms",
        lines=lines,
        log_x=True,
        log_y=True,
        x_labels=tuple(labels),
        width=WIDTH,
    )


def _points(histogram: Histogram) -> Iterator[tuple[float, float]]:
    for value, part, _ in spectrum(histogram):
        # The last one of 1,000 stands where 99.9 % does: beyond it nothing was measured.
        yield 1 / (1 - part) if part < 1 else float(histogram.count), value / 1000


def _over_time(
    title: str,
    unit: str,
    ticks: Sequence[Tick],
    bands: tuple[Band, ...],
    values: dict[str, Value],
    *,
    log_y: bool = False,
    limits: tuple[Limit, ...] = (),
) -> Chart:
    return Chart(
        title=title,
        x=_SECONDS,
        y=unit,
        lines=tuple(
            line for name, value in values.items() if (line := _line(name, ticks, value)).points
        ),
        log_y=log_y,
        bands=bands,
        limits=limits,
        width=WIDTH,
    )


def _line(name: str, ticks: Sequence[Tick], value: Value) -> Line:
    known = [(tick.second, number) for tick in ticks if (number := value(tick)) is not None]
    return Line(name, tuple(thinned(known)))


def thinned(
    points: Sequence[tuple[float, float]], most: int = MOST_POINTS
) -> Iterator[tuple[float, float]]:
    """The points, or of each few of them the highest one: what stands out is never left out."""
    each = -(-len(points) // most) or 1
    for start in range(0, len(points), each):
        yield max(points[start : start + each], key=lambda point: point[1])


def _limits(document: Document) -> Iterator[Limit]:
    for check in document.checks:
        if document.main is not None and check.threshold.startswith(f"{document.main}."):
            yield Limit(check.threshold, check.target / 1000)
