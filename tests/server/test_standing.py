import pytest

from notifyctl.wire import Claim
from notifyd.resume import Hole, Start
from notifyd.standing import Standing
from notifyd.stream import Page, Position


def standing(after: int, head: int) -> Standing:
    place = Standing("inbox", Claim())
    place.begin(Position(epoch="e", head=head, floor=1), Start(after=after, resume="new"))
    return place


def page(first: int, last: int, *, head: int, floor: int = 1, epoch: str = "e") -> Page:
    bodies = [b"{}"] * (last - first + 1)
    position = Position(epoch=epoch, head=head, floor=floor)
    return Page(position=position, first=first, last=last, bodies=bodies)


def test_it_takes_exactly_the_next_events() -> None:
    place = standing(after=4, head=4)

    assert place.offer("e", 5, 5)
    assert place.offer("e", 6, 8)
    assert place.sent == 8


def test_it_takes_nothing_twice() -> None:
    place = standing(after=4, head=4)

    assert not place.offer("e", 4, 4)
    assert not place.fell_behind()


def test_after_a_missed_push_it_asks_the_store_once() -> None:
    place = standing(after=4, head=4)

    assert not place.offer("e", 6, 6)
    assert place.fell_behind()
    assert not place.fell_behind()


def test_pushes_before_the_position_is_known_are_not_forgotten() -> None:
    place = Standing("inbox", Claim())
    assert not place.offer("e", 11, 11)

    place.begin(Position(epoch="e", head=10, floor=1), Start(after=10, resume="exact"))

    assert place.replaying


def test_while_it_replays_pushes_only_raise_the_head() -> None:
    place = standing(after=0, head=2)

    assert not place.offer("e", 3, 3)
    assert place.turn(page(1, 2, head=2)) is None
    assert place.replaying
    assert place.turn(page(3, 3, head=3)) is None
    assert not place.replaying
    assert place.offer("e", 4, 4)


def test_what_retention_removes_during_replay_is_a_hole() -> None:
    place = standing(after=2, head=9)

    assert place.turn(page(6, 9, head=9, floor=6)) == Hole(3, 5, "retention")
    assert not place.replaying


def test_a_stream_that_retention_emptied_is_a_hole_to_its_head() -> None:
    place = standing(after=2, head=9)

    assert place.turn(page(10, 9, head=9, floor=10)) == Hole(3, 9, "retention")
    assert place.sent == 9


@pytest.mark.parametrize("floor", [1, 3])
def test_a_replaced_history_starts_anew(floor: int) -> None:
    place = standing(after=8, head=9)

    assert place.turn(page(9, 8, head=5, floor=floor, epoch="f")) == Hole(1, floor - 1, "epoch")
    assert (place.epoch, place.sent, place.replaying) == ("f", floor - 1, True)


def test_events_of_a_replaced_history_are_asked_of_the_store() -> None:
    place = standing(after=50, head=50)

    assert not place.offer("f", 1, 1)
    assert place.fell_behind()
    assert place.turn(page(51, 50, head=1, epoch="f")) == Hole(1, 0, "epoch")
    assert place.replaying
    assert place.turn(page(1, 1, head=1, epoch="f")) is None
    assert place.offer("f", 2, 2)
