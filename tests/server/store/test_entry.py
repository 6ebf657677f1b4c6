import time
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.errors import BadRequest
from notifyctl.wire import AnyEvent, Notification, Read
from notifyd.notification import AnyDraft, ReadDraft
from notifyd.store.entry import compose, new_id
from notifyd.stream import Entry
from tests.support.stores import INBOX, NOW, TOPIC, note

times = st.floats(0, 4_000_000_000)


def composed(draft: AnyDraft, *, seq: int = 7) -> Entry:
    return compose(draft, epoch="e1", seq=seq, now=NOW)


def decoded(draft: AnyDraft) -> AnyEvent:
    event: AnyEvent = msgspec.json.decode(composed(draft).body, type=AnyEvent)
    return event


def test_an_entry_and_its_event_agree() -> None:
    entry = composed(note(level="low"))
    event = msgspec.json.decode(entry.body, type=Notification)

    assert (entry.stream, entry.epoch, entry.seq, entry.at) == (INBOX, "e1", 7, NOW)
    assert (event.seq, event.id, event.at) == (7, entry.id, "2027-01-15T08:00:00.000Z")
    assert (event.presentation, event.why) == (entry.presentation, entry.why) == ("quiet", "low")


def test_what_was_not_given_is_left_out() -> None:
    fields = msgspec.json.decode(composed(note(TOPIC)).body)

    assert fields.keys() == {
        *("kind", "seq", "id", "at"),
        *("title", "sender", "category", "level"),
    }
    assert fields["category"] == "general"


def test_the_drafts_level_counts_not_the_one_that_was_asked_for() -> None:
    event = decoded(note(level="high"))

    assert isinstance(event, Notification)
    assert event.level == "high"


def test_a_read_says_what_was_read_and_whose_change_it_is() -> None:
    op_id = uuid4()
    by_ids = decoded(ReadDraft(stream=INBOX, ids=("a", "b"), op_id=op_id))
    through = decoded(ReadDraft(stream=INBOX, through=9))

    assert isinstance(by_ids, Read)
    assert (by_ids.ids, by_ids.through, by_ids.op_id) == (["a", "b"], None, str(op_id))
    assert isinstance(through, Read)
    assert (through.ids, through.through, through.op_id) == (None, 9, None)


def test_data_that_cannot_be_encoded_is_refused() -> None:
    with pytest.raises(BadRequest, match="it cannot be stored"):
        composed(note(data={"text": "half a surrogate pair: \ud800"}))


@given(now=times)
def test_an_id_is_a_version_7_uuid_of_its_millisecond(now: float) -> None:
    event_id = UUID(new_id(now))

    assert (event_id.version, event_id.variant) == (7, "specified in RFC 4122")
    assert abs((event_id.int >> 80) - now * 1000) <= 1
    assert str(event_id) == str(UUID(str(event_id)))


@given(earlier=times, seconds=st.floats(1e-6, 1e9))
def test_ids_stand_in_the_order_of_their_times(earlier: float, seconds: float) -> None:
    assert new_id(earlier) < new_id(earlier + seconds)


def test_ids_of_the_same_moment_differ() -> None:
    now = time.time()

    assert len({new_id(now) for _ in range(1000)}) == 1000
