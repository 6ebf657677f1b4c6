"""Numbers as people read them: with a unit, and no more digits than mean something."""

from typing import Final

UNMEASURED: Final = "-"
_TIMES: Final = ((60_000_000, "min"), (1_000_000, "s"), (1_000, "ms"))


def latency(microseconds: float | None) -> str:
    """`850 µs`, `2.41 ms`, `93.2 ms`, `1.20 s`, `2.5 min`; a dash for what was not measured."""
    if microseconds is None:
        return UNMEASURED
    for size, unit in _TIMES:
        if abs(microseconds) >= size * 0.9995:
            return f"{digits(microseconds / size)} {unit}"
    return f"{microseconds:.0f} µs"


def milliseconds(value: float | None) -> str:
    """The same, of a value in milliseconds."""
    return latency(None if value is None else value * 1000)


def count(value: float | None) -> str:
    """`12,345`, or `1,000.1` where there is a part of one; a dash for nothing."""
    if value is None:
        return UNMEASURED
    return f"{value:,.0f}" if abs(value - round(value)) < 0.05 else f"{value:,.1f}"


def share(value: float | None) -> str:
    """`99.4 %`, and never 100 or 0 for what is not quite that; a dash for nothing."""
    if value is None:
        return UNMEASURED
    text = f"{value * 100:.1f}"
    if text == "100.0" and value < 1:
        text = "99.9"
    elif text == "0.0" and value > 0:
        text = "0.1"
    return f"{text.removesuffix('.0')} %"


def digits(value: float) -> str:
    """Three digits that count."""
    places = 0 if abs(value) >= 99.95 else 1 if abs(value) >= 9.995 else 2
    return f"{value:.{places}f}"


def seconds(value: float) -> str:
    """A time that somebody asked for: `30 s`, `5 min`, `2 h`."""
    for size, unit in ((3600, "h"), (60, "min")):
        if value >= size and value % size == 0:
            return f"{value / size:g} {unit}"
    return f"{value:g} s"
