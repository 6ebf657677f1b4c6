import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.bitset import MOST
from loadtests.judgement import judge
from loadtests.ledger import Ledger, Stray, merged
from loadtests.stamp import Stamp
from tests.support.runs import EPOCH, RUN, device, ledger_of, publish, stamp

# Entries


def test_messages_are_numbered_from_one_for_each_publisher_and_address() -> None:
    ledger = Ledger(run=RUN)
    numbers = [
        ledger.publisher(name, to).attempt()
        for name, to in [("w1", "alice"), ("w1", "alice"), ("w1", "bob"), ("w2", "alice")]
    ]

    assert numbers == [1, 2, 1, 1]


def test_a_device_has_one_page_however_often_it_is_opened() -> None:
    ledger = Ledger(run=RUN)

    assert ledger.receiver("alice", "phone") is ledger.receiver("alice", "phone")
    assert ledger.receiver("alice", "phone") is not ledger.receiver("alice", "laptop")


def test_a_message_is_new_once() -> None:
    receiver = ledger_of(1).receiver("alice", "phone")

    # The same message at two places of the stream: it was stored twice.
    assert receiver.received("inbox", EPOCH, 1, stamp(1))
    assert not receiver.received("inbox", EPOCH, 2, stamp(1))


def test_a_repeat_that_a_resumed_connection_brings_is_not_new() -> None:
    receiver = device(ledger_of(2), 1, 2)
    receiver.resumed("inbox", EPOCH, 0)

    assert not receiver.received("inbox", EPOCH, 1, stamp(1))
    assert receiver.arrivals["alice"]["w1"].duplicated == 0


@pytest.mark.parametrize(
    "strange",
    [
        None,
        stamp(1, run="another"),
        stamp(1, to="bob"),
        stamp(1, to="topic:news"),
        stamp(0),
        stamp(MOST + 1),
    ],
)
def test_what_does_not_belong_there_is_unexpected(strange: Stamp | None) -> None:
    receiver = ledger_of(1).receiver("alice", "phone")

    assert not receiver.received("inbox", EPOCH, 7, strange)
    assert not receiver.received("inbox", EPOCH, 8, stamp(1, run="another"))
    assert receiver.unexpected == 2
    assert receiver.first_unexpected == Stray("inbox", 7, strange)


def test_a_topic_brings_what_was_sent_to_it() -> None:
    ledger = ledger_of(1, to="topic:news")
    receiver = ledger.receiver("alice", "phone")
    receiver.follow("topic:news")

    assert receiver.received("topic:news", EPOCH, 1, stamp(1, to="topic:news"))
    assert not receiver.received("topic:news", EPOCH, 2, stamp(1, to="alice"))


def test_an_event_that_is_no_message_has_its_place() -> None:
    receiver = ledger_of(2).receiver("alice", "phone")
    receiver.received("inbox", EPOCH, 1, stamp(1))
    receiver.passed("inbox", EPOCH, 2)
    receiver.received("inbox", EPOCH, 3, stamp(2))

    assert receiver.readings["inbox"].holes() == (0, 0)


def test_a_reading_begins_where_the_welcome_says() -> None:
    receiver = ledger_of(1).receiver("alice", "phone")
    receiver.resumed("inbox", EPOCH, 37)
    receiver.received("inbox", EPOCH, 40, stamp(1))

    assert receiver.readings["inbox"].holes() == (2, 38)


def test_a_reading_that_nobody_announced_begins_with_what_comes_first() -> None:
    for first in ("message", "other", "gap"):
        receiver = ledger_of(1).receiver("alice", "phone")
        match first:
            case "message":
                receiver.received("inbox", EPOCH, 40, stamp(1))
            case "other":
                receiver.passed("inbox", EPOCH, 40)
            case "gap":
                receiver.gap("inbox", EPOCH, 38, 40)
                assert receiver.readings["inbox"].missed == 3
        receiver.passed("inbox", EPOCH, 42)

        assert receiver.readings["inbox"].holes() == (1, 41)


def test_an_event_of_another_epoch_begins_another_history() -> None:
    receiver = ledger_of(3).receiver("alice", "phone")
    for seq, (epoch, place) in enumerate([("e", 1), ("e", 2), ("f", 1)], 1):
        receiver.received("inbox", epoch, place, stamp(seq))

    assert receiver.readings["inbox"].epochs == 1


# From several processes


def test_a_ledger_travels_as_json() -> None:
    ledger = ledger_of(3)
    device(ledger, 1, 3, 2).received("inbox", EPOCH, 4, None)
    text = msgspec.json.encode(ledger)

    assert msgspec.json.decode(text, type=Ledger) == ledger


@given(
    st.dictionaries(st.sampled_from(["alice", "bob", "carol"]), st.lists(st.integers(1, 6))),
    st.integers(0, 5),
)
def test_merged_is_as_if_one_process_had_kept_it(
    arrived: dict[str, list[int]], acknowledged: int
) -> None:
    together, parts = Ledger(run=RUN), list[Ledger]()
    for user, seqs in arrived.items():
        parts.append(ledger_of(acknowledged, to=user))
        publish(together, acknowledged, to=user)
        for ledger in (parts[-1], together):
            device(ledger, *seqs, user=user)

    assert merged(RUN, parts) == together
    assert judge(merged(RUN, parts)) == judge(together)


def test_publisher_and_device_may_be_in_different_processes() -> None:
    there = Ledger(run=RUN)
    device(there, 1)

    assert judge(merged(RUN, [ledger_of(1), there])).is_valid


def test_a_page_is_kept_by_one_process_alone() -> None:
    device(with_phone := Ledger(run=RUN), 1)

    with pytest.raises(ValueError, match="two ledgers have a page of alice and w1"):
        merged(RUN, [ledger_of(1), ledger_of(2)])
    with pytest.raises(ValueError, match="two ledgers have a page of alice and phone"):
        merged(RUN, [with_phone, with_phone])


def test_the_ledger_of_another_run_is_refused() -> None:
    with pytest.raises(ValueError, match="run 9 does not belong to run 2f6c01ab"):
        merged(RUN, [Ledger(run="9")])
