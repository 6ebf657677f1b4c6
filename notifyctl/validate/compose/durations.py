"""Compose's durations: `1m30s`, `500ms`, `2h`."""

import re
from typing import Final

_PART: Final = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h|d|w|y)")
_SECONDS: Final = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86_400.0,
    "w": 604_800.0,
    "y": 31_536_000.0,
}


def seconds(text: str) -> float | None:
    """A duration in seconds; None if it is none, as a number without a unit is not.

    >>> [seconds(text) for text in ("1m30s", "500ms", "30", "soon")]
    [90.0, 0.5, None, None]
    """
    text = text.strip()
    if text in ("0", "+0", "-0"):
        return 0.0
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return float(sum(float(number) * _SECONDS[unit] for number, unit in parts))
