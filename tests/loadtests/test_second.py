import pytest

from loadtests.histogram import Histogram
from loadtests.lines import Tick
from loadtests.meter import Measured
from loadtests.orders import Report
from loadtests.second import Second
from loadtests.usage import Usage


def report(index: int, spent: float, **counts: int) -> Report:
    return Report(index=index, number=1, spent=spent, measured=Measured({}, counts))


def lag(*values: int) -> Histogram:
    found = Histogram()
    for value in values:
        found.record(value)
    return found


def told(second: Second, now: float, server: Usage | None = None) -> Tick:
    return second.tick(
        now,
        server or Usage(),
        number=7,
        phase="steady",
        sessions=3,
        outstanding=0,
        duplicated=0,
        out_of_order=0,
    )


def test_counts_of_all_processes_become_a_rate() -> None:
    second = Second(began=10.0)
    second.add(report(0, 1.0, asked=100, published=90, received=80), lag())
    second.add(report(1, 1.0, asked=100, published=100, received=100), lag())
    tick = told(second, now=12.0)

    assert (tick.asked, tick.published, tick.received) == (100.0, 95.0, 90.0)


def test_latencies_of_the_warm_up_are_shown_as_well() -> None:
    second = Second(began=10.0)
    measured = Measured()
    measured.record("warmup.delivery", 1000)
    measured.record("delivery", 3000)
    second.add(Report(index=0, number=1, measured=measured), lag())

    assert told(second, now=11.0).max == 3.0
    assert told(second, now=11.0).p50 == pytest.approx(1.0, rel=0.01)


def test_the_busiest_process_is_the_one_that_is_told_of() -> None:
    first = Second(began=10.0)
    first.add(report(0, 5.0), lag())
    first.add(report(1, 5.0), lag())
    second = Second(11.0, first)
    second.add(report(0, 5.2), lag(1000))
    second.add(report(1, 5.9), lag(2000))
    tick = told(second, now=12.0)

    assert tick.cpu == pytest.approx(0.9)
    assert tick.lag == 2.0
    assert told(first, now=11.0).cpu == 0.0, "nothing is known of the time before"


def test_the_server_is_weighed_from_one_second_to_the_next() -> None:
    first = Second(began=10.0)
    assert told(first, 11.0, Usage(2.0, 50.0)).server_cpu is None
    second = Second(11.0, first)
    tick = told(second, 12.0, Usage(2.5, 51.0))
    third = Second(12.0, second)

    assert (tick.server_cpu, tick.server_rss_mb) == (0.5, 51.0)
    # It was started again: another process, which has spent little.
    assert told(third, 13.0, Usage(0.1, 40.0)).server_cpu is None


def test_a_second_is_over_after_a_second() -> None:
    assert Second(began=10.0).left(10.25) == 0.75
