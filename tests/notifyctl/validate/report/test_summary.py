import pytest

from notifyctl.validate.finding import Edit, Fix, Ignored
from notifyctl.validate.outcome import Outcome, Unchecked
from notifyctl.validate.report.summary import Sums, duration, summary, sums
from notifyctl.validate.source import Source
from tests.support.findings import finding

PLACE = Source("Dockerfile", "FROM python\n").span(5, 11)
FILES = ["Dockerfile", "compose.yaml"]
GONE = Unchecked("k8s", "does not exist")

ERROR = finding(PLACE)
WARNING = finding(PLACE, severity="warning", fix=Fix("pin it", (Edit(PLACE, "python:3.13"),)))
INFO = finding(PLACE, severity="info")
IGNORED = type(ERROR)(ERROR.rule, ERROR.severity, WARNING.problem, None, Ignored("known"))


def test_an_exception_counts_only_as_that() -> None:
    found = Outcome([ERROR, WARNING, INFO, IGNORED], FILES)

    assert sums(found) == Sums(errors=1, warnings=1, infos=1, fixable=1, ignored=1)


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            Outcome([ERROR, WARNING, WARNING], FILES, (), 0.118),
            "Found 1 error, 2 warnings (2 fixable) in 2 files · 118 ms",
        ),
        (
            Outcome([INFO, IGNORED], FILES[:1], [GONE], 0.118),
            "Found 1 info (1 ignored) in 1 file, 1 not checked · 118 ms",
        ),
        (Outcome([], FILES, (), 0.118), "2 files checked, nothing to complain about · 118 ms"),
        (
            Outcome([IGNORED], FILES, (), 0.118),
            "2 files checked, nothing to complain about (1 ignored) · 118 ms",
        ),
        (Outcome([], FILES, [GONE], 0.118), "2 files checked, 1 not checked · 118 ms"),
    ],
)
def test_one_line_says_what_came_of_it(found: Outcome, sentence: str) -> None:
    assert summary(found) == sentence


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0004, "0 ms"), (0.118, "118 ms"), (0.99951, "1.0 s"), (1.25, "1.2 s"), (75.4, "75 s")],
)
def test_a_time_has_the_unit_that_fits(seconds: float, words: str) -> None:
    assert duration(seconds) == words
