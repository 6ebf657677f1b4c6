from hypothesis import given
from hypothesis import strategies as st

from notifyd.keepalive import Keepalive, Pulse, Timing

TIMING = Timing(hello=10.0, ping=25.0, pong=10.0)


def test_a_quiet_connection_is_pinged() -> None:
    keepalive = Keepalive(TIMING, now=0.0)

    assert keepalive.wake(24.9) is Pulse.FINE
    assert keepalive.wake(25.0) is Pulse.PING


def test_silence_after_a_ping_means_that_nobody_is_there() -> None:
    keepalive = Keepalive(TIMING, now=0.0)
    keepalive.wake(25.0)

    assert keepalive.wake(34.9) is Pulse.FINE
    assert keepalive.wake(35.0) is Pulse.DEAD


def test_any_byte_after_the_ping_proves_life() -> None:
    keepalive = Keepalive(TIMING, now=0.0)
    keepalive.wake(25.0)
    keepalive.heard(25.0)

    assert keepalive.wake(35.0) is Pulse.FINE
    assert keepalive.due == 50.0


def test_what_was_heard_before_the_ping_proves_nothing() -> None:
    keepalive = Keepalive(TIMING, now=0.0)
    keepalive.heard(24.0)
    keepalive.wake(25.0)

    assert keepalive.wake(35.0) is Pulse.DEAD


def test_a_machine_that_slept_pings_before_it_judges() -> None:
    keepalive = Keepalive(TIMING, now=0.0)

    assert keepalive.wake(3600.0) is Pulse.PING
    assert keepalive.due == 3610.0


@given(
    last_word=st.floats(0, 500),
    ping=st.floats(1, 60),
    pong=st.floats(1, 60),
)
def test_a_dead_connection_is_found_after_one_more_ping(
    last_word: float, ping: float, pong: float
) -> None:
    """The other side speaks all the time until its last word, and never again."""
    keepalive = Keepalive(Timing(ping=ping, pong=pong), now=0.0)
    latest = last_word + max(ping, pong) + pong
    while (now := keepalive.due) <= latest + 1e-6:
        keepalive.heard(min(now, last_word))
        if keepalive.wake(now) is Pulse.DEAD:
            assert now >= last_word + pong - 1e-6
            return
    raise AssertionError("nobody noticed")


@given(answers=st.lists(st.floats(0, 9.99), min_size=1, max_size=30))
def test_who_answers_every_ping_in_time_is_never_given_up(answers: list[float]) -> None:
    keepalive = Keepalive(TIMING, now=0.0)
    for seconds in answers:
        now = keepalive.due
        assert keepalive.wake(now) is Pulse.PING
        keepalive.heard(now + seconds)
        assert keepalive.wake(keepalive.due) is Pulse.FINE
