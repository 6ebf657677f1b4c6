import pytest

from loadtests.report.numbers import count, digits, latency, milliseconds, seconds, share


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (None, "-"),
        (0, "0 µs"),
        (850, "850 µs"),
        (999, "999 µs"),
        (1_000, "1.00 ms"),
        (2_408, "2.41 ms"),
        (93_240, "93.2 ms"),
        (249_600, "250 ms"),
        (999_600, "1.00 s"),
        (12_340_000, "12.3 s"),
        (150_000_000, "2.50 min"),
    ],
)
def test_a_latency_has_the_unit_that_fits(microseconds: float | None, text: str) -> None:
    assert latency(microseconds) == text


def test_milliseconds_are_the_same() -> None:
    assert milliseconds(2.408) == latency(2408)
    assert milliseconds(None) == "-"


@pytest.mark.parametrize(
    ("value", "text"), [(None, "-"), (0, "0"), (12_345, "12,345"), (1000.12, "1,000.1")]
)
def test_a_count_shows_parts_only_where_there_are_some(value: float | None, text: str) -> None:
    assert count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (1.0, "100 %"),
        (0.9999, "99.9 %"),
        (0.0001, "0.1 %"),
        (0.0, "0 %"),
        (0.25, "25 %"),
    ],
)
def test_a_share_is_never_whole_that_is_not(value: float | None, text: str) -> None:
    assert share(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1.234, "1.23"), (9.996, "10.0"), (12.34, "12.3"), (123.4, "123")]
)
def test_three_digits_count(value: float, text: str) -> None:
    assert digits(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(30, "30 s"), (90, "90 s"), (300, "5 min"), (7200, "2 h")]
)
def test_a_time_has_the_largest_unit_that_fits(value: float, text: str) -> None:
    assert seconds(value) == text
