from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyd.drain import ACCEPTS_PER_SECOND, FIRST_SLOT_SECONDS, slots

sessions = st.integers(0, 3000)
seconds = st.floats(0, 120)


def test_nobody_needs_no_slot() -> None:
    assert slots(0, 20.0, alone=True) == []


def test_with_other_nodes_the_first_slot_leaves_load_balancers_time() -> None:
    assert slots(3, 20.0, alone=False)[0] == FIRST_SLOT_SECONDS


def test_a_server_that_is_alone_waits_for_nobody() -> None:
    assert slots(3, 20.0, alone=True)[0] == 0.0


def test_the_window_is_divided_evenly() -> None:
    assert slots(4, 0.004, alone=True) == pytest.approx([0.0, 0.001, 0.002, 0.003])


def test_a_few_sessions_leave_as_fast_as_they_can_be_taken() -> None:
    assert slots(1000, 20.0, alone=True)[-1] == pytest.approx(2.0, abs=0.01)


def test_many_sessions_use_the_whole_window() -> None:
    assert slots(100_000, 20.0, alone=True)[-1] == pytest.approx(20.0, abs=0.01)


@given(sessions=sessions, seconds=seconds, alone=st.booleans())
def test_every_session_has_a_slot_within_the_window_in_order(
    sessions: int, seconds: float, alone: bool
) -> None:
    times = slots(sessions, seconds, alone=alone)

    assert len(times) == sessions
    assert times == sorted(times)
    assert all(0.0 <= at <= seconds for at in times)


@given(sessions=sessions, seconds=seconds, alone=st.booleans())
def test_no_moment_is_more_crowded_than_another(sessions: int, seconds: float, alone: bool) -> None:
    times = slots(sessions, seconds, alone=alone)
    pauses = [later - earlier for earlier, later in pairwise(times)]

    assert not pauses or max(pauses) - min(pauses) < 1e-9
    assert all(pause <= 1 / ACCEPTS_PER_SECOND + 1e-9 for pause in pauses)
