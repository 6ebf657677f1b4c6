"""The sum of a run in one line, and in numbers."""

import msgspec

from notifyctl.validate.finding import Severity
from notifyctl.validate.outcome import Outcome

_MINUTE = 60


class Sums(msgspec.Struct, frozen=True):
    """How many findings there are of each severity, can be fixed, and have an exception."""

    errors: int
    warnings: int
    infos: int
    fixable: int
    ignored: int


def sums(outcome: Outcome) -> Sums:
    """Count the findings; what is ignored counts only as that."""
    counted = outcome.counted
    severities = [finding.severity for finding in counted]
    return Sums(
        severities.count(Severity.ERROR),
        severities.count(Severity.WARNING),
        severities.count(Severity.INFO),
        sum(finding.problem.fix is not None for finding in counted),
        len(outcome.findings) - len(counted),
    )


def summary(outcome: Outcome) -> str:
    """`Found 1 error, 2 warnings (1 fixable) in 7 files · 118 ms`."""
    count = sums(outcome)
    found = [
        _counted(number, word)
        for number, word in (
            (count.errors, "error"),
            (count.warnings, "warning"),
            (count.infos, "info"),
        )
        if number
    ]
    asides = [
        f"{number:,} {word}"
        for number, word in ((count.fixable, "fixable"), (count.ignored, "ignored"))
        if number
    ]
    aside = f" ({', '.join(asides)})" if asides else ""
    files = [_counted(len(outcome.files), "file")] if outcome.files or not outcome.running else []
    checked = " and ".join([*files, *outcome.running])
    took = duration(outcome.seconds)
    if found:
        missing = f", {len(outcome.unchecked):,} not checked" if outcome.unchecked else ""
        return f"Found {', '.join(found)}{aside} in {checked}{missing} · {took}"
    if outcome.unchecked:
        return f"{checked} checked{aside}, {len(outcome.unchecked):,} not checked · {took}"
    return f"{checked} checked, nothing to complain about{aside} · {took}"


def duration(seconds: float) -> str:
    """`118 ms`, `1.2 s`, `75 s`."""
    milliseconds = round(seconds * 1000)
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    return f"{seconds:.1f} s" if seconds < _MINUTE else f"{seconds:.0f} s"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
