from hypothesis import given
from hypothesis import strategies as st

from notifyctl.client.keepalive import Keepalive, Pulse

NOW = 1_800_000_000.0


def test_a_server_that_speaks_is_not_asked() -> None:
    keepalive = Keepalive(NOW, 25)
    keepalive.heard(NOW + 20)

    assert keepalive.check(NOW + 30) is Pulse.FINE
    assert keepalive.due == NOW + 45


def test_silence_asks_and_silence_after_that_is_the_end() -> None:
    keepalive = Keepalive(NOW, 25)

    assert keepalive.check(NOW + 25) is Pulse.PING
    assert keepalive.due == NOW + 35
    assert keepalive.check(NOW + 34) is Pulse.FINE
    assert keepalive.check(NOW + 35) is Pulse.DEAD


def test_an_answer_starts_the_count_anew() -> None:
    keepalive = Keepalive(NOW, 25)
    keepalive.check(NOW + 25)
    keepalive.heard(NOW + 26)

    assert keepalive.check(NOW + 36) is Pulse.FINE
    assert keepalive.due == NOW + 51


def test_after_a_sleep_the_server_is_asked_again_before_it_is_given_up() -> None:
    keepalive = Keepalive(NOW, 25)
    keepalive.check(NOW + 25)

    assert keepalive.check(NOW + 3_600) is Pulse.PING
    assert keepalive.check(NOW + 3_610) is Pulse.DEAD


def test_a_clock_that_was_set_back_starts_the_count_anew() -> None:
    keepalive = Keepalive(NOW, 25)
    keepalive.check(NOW + 25)

    assert keepalive.check(NOW - 3_600) is Pulse.FINE
    assert keepalive.check(NOW - 3_575) is Pulse.PING


@given(ping_seconds=st.floats(-10, 10, allow_nan=False), steps=st.integers(1, 20))
def test_no_server_makes_a_client_check_without_end(ping_seconds: float, steps: int) -> None:
    keepalive = Keepalive(NOW, ping_seconds)
    now = NOW
    for _ in range(steps):
        assert keepalive.due - now >= 0.04
        now = keepalive.due
        if keepalive.check(now) is Pulse.DEAD:
            break
