"""The verdict on a run: each threshold passed, failed, or cannot be told; and why.

A generator that was at its limits measures itself. What it says of times and rates then is
unknown, and neither the server's failure nor its success. A lost message is lost whoever looks.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from loadtests.histogram import Histogram
from loadtests.judgement import Figures
from loadtests.metrics import Measured, Quantity, Sample
from loadtests.report.numbers import latency
from loadtests.threshold import Threshold, statistic
from notifyctl.errors import FAILED, UNREACHABLE

Verdict = Literal["pass", "fail", "unknown"]

INCONCLUSIVE: Final = UNREACHABLE
EXIT_STATUS: Final[Mapping[Verdict, int]] = {"pass": 0, "fail": FAILED, "unknown": INCONCLUSIVE}

LAG_SHARE: Final = 0.25
"""The generator's own lateness must stay below this share of what it measures."""
BUSY_SHARE: Final = 0.85
"""A process that needs more of a processor than this is late now and then."""


class Generator(msgspec.Struct, frozen=True):
    """How the generator itself did: its lateness, and the share of a processor it needed.

    Both are of the process that did worst, while the run was measured.
    """

    lag: Histogram
    cpu: float

    def doubt(self, threshold: Threshold) -> str:
        """Why this figure would be the generator's and not the server's; empty if it would not."""
        metric = threshold.metric
        is_time = metric.quantity is Quantity.TIME and not metric.is_own
        if not is_time and not metric.is_joint:
            return ""
        if self.cpu > BUSY_SHARE:
            return (
                f"the generator needed {self.cpu:.0%} of a processor, more than {BUSY_SHARE:.0%}; "
                "use more --processes or a lower rate"
            )
        lag = self.lag.quantile(0.99) or 0
        if is_time and lag > threshold.target * LAG_SHARE:
            return (
                f"the generator itself was {latency(lag)} late (p99), more than {LAG_SHARE:.0%} "
                f"of {latency(threshold.target)}; use a quieter machine or a lower rate"
            )
        return ""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one threshold. Times are in microseconds, shares are parts of 1.

    `margin` is the part of the target that is left, or, below 0, by which it was missed. `why`
    is the reason for a verdict that cannot be told.
    """

    threshold: str
    target: float
    measured: float | None
    unit: str
    verdict: Verdict
    margin: float | None = None
    samples: int = 0
    why: str = ""


def evaluate(threshold: Threshold, measured: Mapping[str, Measured], generator: Generator) -> Check:
    """Compare a threshold with what was measured."""
    found = measured.get(threshold.metric.name)
    value = None if found is None else statistic(found, threshold.stat)
    is_met = value is not None and threshold.is_met_by(value)
    why = _doubt(threshold, found, generator, is_met=is_met)
    return Check(
        threshold=threshold.text,
        target=threshold.target,
        measured=value,
        unit=threshold.metric.quantity.value,
        verdict="unknown" if why else "pass" if is_met else "fail",
        margin=None if value is None else threshold.margin(value),
        samples=_samples(found),
        why=why,
    )


def overall(verdicts: Sequence[Verdict]) -> Verdict:
    """One for all: a failure is one whatever else cannot be told, and nothing asked is unknown."""
    if "fail" in verdicts:
        return "fail"
    return "pass" if verdicts and "unknown" not in verdicts else "unknown"


def gathered(
    histograms: Mapping[str, Histogram],
    figures: Mapping[str, float],
    ledger: Figures | None = None,
) -> dict[str, Measured]:
    """All that a run measured, by the names that thresholds use; the ledger's word is the last."""
    numbers = {name: Sample(value, samples=1) for name, value in figures.items()}
    return {**histograms, **numbers, **({} if ledger is None else _of_ledger(ledger))}


def _of_ledger(figures: Figures) -> dict[str, Sample]:
    publishers = ("refused", "unknown", "recovered", "never_read")
    counts = {
        name: Sample(
            getattr(figures, name),
            samples=figures.attempted if name in publishers else figures.received,
        )
        for name in figures.__struct_fields__
    }
    unread = f"{figures.never_read:,} copies were never read" if figures.never_read else ""
    decided = figures.expected - figures.never_read
    return {**counts, "lost": Sample(figures.lost, decided, unread)}


def _samples(found: Measured | None) -> int:
    match found:
        case None:
            return 0
        case Histogram(count=count):
            return count
        case Sample(samples=samples):
            return samples


def _doubt(
    threshold: Threshold, found: Measured | None, generator: Generator, *, is_met: bool
) -> str:
    if found is None:
        return "it was not measured"
    if not _samples(found) and (is_met or isinstance(found, Histogram)):
        return "there was nothing to measure"
    # What was reached was reached; only what was not may be the generator's fault.
    if not (threshold.metric.is_joint and is_met) and (doubt := generator.doubt(threshold)):
        return doubt
    return found.doubt if isinstance(found, Sample) and is_met else ""
