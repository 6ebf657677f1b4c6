import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.bitset import MOST
from loadtests.reading import Came, Reading


def reading(*places: int, after: int = 0) -> Reading:
    begun = Reading.begin("e", after)
    for place in places:
        begun.take(place)
    return begun


def faults(found: Reading) -> dict[str, int]:
    counted = {
        "duplicated": found.duplicated,
        "late": found.late,
        "skipped": found.holes()[0],
    }
    return {name: count for name, count in counted.items() if count}


def test_one_place_after_the_other_is_as_it_should_be() -> None:
    begun = Reading.begin("e", after=41)

    assert [begun.take(place) for place in (42, 43, 44)] == [Came.IN_ORDER] * 3
    assert faults(begun) == {}
    assert begun.holes() == (0, 0)


def test_where_nothing_came_there_is_no_hole() -> None:
    assert reading(after=41).holes() == (0, 0)


def test_a_place_that_comes_twice_is_duplicated() -> None:
    found = reading(1, 2, 2, 3, 1)

    assert faults(found) == {"duplicated": 2}
    assert found.first_duplicated == 2


def test_what_stands_before_the_start_is_a_repeat() -> None:
    assert faults(reading(5, 6, after=5)) == {"duplicated": 1}


def test_places_in_the_wrong_order_are_late_and_no_hole() -> None:
    found = reading(1, 3, 2, 4)

    assert faults(found) == {"late": 1}
    assert found.first_late == 2


def test_a_late_place_that_comes_again_is_late_once_and_duplicated() -> None:
    assert faults(reading(1, 3, 2, 3, 2)) == {"late": 1, "duplicated": 2}


def test_a_place_that_never_comes_is_a_hole() -> None:
    found = reading(11, 14, 15, 18, after=10)

    assert found.holes() == (4, 12)


def test_a_gap_explains_a_hole() -> None:
    found = reading(1)
    found.gap("e", 2, 5)
    found.take(6)

    assert faults(found) == {}
    assert (found.gaps, found.missed) == (1, 4)


def test_a_gap_explains_no_more_than_it_names() -> None:
    found = reading(1)
    found.gap("e", 2, 4)
    found.take(6)

    assert found.holes() == (1, 5)


def test_a_gap_at_the_end_of_a_stream_is_no_hole() -> None:
    found = reading(11, 12, after=10)
    found.gap("e", 13, 19)

    assert faults(found) == {}
    assert found.missed == 7
    assert found.take(20) is Came.IN_ORDER
    assert faults(found) == {}


def test_a_gap_from_before_the_start_counts_from_there() -> None:
    found = reading(14, after=10)
    found.gap("e", 8, 12)

    assert found.missed == 2
    assert found.holes() == (1, 13)


def test_what_a_gap_tells_of_does_not_come() -> None:
    found = reading(1)
    found.gap("e", 2, 4)

    assert found.take(3) is Came.AGAIN
    assert faults(found) == {"duplicated": 1}


def test_a_place_before_a_gap_that_never_comes_is_a_hole() -> None:
    found = reading(1)
    found.gap("e", 3, 5)

    assert found.holes() == (1, 2)


def test_a_gap_counts_only_what_had_not_come() -> None:
    found = reading(1, 2, 3)
    found.gap("e", 2, 5)

    assert found.missed == 2


def test_what_a_resumed_connection_repeats_is_replayed() -> None:
    found = reading(1, 2, 3)
    found.resumed("e", 1)

    assert [found.take(place) for place in (2, 3, 4)] == [Came.AGAIN, Came.AGAIN, Came.IN_ORDER]
    assert faults(found) == {}
    assert found.replayed == 2


def test_a_replay_that_repeats_itself_is_no_replay() -> None:
    found = reading(1, 2, 3)
    found.resumed("e", 1)
    for place in (2, 2, 3):
        found.take(place)

    assert faults(found) == {"duplicated": 1}


def test_a_resumed_connection_repeats_nothing_from_before_its_place() -> None:
    found = reading(1, 2, 3)
    found.resumed("e", 2)
    for place in (2, 3):
        found.take(place)

    assert faults(found) == {"duplicated": 1}
    assert found.replayed == 1


def test_a_replay_may_begin_before_the_first_reading_did() -> None:
    found = reading(6, 7, after=5)
    found.resumed("e", 3)
    for place in (4, 5, 6, 7, 8):
        found.take(place)

    assert faults(found) == {}
    assert found.replayed == 4


def test_a_connection_that_resumes_too_far_leaves_a_hole() -> None:
    found = reading(1, 2)
    found.resumed("e", 5)
    found.take(6)

    assert found.holes() == (3, 3)


def test_what_comes_after_later_ones_is_late_though_a_connection_was_resumed_for_it() -> None:
    found = reading(1, 3)
    found.resumed("e", 1)

    assert found.take(2) is Came.LATE
    assert found.take(2) is Came.AGAIN
    assert faults(found) == {"late": 1, "duplicated": 1}
    assert found.take(3) is Came.AGAIN
    assert found.replayed == 1


def test_another_epoch_is_another_history() -> None:
    found = reading(1, 2, 3)
    found.gap("f", 1, 0)
    for place in (1, 2):
        found.take(place)

    assert faults(found) == {}
    assert (found.epochs, found.gaps) == (1, 1)


def test_another_epoch_may_begin_anywhere() -> None:
    found = reading(11, 12, after=10)
    found.resumed("f", 3)
    found.take(4)
    found.resumed("f", 4)
    found.take(5)

    assert faults(found) == {}
    assert found.epochs == 1


def test_what_a_gap_to_another_epoch_leaves_out_is_a_repeat() -> None:
    found = reading(1, 2)
    found.gap("f", 6, 5)

    assert found.take(5) is Came.AGAIN
    assert faults(found) == {"duplicated": 1}
    assert found.take(6) is Came.IN_ORDER


def test_the_holes_of_a_history_that_was_replaced_are_not_forgotten() -> None:
    found = reading(1, 4)
    found.resumed("f", 0)
    found.take(1)
    found.take(3)

    assert found.holes() == (3, 2)


@pytest.mark.parametrize("place", [MOST + 1, 2**53])
def test_a_place_far_beyond_all_others_is_a_hole_and_takes_no_memory(place: int) -> None:
    found = reading(1)
    found.take(place)
    found.take(2)

    assert found.holes() == (1, 2)
    assert len(found.places.octets) == 1


def test_a_gap_without_end_takes_no_memory_without_end() -> None:
    found = reading(1)
    found.gap("e", 2, 2**53)

    assert len(found.places.octets) <= MOST // 8 + 1


@given(st.permutations(list(range(1, 9))), st.integers(0, 3))
def test_whatever_the_order_every_place_that_came_is_known(order: list[int], dropped: int) -> None:
    kept = order[dropped:]
    found = reading(*kept)
    late = sum(place < max(kept[:number]) for number, place in enumerate(kept) if number)

    assert found.late == late
    assert found.holes()[0] == max(kept) - len(kept)
    assert found.duplicated == 0
