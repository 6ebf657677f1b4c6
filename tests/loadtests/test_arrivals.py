from itertools import islice, pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.arrivals import arrivals, share_of, shuffled, spread


@given(rate=st.floats(0.5, 500), seconds=st.floats(0.1, 5))
def test_a_constant_rate_is_kept_to_the_message(rate: float, seconds: float) -> None:
    dues = list(arrivals("constant", rate, seconds, Random(0)))

    assert dues[0] == 0.0
    assert dues[-1] < seconds
    assert len(dues) / rate >= seconds


def test_a_late_message_moves_none_of_those_behind_it() -> None:
    dues = list(arrivals("constant", 1000, 1.0, Random(0)))

    assert dues == [number / 1000 for number in range(1000)]


def test_people_come_by_chance_and_as_often_in_the_long_run() -> None:
    dues = list(arrivals("poisson", 100, 1000, Random(7)))
    gaps = [after - before for before, after in pairwise(dues)]

    assert len(dues) == pytest.approx(100_000, rel=0.02)
    assert dues == sorted(dues)
    # Of gaps by chance, this share is shorter than the mean: 1 - 1/e.
    assert sum(gap < 0.01 for gap in gaps) / len(gaps) == pytest.approx(0.632, abs=0.01)


def test_everybody_gets_a_message_before_anybody_gets_the_next() -> None:
    order = list(islice(shuffled("abcd", Random(3)), 12))

    assert [sorted(order[begin : begin + 4]) for begin in (0, 4, 8)] == [list("abcd")] * 3
    assert order[:4] != order[4:8]


def test_a_ramp_is_even() -> None:
    assert spread(4, 2.0) == [0.0, 0.5, 1.0, 1.5]
    assert spread(0, 2.0) == []


@given(count=st.integers(0, 100), of=st.integers(1, 7))
def test_every_user_is_in_one_share(count: int, of: int) -> None:
    shares = [number for index in range(of) for number in share_of(count, index, of)]

    assert sorted(shares) == list(range(count))
