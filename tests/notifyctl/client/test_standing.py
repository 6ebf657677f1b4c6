from hypothesis import given
from hypothesis import strategies as st

from notifyctl.client.standing import Standing
from notifyctl.wire import Claim
from tests.support.frames import EPOCH, events, gap, notification

STEPS = st.lists(
    st.tuples(st.sampled_from(["take", "miss", "handle", "ack", "begin"]), st.integers(1, 20))
)


def test_a_new_place_claims_where_it_starts() -> None:
    assert Standing(EPOCH, 7).claim == Claim(epoch=EPOCH, after=7)


def test_nothing_arrives_with_an_empty_frame() -> None:
    standing = Standing(EPOCH, 0)

    assert standing.take([]) == []
    assert standing.seen == 0


def test_what_was_taken_is_not_taken_again() -> None:
    standing = Standing(EPOCH, 0)
    standing.take(events(1, 2).events)

    assert standing.take(events(2, 3).events) == [notification(3)]


def test_nothing_is_handled_that_was_never_given() -> None:
    standing = Standing(EPOCH, 0)
    standing.take(events(1).events)

    standing.handle(9)

    assert standing.ack() == 1


@given(steps=STEPS)
def test_no_ack_exceeds_what_was_handled_or_received_and_none_goes_back(
    steps: list[tuple[str, int]],
) -> None:
    standing = Standing(EPOCH, 0)
    acks = [0]
    for step, number in steps:
        match step:
            case "take":
                standing.take(events(number).events)
            case "miss":
                standing.miss(gap(1, number))
            case "handle":
                standing.handle(number)
            case "begin":
                standing.begin()
                acks = [standing.handled]
            case _:
                ack = standing.ack()
                if ack is not None:
                    assert acks[-1] < ack <= min(standing.handled, standing.received)
                    acks.append(ack)
        assert standing.handled <= standing.seen
