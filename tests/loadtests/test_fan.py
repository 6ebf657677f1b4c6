from loadtests.fan import Fan, Whole
from loadtests.stamp import Stamp


def stamp(seq: int) -> Stamp:
    return Stamp(run="0a1b2c3d", publisher="p", to="topic:x", seq=seq, due_us=0, clock="c")


def test_a_message_is_whole_when_its_last_copy_came() -> None:
    fan = Fan(copies=3)

    assert fan.took(stamp(1), 500) is None
    assert fan.took(stamp(2), 100) is None
    assert fan.took(stamp(1), 900) is None
    assert fan.took(stamp(1), 700) == Whole(first_us=500, last_us=900, copies=3)


def test_a_message_that_is_whole_is_forgotten() -> None:
    fan = Fan(copies=1)

    assert fan.took(stamp(1), 500) == fan.took(stamp(1), 500)
