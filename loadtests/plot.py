"""Line charts as SVG: readable on light and dark, in a page or by themselves."""

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

import msgspec

WIDTH: Final = 640
HEIGHT: Final = 320
LEFT: Final = 64
RIGHT: Final = 16
TOP: Final = 56
BOTTOM: Final = 48

# Distinguishable for everybody, on white and on black (Okabe and Ito).
COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
# The names of lines stand from right to left, and never over the name of the axis.
_LETTER: Final = 8
_STYLE: Final = """\
text { font: 12px system-ui, sans-serif; fill: #333 }
.title { font-size: 14px; font-weight: 600 }
.grid { stroke: #8884 } .axis { stroke: #888 }
.line { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) { text { fill: #ccc } }"""
_STYLE_OF_MARKS: Final = """
.limit { stroke: #888; stroke-width: 1.5; stroke-dasharray: 6 4 }
.band { fill: #8882 } .faint { font-size: 11px; opacity: .75 }"""


class Line(msgspec.Struct, frozen=True):
    """A named line through points, from left to right."""

    name: str
    points: tuple[tuple[float, float], ...]


class Band(msgspec.Struct, frozen=True):
    """A named part of the horizontal axis."""

    name: str
    start: float
    end: float


class Limit(msgspec.Struct, frozen=True):
    """A named height that lines should stay below, or above."""

    name: str
    y: float


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """Lines over one pair of axes. The vertical axis begins at 0, so that a slope is a slope;

    a logarithmic one has powers of ten. `x_labels` are the ticks where numbers would say little.
    """

    title: str
    x: str
    y: str
    lines: tuple[Line, ...]
    log_x: bool = False
    log_y: bool = False
    x_labels: tuple[tuple[float, str], ...] = ()
    bands: tuple[Band, ...] = ()
    limits: tuple[Limit, ...] = ()
    width: int = WIDTH


class Scale(msgspec.Struct, frozen=True):
    """Where a value lies on an axis, and which values are written beside it."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    def place(self, value: float) -> float:
        """The pixel of a value."""
        low, high, at = (self._unit(number) for number in (self.low, self.high, value))
        share = (at - low) / (high - low) if high > low else 0.5
        return self.start + share * (self.end - self.start)

    def _unit(self, value: float) -> float:
        # A logarithmic axis has no 0: it stands where the least one does, or 1.
        return math.log10(max(value, self.low or 1.0)) if self.is_log else value


def svg(chart: Chart) -> str:
    """The chart as one SVG element."""
    edges = {edge for band in chart.bands for edge in (band.start, band.end)}
    xs = sorted({x for line in chart.lines for x, _ in line.points} | edges)
    heights = [y for line in chart.lines for _, y in line.points]
    heights += [limit.y for limit in chart.limits]
    ticks = powers(heights) if chart.log_y else round_steps(max(heights, default=1.0))
    right = chart.width - RIGHT
    style = _STYLE + _STYLE_OF_MARKS if chart.bands or chart.limits else _STYLE
    across = Scale(xs[0], xs[-1], LEFT, right, chart.log_x) if xs else Scale(0, 1, LEFT, right)
    up = Scale(ticks[0], ticks[-1], HEIGHT - BOTTOM, TOP, chart.log_y)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {chart.width} {HEIGHT}" role="img">',
        f"<title>{escape(chart.title)}</title><style>{style}</style>",
        _text(LEFT, 18, chart.title, "start", "title"),
        *_bands(chart.bands, across),
        *_axes(chart, xs, ticks, across, up),
        *_limits(chart.limits, across, up),
        *_lines(chart.lines, across, up),
        *_legend(chart.lines, right),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def round_steps(most: float, count: int = 4) -> list[float]:
    """Values from 0 in round steps, the last one not below `most`."""
    raw = max(most, 1e-9) / count
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in _STEPS if power * factor >= raw * (1 - 1e-9))
    steps = math.ceil(most / step * (1 - 1e-9)) or 1
    return [step * number for number in range(steps + 1)]


def powers(values: Sequence[float]) -> list[float]:
    """The powers of ten from below the least value above 0 to above the greatest one."""
    seen = [value for value in values if value > 0] or [1.0]
    low, high = math.floor(math.log10(min(seen))), math.ceil(math.log10(max(seen)))
    return [10.0**power for power in range(low, max(high, low + 1) + 1)]


def short(value: float) -> str:
    """A number as it stands beside an axis: 250, 10k, 2.5M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def _axes(
    chart: Chart, xs: Sequence[float], ticks: Sequence[float], across: Scale, up: Scale
) -> Iterator[str]:
    bottom, right = HEIGHT - BOTTOM, chart.width - RIGHT
    for tick in ticks:
        y = up.place(tick)
        kind = "axis" if tick == ticks[0] else "grid"
        yield f'<line class="{kind}" x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield _text(LEFT - 8, y + 4, short(tick), "end")
    for value, label in chart.x_labels or _numbers(xs):
        x = across.place(value)
        yield f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{bottom}" y2="{bottom + 4}"/>'
        yield _text(x, bottom + 18, label, "middle")
    yield _text((LEFT + right) / 2, HEIGHT - 8, chart.x, "middle")
    yield _text(LEFT - 8, TOP - 12, chart.y, "start")


def _numbers(xs: Sequence[float]) -> list[tuple[float, str]]:
    values = (
        xs if len(xs) <= 8 else [step for step in round_steps(xs[-1]) if xs[0] <= step <= xs[-1]]
    )
    return [(value, short(value)) for value in values]


def _bands(bands: Sequence[Band], across: Scale) -> Iterator[str]:
    for number, band in enumerate(bands):
        start, end = across.place(band.start), across.place(band.end)
        if number % 2:
            box = f'x="{start:.1f}" width="{end - start:.1f}" y="{TOP}"'
            yield f'<rect class="band" {box} height="{HEIGHT - BOTTOM - TOP}"/>'
        if end - start > _LETTER * len(band.name):
            yield _text((start + end) / 2, TOP + 14, band.name, "middle", "faint")


def _limits(limits: Sequence[Limit], across: Scale, up: Scale) -> Iterator[str]:
    for limit in limits:
        y, ends = up.place(limit.y), f'x1="{across.start:.1f}" x2="{across.end:.1f}"'
        yield f'<line class="limit" {ends} y1="{y:.1f}" y2="{y:.1f}"/>'
        yield _text(across.end, y - 5, limit.name, "end", "faint")


def _lines(lines: Sequence[Line], across: Scale, up: Scale) -> Iterator[str]:
    for line, colour in zip(lines, _colours(lines), strict=True):
        places = [(across.place(x), up.place(y)) for x, y in line.points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f'<polyline class="line" stroke="{colour}" points="{path}"/>'
        if len(places) <= 20:
            for x, y in places:
                yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'


def _legend(lines: Sequence[Line], right: int) -> Iterator[str]:
    x = right
    for line, colour in reversed(list(zip(lines, _colours(lines), strict=True))):
        x -= _LETTER * len(line.name) + 30
        yield f'<line class="line" stroke="{colour}" x1="{x}" x2="{x + 18}" y1="40" y2="40"/>'
        yield _text(x + 24, 44, line.name, "start")


def _colours(lines: Sequence[Line]) -> list[str]:
    return [COLOURS[number % len(COLOURS)] for number in range(len(lines))]


def _text(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
