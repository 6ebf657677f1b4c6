from hypothesis import given
from hypothesis import strategies as st

from notifyctl.wire import Claim
from notifyd.resume import Hole, Start, start
from notifyd.stream import Position

FRESH = Position(epoch="e", head=0, floor=1)
FULL = Position(epoch="e", head=10, floor=1)
TRIMMED = Position(epoch="e", head=10, floor=6)


def begin(
    position: Position,
    *,
    epoch: str | None = None,
    after: int | None = None,
    cursor: int | None = None,
    newcomer: int = 0,
) -> Start:
    return start(position, claim=Claim(epoch=epoch, after=after), cursor=cursor, newcomer=newcomer)


def test_a_newcomer_starts_where_it_is_told() -> None:
    assert begin(FULL, newcomer=4) == Start(after=4, resume="new")
    assert begin(FRESH, newcomer=0) == Start(after=0, resume="new")


def test_a_newcomer_is_not_told_of_events_that_nobody_can_have() -> None:
    assert begin(TRIMMED, newcomer=0) == Start(after=5, resume="new")


def test_a_device_resumes_from_its_cursor() -> None:
    assert begin(FULL, cursor=4) == Start(after=4, resume="replay")
    assert begin(FULL, cursor=10) == Start(after=10, resume="exact")


def test_a_claim_of_the_same_epoch_wins_over_the_cursor() -> None:
    assert begin(FULL, epoch="e", after=7, cursor=4).after == 7
    assert begin(FULL, epoch="e", after=2, cursor=4).after == 2


def test_a_claim_without_an_epoch_is_ignored() -> None:
    assert begin(FULL, after=7, cursor=4).after == 4


def test_zero_asks_for_all_that_is_retained_and_misses_nothing() -> None:
    assert begin(FULL, after=0, cursor=4) == Start(after=0, resume="replay")
    assert begin(TRIMMED, after=0) == Start(after=5, resume="replay")
    assert begin(TRIMMED, epoch="other", after=0) == Start(after=5, resume="replay")
    assert begin(FRESH, after=0) == Start(after=0, resume="exact")


def test_what_retention_removed_is_a_gap() -> None:
    gap = Start(after=5, resume="gap", hole=Hole(3, 5, "retention"))
    assert begin(TRIMMED, cursor=2) == gap
    assert begin(TRIMMED, epoch="e", after=2) == gap


def test_a_device_that_acknowledged_nothing_yet_is_told_what_it_can_no_longer_have() -> None:
    assert begin(TRIMMED, cursor=0) == Start(after=5, resume="gap", hole=Hole(1, 5, "retention"))


def test_a_hole_counts_only_once_the_client_has_acknowledged_it() -> None:
    assert begin(FULL, cursor=4).acked == 4
    assert begin(TRIMMED, cursor=2).acked == 2
    assert begin(FULL, epoch="other", after=7, cursor=4).acked == 0


def test_a_claim_of_another_epoch_is_a_gap() -> None:
    assert begin(FULL, epoch="other", after=7) == Start(
        after=0, resume="gap", hole=Hole(1, 0, "epoch")
    )
    assert begin(FULL, epoch="other", after=7, cursor=4) == Start(
        after=4, resume="gap", hole=Hole(1, 4, "epoch")
    )


def test_a_claim_beyond_the_head_is_a_gap() -> None:
    assert begin(FULL, epoch="e", after=11) == Start(
        after=0, resume="gap", hole=Hole(1, 0, "epoch")
    )


positions = st.builds(
    lambda head, kept, epoch: Position(epoch=epoch, head=head, floor=head + 1 - min(kept, head)),
    head=st.integers(0, 30),
    kept=st.integers(0, 30),
    epoch=st.sampled_from(["e", "f"]),
)
claims = st.none() | st.builds(
    Claim, epoch=st.sampled_from([None, "e", "f"]), after=st.none() | st.integers(0, 35)
)


@given(
    position=positions,
    claim=claims,
    cursor=st.none() | st.integers(0, 30),
    newcomer=st.integers(0, 30),
)
def test_every_start_leads_to_the_head_without_a_silent_hole(
    position: Position, claim: Claim | None, cursor: int | None, newcomer: int
) -> None:
    newcomer = min(newcomer, position.head)
    begun = start(position, claim=claim, cursor=cursor, newcomer=newcomer)

    assert position.floor - 1 <= begun.after <= position.head
    assert (begun.resume == "gap") == (begun.hole is not None)
    if begun.resume == "exact":
        assert begun.after == position.head
    if begun.hole is not None:
        assert begun.hole.last == begun.after
