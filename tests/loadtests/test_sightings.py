import pytest

from loadtests.sightings import Contradiction, Identity, Sightings
from loadtests.stamp import Message

FIRST, SECOND = Message("p1", "alice", 1), Message("p1", "alice", 2)
INBOX = "inbox:alice"


def identity(place: int = 1, event: str = "0193") -> Identity:
    return Identity(INBOX, place, event)


def only(sightings: Sightings) -> Contradiction:
    (contradiction,) = sightings.contradictions
    return contradiction


def test_all_who_say_the_same_agree() -> None:
    sightings = Sightings()
    sightings.answered(FIRST, identity(), now=1.0)
    sightings.arrived(FIRST, identity(), "alice/phone", now=1.1)
    sightings.answered(FIRST, identity(), now=9.0)
    sightings.answered(SECOND, identity(2, "0194"), now=9.1)
    sightings.receipted(FIRST, identity(), {"alice/phone"}, {"alice/phone"}, now=10.0)

    assert sightings.contradictions == []


@pytest.mark.parametrize("other", [identity(place=2), identity(event="0194")])
def test_a_repeated_key_with_another_answer_is_named(other: Identity) -> None:
    sightings = Sightings()
    sightings.answered(FIRST, identity(), now=1.0)
    sightings.answered(FIRST, other, now=9.0)

    found = only(sightings)

    assert found.kind == "changed"
    assert str(found) == (
        "changed: #1 of p1 to alice: "
        f"answer to p1 has inbox:alice #1 (0193), answer to p1 has {other}"
    )


def test_an_event_that_arrives_as_another_than_was_answered_is_named() -> None:
    sightings = Sightings()
    sightings.arrived(FIRST, identity(event="0194"), "alice/phone", now=1.0)
    sightings.answered(FIRST, identity(event="0193"), now=1.1)

    assert only(sightings).kind == "changed"


def test_a_place_belongs_to_one_message() -> None:
    sightings = Sightings()
    sightings.answered(FIRST, identity(1, "0193"), now=1.0)
    sightings.answered(SECOND, identity(1, "0194"), now=1.1)

    assert str(only(sightings)) == (
        "shared: #2 of p1 to alice: inbox:alice #1 is also #1 of p1 to alice"
    )


def test_an_id_belongs_to_one_message() -> None:
    sightings = Sightings()
    sightings.answered(FIRST, identity(1), now=1.0)
    sightings.answered(SECOND, identity(2), now=1.1)

    assert only(sightings).detail == "0193 is also #1 of p1 to alice"


def test_a_receipt_that_names_a_device_which_never_had_it_is_unfounded() -> None:
    sightings = Sightings()
    sightings.arrived(FIRST, identity(), "alice/phone", now=1.0)
    sightings.receipted(FIRST, identity(), {"alice/phone", "alice/laptop"}, (), now=2.0)

    found = only(sightings)

    assert (found.kind, found.detail) == ("unfounded", "alice/laptop is named and never had it")


def test_a_receipt_that_leaves_a_device_out_has_forgotten_it() -> None:
    sightings = Sightings()
    for device in ("alice/phone", "alice/laptop"):
        sightings.arrived(FIRST, identity(), device, now=1.0)
    sightings.receipted(FIRST, identity(), {"alice/phone"}, {"alice/laptop"}, now=2.0)

    found = only(sightings)

    assert found.kind == "forgotten"
    assert found.detail == "alice/laptop acknowledged it and is not named"


def test_a_device_whose_last_ack_was_cut_off_may_be_left_out() -> None:
    sightings = Sightings()
    sightings.arrived(FIRST, identity(), "alice/phone", now=1.0)
    sightings.receipted(FIRST, identity(), (), (), now=2.0)

    assert sightings.contradictions == []


def test_a_receipt_with_another_place_is_named() -> None:
    sightings = Sightings()
    sightings.answered(FIRST, identity(1), now=1.0)
    sightings.receipted(FIRST, identity(2), (), (), now=2.0)

    assert only(sightings).kind == "changed"


def test_the_history_is_of_the_messages_concerned_and_of_no_other() -> None:
    sightings = Sightings()
    sightings.arrived(SECOND, identity(1), "alice/phone", now=3.0)
    sightings.answered(Message("p2", "bob", 1), Identity("inbox:bob", 1, "0199"), now=2.0)
    sightings.answered(FIRST, identity(1), now=1.0)

    history = only(sightings).history

    assert [str(sighting) for sighting in history] == [
        "     1.000  answer to p1: inbox:alice #1 (0193)",
        "     3.000  alice/phone: inbox:alice #1 (0193)",
    ]
