"""Durations as compose and most proxies write them: `1m30s`, `500ms`, `2h`."""

import re
from typing import Final

_PART: Final = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h|d|w|y)")
_BARE: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]+)?")
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


def seconds(text: str, bare: float | None = None) -> float | None:
    """A duration in seconds; None if it is none.

    A number without a unit is one only for who says what it counts: `bare` is that, in seconds.

    >>> [seconds(text) for text in ("1m30s", "500ms", "30", "soon")]
    [90.0, 0.5, None, None]
    >>> seconds("30", bare=1), seconds("30", bare=0.001)
    (30.0, 0.03)
    """
    text = text.strip()
    if text in ("0", "+0", "-0"):
        return 0.0
    if bare is not None and _BARE.fullmatch(text):
        return float(text) * bare
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return float(sum(float(number) * _SECONDS[unit] for number, unit in parts))
