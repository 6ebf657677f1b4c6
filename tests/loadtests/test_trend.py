import pytest

from loadtests.histogram import Histogram
from loadtests.trend import Drift, slope_per_hour


def of(*values: int) -> Histogram:
    found = Histogram()
    for value in values:
        found.record(value)
    return found


def test_drift_compares_the_last_tenth_with_the_first() -> None:
    drift = Drift(seconds=100)
    for second in range(100):
        drift.add(of(100 if second < 10 else 200 if second >= 90 else 999), second)

    assert drift.figures() == {"drift.p50": 2.0, "drift.p99": 2.0}


def test_without_a_first_or_a_last_tenth_there_is_no_drift() -> None:
    drift = Drift(seconds=100)
    drift.add(of(100), 5)
    drift.add(of(100), 100)
    drift.add(of(100), -1)

    assert drift.figures() == {}


def test_the_slope_is_that_of_the_line_that_fits_best() -> None:
    rising = [(second, 50 + second / 3600) for second in range(60)]

    assert slope_per_hour(rising) == pytest.approx(1.0)
    assert slope_per_hour([(second, 50.0) for second in range(60)]) == 0.0


def test_of_a_few_seconds_no_slope_is_told() -> None:
    assert slope_per_hour([(second, 50.0) for second in range(9)]) is None
    assert slope_per_hour([(1.0, 50.0)] * 20) is None
