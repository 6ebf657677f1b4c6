import msgspec
import pytest

from loadtests.crash.entries import (
    Abandoned,
    Acked,
    AnyEntry,
    Came,
    Dropped,
    Fault,
    Gapped,
    Given,
    Refused,
    came,
    gapped,
    given,
)
from loadtests.stamp import data
from notifyctl.client.session import Received
from notifyctl.wire import Events, Gap, Notification
from tests.support.crash_histories import healthy, message, receipted
from tests.support.frames import notification
from tests.support.runs import EPOCH, stamp

ENTRIES: list[AnyEntry] = [
    *healthy(1),
    Refused(message=message(1), answer="400 bad_request"),
    Abandoned(message=message(1)),
    Gapped(user="alice", device="phone", stream="inbox", epoch=EPOCH, first=1, last=2),
    Acked(user="alice", device="phone", stream="inbox", through=1, lost=False),
    Dropped(user="alice", device="phone", why="EOF"),
    Fault(round=1, fault="kill"),
    receipted(1, "alice/phone"),
]


def stamped(seq: int) -> Notification:
    return msgspec.structs.replace(notification(seq), data=data(stamp(seq)))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: type(entry).__name__)
def test_an_entry_is_read_as_it_was_written(entry: AnyEntry) -> None:
    line = msgspec.json.encode(entry)

    assert msgspec.json.decode(line, type=AnyEntry) == entry
    assert f'"what":"{type(entry).__name__.lower()}"'.encode() in line


def test_every_event_of_a_frame_came() -> None:
    frame = Events(stream="inbox", epoch=EPOCH, live=True, events=[stamped(1), stamped(2)])

    assert came("alice", "phone", frame) == [
        Came(
            user="alice",
            device="phone",
            stream="inbox",
            epoch=EPOCH,
            place=seq,
            id=f"id-{seq}",
            stamp=stamp(seq),
        )
        for seq in (1, 2)
    ]


def test_what_a_client_gives_is_given_with_its_stamp() -> None:
    item = Received(stream="inbox", epoch=EPOCH, live=True, event=stamped(3))

    assert given("alice", "phone", item) == Given(
        user="alice",
        device="phone",
        stream="inbox",
        epoch=EPOCH,
        place=3,
        id="id-3",
        stamp=stamp(3),
    )


def test_an_event_of_somebody_else_has_no_stamp() -> None:
    other = msgspec.structs.replace(stamped(1), data={"x": "y"})
    frame = Events(stream="inbox", epoch=EPOCH, live=True, events=[other])

    assert [entry.stamp for entry in came("alice", "phone", frame)] == [None]


def test_a_gap_says_what_is_gone() -> None:
    gap = Gap(stream="inbox", epoch=EPOCH, first=2, last=4, reason="retention")

    assert gapped("alice", "phone", gap) == Gapped(
        user="alice", device="phone", stream="inbox", epoch=EPOCH, first=2, last=4
    )
