from typing import Any

import pytest

from loadtests.ledger import Ledger
from loadtests.lines import AnyLine, Note, Phase, Tick
from loadtests.meter import LAG, Measured
from loadtests.orders import AnyOrder, End, Hold, Publish, Report
from loadtests.run import CrewLost, Run
from loadtests.spec import Spec, Target
from tests.support.load_workers import begin


class FakeCrew:
    """Reports what a test says, in turn; the last one again and again."""

    def __init__(self, *reports: Report) -> None:
        self.reports = list(reports)
        self.orders: list[AnyOrder] = []

    def begin(self, spec: Spec, target: Target, ramp: float) -> None:
        """Nobody connects."""

    def tell(self, order: AnyOrder) -> None:
        """Keep the order."""
        self.orders.append(order)

    def ask(self, *, ledger: bool = False) -> list[Report]:
        """The next report."""
        return [self.reports.pop(0) if len(self.reports) > 1 else self.reports[0]]


def report(
    *,
    sessions: int = 0,
    unanswered: int = 0,
    due: int = 0,
    got: int = 0,
    asked: int = 0,
    published: int = 0,
    lag_us: int = 0,
) -> Report:
    measured = Measured({}, {"asked": asked, "published": published})
    measured.record(LAG, lag_us)
    return Report(
        index=0,
        number=1,
        sessions=sessions,
        unanswered=unanswered,
        due=due,
        got=got,
        measured=measured,
        ledger=Ledger(run="0a1b2c3d"),
    )


def run(*reports: Report, **options: Any) -> tuple[Run, FakeCrew, list[AnyLine]]:
    told: list[AnyLine] = []
    crew = FakeCrew(*reports)
    spec = begin(**{"users": 2, "connections": 2, "quiesce": 0.3, "warmup": 0, **options}).spec
    return Run(spec, crew, told.append, None), crew, told


def test_everybody_who_comes_is_waited_for() -> None:
    one, _, told = run(report(sessions=0), report(sessions=1), report(sessions=2))
    one.connect(begin().target)

    assert one.figures["connect.achieved"] == 1.0
    assert [line for line in told if isinstance(line, Note)] == []


def test_what_is_outstanding_is_waited_for_as_long_as_something_comes() -> None:
    waiting = [report(sessions=2, due=9, got=number) for number in range(9)]
    one, crew, _ = run(*waiting, report(sessions=2, due=9, got=9))
    one.quiesce()

    assert crew.orders == [Hold()]
    assert (one.outstanding, len(crew.reports)) == (0, 1)


def test_nothing_is_waited_for_that_does_not_come() -> None:
    one, _, told = run(report(sessions=2, due=9, got=5))
    one.quiesce()

    assert one.outstanding == 4
    assert told == [Phase(name="quiesce", seconds=0.3)]


def test_whoever_has_no_answer_yet_is_waited_for_too() -> None:
    one, crew, _ = run(report(sessions=2, unanswered=1), report(sessions=1), report(sessions=2))
    one.quiesce()

    assert len(crew.reports) == 1


def test_a_generator_that_does_not_come_to_ask_has_not_kept_its_rate() -> None:
    one, _, _ = run(report(sessions=2, asked=50, published=50), report(), rate=100)
    one.publish(seconds=1.0)
    one.published()

    assert one.figures["rate.achieved"] == 0.5


def test_of_an_open_end_only_what_was_due_counts() -> None:
    one, crew, _ = run(report(asked=50, published=50), report())
    one.publish()
    one.published()

    assert one.figures["rate.achieved"] == 1.0
    assert [type(order) for order in crew.orders] == [Publish, Hold]


def test_a_run_that_is_stopped_goes_on_to_its_end_at_once() -> None:
    one, _, _ = run(report(sessions=2))
    one.stop()
    one.wait(600)

    assert one.is_stopped
    assert not one.until(lambda: False, 600)


def test_each_second_is_told_once() -> None:
    one, _, told = run(report(sessions=2))
    one.phase("steady")
    one.wait(1.2)
    ticks = [line for line in told if isinstance(line, Tick)]

    assert [(tick.second, tick.phase, tick.sessions) for tick in ticks] == [(1, "steady", 2)]
    assert one.series == ticks


def test_the_lag_counts_while_the_run_is_measured() -> None:
    one, _, _ = run(report(lag_us=900_000, sessions=2), report(lag_us=7, sessions=2))
    one.wait(0)
    one.publish()
    one.wait(0)
    lag = one.histograms()[LAG]
    one.quiesce()
    one.until(lambda: True, 1)

    assert (lag.count, lag.max) == (1, 7)
    assert one.histograms()[LAG].count == 1


def test_what_a_process_cannot_go_on_with_ends_the_run() -> None:
    trouble = Report(index=0, number=1, trouble="a publisher was sent away with 4503")
    one, _, _ = run(trouble)

    with pytest.raises(CrewLost, match="sent away with 4503"):
        one.wait(0)


def test_the_ledger_is_asked_for_when_everybody_has_finished() -> None:
    one, crew, _ = run(report())

    assert one.close() == Ledger(run="0a1b2c3d")
    assert crew.orders == [End()]
