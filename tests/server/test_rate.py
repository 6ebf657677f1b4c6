from hypothesis import given
from hypothesis import strategies as st

from notifyd.rate import Pace, Rates

Steps = list[tuple[int, float]]
steps: st.SearchStrategy[Steps] = st.lists(
    st.tuples(st.integers(1, 40), st.floats(0, 5, allow_nan=False)), max_size=40
)


def test_the_burst_is_there_at_once_and_then_nothing() -> None:
    rates = Rates(rate=10, burst=100)

    assert rates.take("alice", 100, now=0.0) == 0.0
    assert rates.take("alice", 1, now=0.0) == 0.1


def test_what_was_taken_comes_back_with_time() -> None:
    rates = Rates(rate=10, burst=100)
    rates.take("alice", 100, now=0.0)

    assert rates.take("alice", 20, now=2.0) == 0.0
    assert rates.take("alice", 1, now=2.0) > 0.0


def test_a_refusal_takes_nothing() -> None:
    rates = Rates(rate=10, burst=100)
    rates.take("alice", 95, now=0.0)

    assert rates.take("alice", 10, now=0.0) > 0.0
    assert rates.take("alice", 5, now=0.0) == 0.0


def test_after_the_wait_it_is_there() -> None:
    rates = Rates(rate=8, burst=64)
    rates.take("alice", 64, now=0.0)
    wait = rates.take("alice", 16, now=0.0)

    assert wait == 2.0
    assert rates.take("alice", 16, now=wait) == 0.0


def test_callers_do_not_share() -> None:
    rates = Rates(rate=10, burst=100)
    rates.take("alice", 100, now=0.0)

    assert rates.take("bob", 100, now=0.0) == 0.0


def test_more_than_the_burst_is_taken_from_a_full_bucket_which_stays_in_debt() -> None:
    rates = Rates(rate=10, burst=100)

    assert rates.take("alice", 150, now=0.0) == 0.0
    assert rates.take("alice", 1, now=5.0) > 0.0
    assert rates.take("alice", 1, now=5.125) == 0.0


def test_a_debt_is_not_forgotten_when_the_full_ones_are() -> None:
    rates = Rates(rate=1, burst=100)
    rates.take("alice", 400, now=0.0)

    assert rates.take("alice", 100, now=130.0) > 0.0


@given(steps=steps)
def test_nobody_ever_gets_more_than_burst_and_rate_allow(steps: Steps) -> None:
    rates = Rates(rate=10, burst=50)
    now, taken = 0.0, 0
    for count, pause in steps:
        now += pause
        if rates.take("alice", count, now) == 0.0:
            taken += count
        assert taken <= 50 + 10 * now + 1e-6


@given(steps=steps)
def test_who_stays_below_the_rate_is_never_refused(steps: Steps) -> None:
    rates = Rates(rate=10, burst=50)
    now = 0.0
    for count, pause in steps:
        now += pause + count / 10
        assert rates.take("alice", count, now) == 0.0


def test_who_keeps_the_pace_never_waits() -> None:
    pace = Pace(rate=8, burst=50, now=0.0)

    assert pace.spend(50, now=0.0) == 0.0
    assert all(pace.spend(1, now=step / 8) == 0.0 for step in range(1, 100))


def test_who_hurries_waits_until_the_debt_is_paid() -> None:
    pace = Pace(rate=10, burst=50, now=0.0)

    assert pace.spend(70, now=0.0) == 2.0
    assert pace.spend(0, now=1.0) == 1.0
    assert pace.spend(0, now=2.0) == 0.0


@given(steps=steps)
def test_with_its_waits_nobody_is_faster_than_the_pace(steps: Steps) -> None:
    pace = Pace(rate=10, burst=50, now=0.0)
    now, spent = 0.0, 0
    for count, pause in steps:
        now += pause
        assert spent <= 50 + 10 * now + 1e-6
        spent += count
        now += pace.spend(count, now)
