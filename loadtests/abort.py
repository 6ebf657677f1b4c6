"""When a run has failed already, and need not go on: `--abort-on-fail`."""

from collections.abc import Sequence
from typing import Final

from loadtests.lines import Tick
from loadtests.threshold import Threshold

PATIENCE: Final = 10
"""Seconds in a row that a latency has to be too long: one bad second is no bad run."""

_COUNTS: Final = ("lost", "duplicated", "out_of_order")
_QUANTILES: Final = {"p50": "p50", "p90": "p90", "p99": "p99", "p99.9": "p999", "max": "max"}


class Abort:
    """Watches the seconds of a run, and says which threshold cannot be met any more."""

    def __init__(self, thresholds: Sequence[Threshold]) -> None:
        self._thresholds = thresholds
        self._slow = dict.fromkeys((one.text for one in thresholds), 0)

    def broken(self, tick: Tick) -> Threshold | None:
        """The first threshold that this second has decided; None if none is."""
        return next((one for one in self._thresholds if self._is_broken(one, tick)), None)

    def _is_broken(self, threshold: Threshold, tick: Tick) -> bool:
        name = threshold.metric.name
        if name in _COUNTS:
            # A count only grows: what is too much stays so, and what is too little may not.
            number = getattr(tick, name)
            is_limit = threshold.op in ("==", "<", "<=")
            return is_limit and number >= threshold.target and not threshold.is_met_by(number)
        if name != "delivery" or threshold.stat not in _QUANTILES or not tick.asked:
            return False
        milliseconds = getattr(tick, _QUANTILES[threshold.stat])
        is_slow = milliseconds is not None and not threshold.is_met_by(milliseconds * 1000)
        self._slow[threshold.text] = self._slow[threshold.text] + 1 if is_slow else 0
        return self._slow[threshold.text] >= PATIENCE
