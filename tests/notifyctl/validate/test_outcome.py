"""What a run came to, for people and for scripts."""

import pytest

from notifyctl.validate.finding import Finding, Ignored, Problem, Severity
from notifyctl.validate.outcome import Outcome, Unchecked
from notifyctl.validate.source import Source

SPAN = Source("a", "text").span(0, 1)


def finding(severity: Severity, *, ignored: bool = False) -> Finding:
    return Finding(
        "DF101",
        severity,
        Problem("wrong", SPAN),
        ignored=Ignored("on purpose") if ignored else None,
    )


@pytest.mark.parametrize(
    ("worst", "fail_on", "status"),
    [
        (Severity.ERROR, Severity.ERROR, 1),
        (Severity.WARNING, Severity.ERROR, 0),
        (Severity.WARNING, Severity.WARNING, 1),
        (Severity.INFO, Severity.WARNING, 0),
        (Severity.INFO, Severity.INFO, 1),
    ],
)
def test_findings_fail_from_a_severity_on(worst: Severity, fail_on: Severity, status: int) -> None:
    assert Outcome([finding(worst)], ["a"]).exit_status(fail_on) == status


def test_what_somebody_made_an_exception_for_does_not_count() -> None:
    outcome = Outcome([finding(Severity.ERROR, ignored=True)], ["a"])

    assert outcome.counted == []
    assert outcome.exit_status(Severity.INFO) == 0


def test_what_could_not_be_checked_is_worse_than_any_finding() -> None:
    unchecked = [Unchecked("b.yaml", "does not exist")]

    assert Outcome([finding(Severity.ERROR)], ["a"], unchecked).exit_status(Severity.ERROR) == 3
    assert unchecked[0].sentence == "b.yaml does not exist"
