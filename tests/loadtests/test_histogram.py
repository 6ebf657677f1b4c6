import math
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.histogram import (
    RELATIVE_ERROR,
    Histogram,
    bounds,
    hgrm,
    merged,
    rank_of,
    spectrum,
)

HOUR = 3_600_000_000
values = st.integers(0, 24 * HOUR) | st.integers(0, 100_000)


def of(*recorded: int) -> Histogram:
    histogram = Histogram()
    for value in recorded:
        histogram.record(value)
    return histogram


# What is recorded


@given(values)
def test_a_value_lies_within_its_bucket(value: int) -> None:
    (bucket,) = of(value).buckets
    low, high = bounds(bucket)

    assert low <= value <= high
    assert (high - low) <= RELATIVE_ERROR * low


@given(st.integers(0, 5_000))
def test_buckets_follow_each_other_without_a_hole(bucket: int) -> None:
    assert bounds(bucket + 1)[0] == bounds(bucket)[1] + 1


@given(st.lists(values, min_size=1), st.floats(0, 1))
def test_a_quantile_is_off_by_less_than_a_hundredth_and_never_too_low(
    recorded: list[int], share: float
) -> None:
    true = sorted(recorded)[rank_of(share, len(recorded)) - 1]
    measured = of(*recorded).quantile(share)

    assert measured is not None
    assert true <= measured <= true * 1.008


@given(st.lists(values, min_size=1))
def test_the_ends_the_sum_and_the_number_are_exact(recorded: list[int]) -> None:
    histogram = of(*recorded)

    assert (histogram.count, histogram.sum) == (len(recorded), sum(recorded))
    assert (histogram.min, histogram.max) == (min(recorded), max(recorded))
    assert histogram.quantile(1.0) == max(recorded)
    assert histogram.mean == sum(recorded) / len(recorded)


def test_values_up_to_a_quarter_of_a_millisecond_are_exact() -> None:
    assert [of(value).buckets for value in (0, 1, 255)] == [{0: 1}, {1: 1}, {255: 1}]
    assert [bounds(bucket) for bucket in (255, 256, 257)] == [(255, 255), (256, 257), (258, 259)]


def test_what_comes_before_it_was_due_came_at_once() -> None:
    assert of(-3) == of(0)


def test_of_nothing_there_is_no_quantile() -> None:
    assert Histogram().quantile(0.5) is None
    assert Histogram().mean is None
    assert Histogram().min is None


@pytest.mark.parametrize(
    ("share", "count", "rank"),
    [(0.0, 100, 1), (0.07, 100, 7), (0.5, 3, 2), (0.99, 100, 99), (0.999, 100, 100), (1.0, 7, 7)],
)
def test_a_share_is_a_place_in_the_order(share: float, count: int, rank: int) -> None:
    assert rank_of(share, count) == rank


@given(st.integers(1, 1_000_000).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))))
def test_a_share_of_whole_numbers_is_that_number(part: tuple[int, int]) -> None:
    rank, count = part

    assert rank_of(rank / count, count) == rank


def test_the_quantiles_of_a_uniform_distribution_come_out() -> None:
    histogram = of(*range(1, 100_001))

    for share in (0.1, 0.5, 0.9, 0.99, 0.999):
        assert histogram.quantile(share) == pytest.approx(share * 100_000, rel=0.008)


def test_the_quantiles_of_an_exponential_distribution_come_out() -> None:
    # The quantile function itself, at even places: no chance in it.
    count = 100_000
    delays = [-math.log(1 - (number - 0.5) / count) * 50_000 for number in range(1, count + 1)]
    histogram = of(*(round(delay) for delay in delays))

    for share in (0.5, 0.9, 0.99, 0.999):
        assert histogram.quantile(share) == pytest.approx(-math.log(1 - share) * 50_000, rel=0.009)


# What is merged


@given(st.lists(st.lists(values)))
def test_merged_is_as_if_one_had_recorded_everything(parts: list[list[int]]) -> None:
    assert merged(of(*part) for part in parts) == of(*(value for part in parts for value in part))


@given(st.lists(values), st.lists(values))
def test_who_was_merged_is_left_as_it_was(one: list[int], other: list[int]) -> None:
    first, second = of(*one), of(*other)
    both = merged([first, second])
    both.record(7)

    assert (first, second) == (of(*one), of(*other))


@given(st.lists(values))
def test_it_travels_as_json(recorded: list[int]) -> None:
    histogram = of(*recorded)
    text = msgspec.json.encode(histogram)

    assert msgspec.json.decode(text, type=Histogram) == histogram


def test_two_of_them_share_nothing() -> None:
    first, second = Histogram(), Histogram()
    first.record(1)

    assert second == Histogram()


# What a plotter reads


def test_the_percentiles_are_written_as_hdrhistogram_writes_them() -> None:
    text = hgrm(of(*(number * 1000 for number in range(1, 101))))

    assert text.splitlines()[:7] == [
        "       Value     Percentile TotalCount 1/(1-Percentile)",
        "",
        "       1.003 0.000000000000          1           1.00",
        "      10.047 0.100000000000         10           1.11",
        "      20.095 0.200000000000         20           1.25",
        "      30.079 0.300000000000         30           1.43",
        "      40.191 0.400000000000         40           1.67",
    ]
    assert text.splitlines()[-4:] == [
        "     100.000 1.000000000000        100",
        "#[Mean    =       50.500, StdDeviation   =       28.863]",
        "#[Max     =      100.000, Total count    =          100]",
        "#[Buckets =          100, SubBuckets     =          128]",
    ]


def test_nothing_is_written_as_no_lines() -> None:
    assert hgrm(Histogram()).splitlines()[2:] == [
        "#[Mean    =        0.000, StdDeviation   =        0.000]",
        "#[Max     =        0.000, Total count    =            0]",
        "#[Buckets =            0, SubBuckets     =          128]",
    ]


def test_the_deviation_counts_every_value_and_the_unit_is_free() -> None:
    text = hgrm(of(10, 10, 10, 50), unit=1.0)

    assert "#[Mean    =       20.000, StdDeviation   =       17.321]" in text


@given(st.lists(values, min_size=1))
def test_the_spectrum_rises_to_the_maximum(recorded: list[int]) -> None:
    lines = list(spectrum(of(*recorded)))

    for one, next_one in pairwise(lines):
        assert one.value <= next_one.value
        assert one.share < next_one.share
        assert one.rank <= next_one.rank
    for line in lines:
        assert line.share <= line.rank / len(recorded)
    assert lines[-1] == (max(recorded), 1.0, len(recorded))


def test_each_half_of_what_is_left_has_its_five_lines() -> None:
    shares = [line.share for line in spectrum(of(*range(100_000)))]

    assert shares[:11] == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75]
