import random

from hypothesis import given
from hypothesis import strategies as st

from notifyctl.client.backoff import Backoff
from notifyctl.wire import Retry

MILLISECONDS = st.integers(0, 10**9)


@given(seed=st.integers(), base_ms=MILLISECONDS, cap_ms=MILLISECONDS, attempts=st.integers(1, 60))
def test_a_wait_stays_between_its_floor_and_its_cap(
    seed: int, base_ms: int, cap_ms: int, attempts: int
) -> None:
    backoff = Backoff(random.Random(seed).uniform, Retry(base_ms=base_ms, cap_ms=cap_ms))

    for _ in range(attempts):
        assert 0.1 <= backoff.delay() <= max(0.1, cap_ms / 1000)


@given(retry_ms=st.integers(-(10**9), 10**9), attempts=st.integers(0, 5))
def test_a_server_is_obeyed_but_never_at_once(retry_ms: int, attempts: int) -> None:
    backoff = Backoff(random.Random(0).uniform)
    for _ in range(attempts):
        backoff.delay()

    assert backoff.delay(retry_ms) == max(0.1, retry_ms / 1000)


def test_clients_that_leave_together_come_back_apart() -> None:
    delays = {Backoff(random.Random(seed).uniform).delay() for seed in range(100)}

    assert len(delays) > 50


def test_a_reset_begins_with_short_waits() -> None:
    backoff = Backoff(lambda _low, high: high)
    backoff.delay()
    backoff.delay()

    backoff.reset()

    assert backoff.delay() == 0.5
