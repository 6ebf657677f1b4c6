"""What every store promises: the same tests for every backend."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
import pytest

from notifyctl.errors import BadRequest, KeyReused, NotifyError
from notifyctl.wire import AnyEvent, Notification, Read
from notifyd.notification import ReadDraft
from notifyd.store.store import Appended, Limits
from notifyd.stream import Entry
from tests.support.stores import INBOX, NOW, TOPIC, DrivenStore, key, note, read

DAY = 86_400.0
OpenStore = Callable[[Limits], DrivenStore]


# Its milliseconds do not fit into the last year that a date can name.
AFTER_ALL_YEARS = datetime.max.replace(tzinfo=UTC)


def nested(depth: int) -> object:
    """A value that no encoder can follow to its end."""
    value: object = 0
    for _ in range(depth):
        value = [value]
    return value


def event(body: bytes) -> AnyEvent:
    decoded: AnyEvent = msgspec.json.decode(body, type=AnyEvent)
    return decoded


def read_event(entry: Entry | None) -> Read:
    assert entry is not None
    found = event(entry.body)
    assert isinstance(found, Read)
    return found


def seqs(store: DrivenStore, stream: str = INBOX, after: int = 0) -> list[int]:
    """The seqs of all retained events, as their bodies tell them."""
    return [event(body).seq for body in store.page(stream, after, max_events=1000).bodies]


# Appending


def test_every_stream_counts_its_events_from_one(store: DrivenStore) -> None:
    appended = [store.entry(note(stream)).seq for stream in (INBOX, TOPIC, INBOX, INBOX, TOPIC)]

    assert appended == [1, 1, 2, 3, 2]


def test_the_outcomes_stand_in_the_order_of_the_drafts(store: DrivenStore) -> None:
    outcomes = store.append(note(title="a"), note(TOPIC, "b"), note(title="c"))

    entries = [outcome.entry for outcome in outcomes if isinstance(outcome, Appended)]
    assert [(entry.stream, entry.seq) for entry in entries if entry] == [
        (INBOX, 1),
        (TOPIC, 1),
        (INBOX, 2),
    ]


def test_no_drafts_have_no_outcomes(store: DrivenStore) -> None:
    assert store.append() == []
    assert store.heard == []


def test_a_notification_is_kept_as_it_was_published(store: DrivenStore) -> None:
    op_id = uuid4()
    entry = store.entry(
        note(
            title="Build done",
            level="high",
            op_id=op_id,
            body="in 3 min",
            category="ci",
            collapse_key="build",
            url="/builds/7",
            data={"build": 7, "branch": "größer"},
            expires_at=datetime(2027, 1, 15, 10, 0, 0, 123_456, tzinfo=UTC),
        )
    )

    (body,) = store.page().bodies
    assert body == entry.body
    assert event(body) == Notification(
        seq=1,
        id=entry.id,
        at="2027-01-15T08:00:00.000Z",
        title="Build done",
        sender="backend",
        category="ci",
        level="high",
        presentation="alert",
        why="open",
        body="in 3 min",
        collapse_key="build",
        url="/builds/7",
        data={"build": 7, "branch": "größer"},
        expires_at="2027-01-15T10:00:00.123Z",
        op_id=str(op_id),
    )


def test_attention_decides_how_an_inbox_event_is_presented(store: DrivenStore) -> None:
    quiet = store.entry(note(level="low"))
    loud = store.entry(note(level="critical"))

    assert (quiet.presentation, quiet.why) == ("quiet", "low")
    assert (loud.presentation, loud.why) == ("alert", "open")


def test_a_topic_event_leaves_its_presentation_to_the_subscribers(store: DrivenStore) -> None:
    entry = store.entry(note(TOPIC, level="low"))

    assert (entry.presentation, entry.why) == (None, None)
    assert b"presentation" not in entry.body


def test_every_event_has_an_id_of_its_own(store: DrivenStore) -> None:
    store.append(*[note() for _ in range(100)], *[note(TOPIC) for _ in range(100)])

    ids = [event(body).id for name in (INBOX, TOPIC) for body in store.page(name).bodies]
    assert len(set(ids)) == 200
    assert {UUID(event_id).version for event_id in ids} == {7}


def test_a_draft_that_is_refused_leaves_the_others(store: DrivenStore) -> None:
    store.entry(note(key=key("taken")))
    outcomes = store.append(
        note(title="before"),
        note(title="another", key=key("taken", b"another notification")),
        note(title="deep", data={"depth": nested(200_000)}),
        note(title="late", expires_at=AFTER_ALL_YEARS),
        note(title="after"),
    )

    kinds = [type(outcome) for outcome in outcomes]
    assert kinds == [Appended, KeyReused, BadRequest, BadRequest, Appended]
    assert seqs(store) == [1, 2, 3]


def test_a_clock_that_steps_back_disturbs_nothing(store: DrivenStore) -> None:
    first = store.entry(note(key=key("a")), now=NOW)
    second = store.entry(note(), now=NOW - 100 * DAY)

    assert (first.seq, second.seq) == (1, 2)
    assert store.found(second.id).at == NOW - 100 * DAY
    assert store.appended(note(key=key("a")), now=NOW - DAY).replayed


# Listening


def test_a_listener_hears_every_new_event_in_order(store: DrivenStore) -> None:
    store.append(note(), note(TOPIC), note())
    store.append(note())

    heard = [entry for group in store.heard for entry in group]
    assert [(entry.stream, entry.seq) for entry in heard] == [
        (INBOX, 1),
        (TOPIC, 1),
        (INBOX, 2),
        (INBOX, 3),
    ]
    assert [entry.body for entry in heard if entry.stream == INBOX] == store.page().bodies


def test_a_listener_hears_an_event_before_its_publisher_does(store: DrivenStore) -> None:
    order: list[str] = []

    async def publish() -> None:
        await store.store.append([note()], NOW)
        order.append("publisher")

    store.store.listen(lambda entries: order.append("listener"))
    store.run(publish())

    assert order == ["listener", "publisher"]


def test_every_listener_hears(store: DrivenStore) -> None:
    heard: list[Sequence[Entry]] = []
    store.store.listen(heard.append)
    entry = store.entry(note())

    assert [list(group) for group in heard] == [[entry]]
    assert store.heard == [[entry]]


def test_what_a_listener_heard_can_be_read_at_once(store: DrivenStore) -> None:
    async def publish_and_read() -> list[int]:
        heads: list[int] = []
        tasks: list[asyncio.Task[None]] = []

        async def look() -> None:
            heads.append((await store.store.position(INBOX)).head)

        store.store.listen(lambda _: tasks.append(asyncio.create_task(look())))
        await store.store.append([note(), note()], NOW)
        await asyncio.gather(*tasks)
        return heads

    assert store.run(publish_and_read()) == [2]


def test_a_replay_is_no_event_to_hear(store: DrivenStore) -> None:
    store.append(note(key=key("a")))
    store.append(note(key=key("a")))

    assert [len(group) for group in store.heard] == [1]


def test_a_publisher_that_goes_away_takes_nothing_with_it(store: DrivenStore) -> None:
    async def publish_and_leave() -> None:
        publishing = asyncio.create_task(store.store.append([note()], NOW))
        await asyncio.sleep(0)
        publishing.cancel()
        await asyncio.wait([publishing])
        await store.store.append([note()], NOW)

    store.run(publish_and_leave())

    heard = [entry.seq for group in store.heard for entry in group]
    assert heard == seqs(store) == [1, 2]


def test_concurrent_publishers_share_one_order(store: DrivenStore) -> None:
    async def publish(number: int) -> int:
        (outcome,) = await store.store.append([note(title=str(number))], NOW)
        assert isinstance(outcome, Appended)
        assert outcome.entry is not None
        return outcome.entry.seq

    async def publish_all() -> list[int]:
        return await asyncio.gather(*(publish(number) for number in range(300)))

    assert sorted(store.run(publish_all())) == list(range(1, 301))
    assert [entry.seq for group in store.heard for entry in group] == list(range(1, 301))


# Keys


def test_the_same_key_gives_the_first_answer_again(store: DrivenStore) -> None:
    first = store.entry(note(level="low", key=key("a")))
    again = store.appended(note(level="low", key=key("a")), now=NOW + 60)

    assert again == Appended(entry=msgspec.structs.replace(first, body=b""), replayed=True)
    assert seqs(store) == [1]


def test_a_key_for_another_notification_is_refused(store: DrivenStore) -> None:
    store.entry(note(key=key("a")))
    (outcome,) = store.append(note(key=key("a", b"another notification")))

    assert isinstance(outcome, KeyReused)
    assert seqs(store) == [1]


def test_a_key_means_something_only_in_its_scope_and_stream(store: DrivenStore) -> None:
    drafts = [
        note(key=key("a")),
        note(key=key("a", scope="key:other")),
        note(TOPIC, key=key("a")),
        note(key=key("b")),
    ]
    outcomes = store.append(*drafts)

    assert [isinstance(o, Appended) and o.replayed for o in outcomes] == [False] * 4


def test_a_key_twice_in_one_call_means_one_event(store: DrivenStore) -> None:
    first, again, other = store.append(
        note(key=key("a")), note(key=key("a")), note(key=key("a", b"another notification"))
    )

    assert isinstance(first, Appended)
    assert isinstance(again, Appended)
    assert again.replayed
    assert (first.entry and first.entry.id) == (again.entry and again.entry.id)
    assert isinstance(other, KeyReused)
    assert seqs(store) == [1]


def test_a_key_twice_at_the_same_time_means_one_event(store: DrivenStore) -> None:
    async def publish_all() -> list[list[Appended | NotifyError]]:
        same = [store.store.append([note(key=key("a"))], NOW) for _ in range(20)]
        return await asyncio.gather(*same)

    outcomes = [outcome for (outcome,) in store.run(publish_all())]
    assert seqs(store) == [1]
    assert sum(isinstance(o, Appended) and o.replayed for o in outcomes) == 19


def test_a_key_is_unknown_once_its_time_is_over(store: DrivenStore) -> None:
    store.entry(note(key=key("a", seconds=60)))

    assert store.appended(note(key=key("a", seconds=60)), now=NOW + 59).replayed
    assert not store.appended(note(key=key("a", b"new", seconds=60)), now=NOW + 60).replayed
    assert store.appended(note(key=key("a", b"new", seconds=60)), now=NOW + 119).replayed
    assert seqs(store) == [1, 2]


def test_a_key_outlives_its_event(open_with: OpenStore) -> None:
    store = open_with(Limits(max_events=2))
    first = store.entry(note(key=key("a")))
    store.append(note(), note())

    assert store.find(first.id) is None
    again = store.appended(note(key=key("a")))
    assert again.replayed
    assert again.entry is not None
    assert (again.entry.seq, again.entry.id) == (1, first.id)


def test_a_refused_draft_does_not_use_up_its_key(store: DrivenStore) -> None:
    refused = store.append(note(key=key("a"), data={"depth": nested(200_000)}))
    assert isinstance(refused[0], BadRequest)

    assert not store.appended(note(key=key("a"))).replayed


def test_a_read_with_a_key_is_repeatable_even_when_it_changed_nothing(store: DrivenStore) -> None:
    nothing = store.appended(read(through=9, key=key("a")))
    assert nothing == Appended(entry=None, replayed=False)
    store.entry(note())

    assert store.appended(read(through=9, key=key("a"))) == Appended(entry=None, replayed=True)
    assert store.inbox().unread == 1


# Reading marks


def test_reading_marks_the_named_notifications(store: DrivenStore) -> None:
    first, second, third = (store.entry(note()) for _ in range(3))
    marked = store.entry(read(third.id, first.id), now=NOW + 5)

    assert marked.seq == 4
    assert read_event(marked).ids == [third.id, first.id]
    assert store.inbox().unread == 1
    assert store.inbox().unread_ids == [second.id]
    assert store.found(first.id).read_at == NOW + 5
    assert store.found(second.id).read_at is None


def test_reading_names_only_what_it_marked(store: DrivenStore) -> None:
    first, second = store.entry(note()), store.entry(note())
    of_topic, of_bob = store.entry(note(TOPIC)), store.entry(note("inbox:bob"))
    store.entry(read(first.id))
    marked = store.entry(read(first.id, "unknown", second.id, second.id, of_topic.id, of_bob.id))

    assert read_event(marked).ids == [second.id]
    assert store.inbox(user="bob").unread == 1


def test_reading_through_marks_all_up_to_there(store: DrivenStore) -> None:
    ids = [store.entry(note()).id for _ in range(4)]
    marked = store.entry(read(through=3))

    assert read_event(marked).through == 3
    assert store.inbox().unread_ids == ids[3:]


def test_reading_through_beyond_the_head_marks_all(store: DrivenStore) -> None:
    store.append(note(), note())
    marked = store.entry(read(through=2**53 - 1))

    assert read_event(marked).through == 2
    assert store.inbox().unread == 0


@pytest.mark.parametrize("draft", [read("unknown"), read(through=9, stream=TOPIC), read()])
def test_a_read_that_marks_nothing_is_no_event(store: DrivenStore, draft: ReadDraft) -> None:
    store.append(note(), note(TOPIC))

    assert store.appended(draft) == Appended(entry=None)
    assert seqs(store) == [1]
    assert store.inbox().unread == 1


def test_an_event_of_reading_is_not_unread_itself(store: DrivenStore) -> None:
    marked = store.entry(read(store.entry(note()).id))

    assert (marked.presentation, marked.why) == (None, None)
    assert store.inbox().unread == 0
    assert store.appended(read(marked.id)).entry is None


def test_reading_in_the_call_that_publishes_marks_what_stands_before_it(store: DrivenStore) -> None:
    _, marked, _ = store.append(note(), read(through=5), note())

    assert isinstance(marked, Appended)
    assert read_event(marked.entry).through == 1
    assert store.inbox().unread == 1


# Positions and pages


def test_a_stream_nobody_wrote_to_is_empty_and_has_its_epoch(store: DrivenStore) -> None:
    before = store.position()
    store.entry(note())
    after = store.position()

    assert (before.head, before.floor) == (0, 1)
    assert (after.head, after.floor) == (1, 1)
    assert before.epoch == after.epoch != ""


def test_a_page_holds_the_next_events(store: DrivenStore) -> None:
    entries = [store.entry(note(title=str(number))) for number in range(5)]
    page = store.page(after=1, max_events=3)

    assert (page.first, page.last) == (2, 4)
    assert page.bodies == [entry.body for entry in entries[1:4]]
    assert page.position == store.position()


def test_a_page_at_the_head_is_empty(store: DrivenStore) -> None:
    store.append(note(), note())
    at_head, beyond = store.page(after=2), store.page(after=9)

    assert (at_head.bodies, at_head.first, at_head.last) == ([], 3, 2)
    assert (beyond.bodies, beyond.first, beyond.last) == ([], 10, 9)
    assert store.page(TOPIC).bodies == []


def test_a_page_is_bounded_in_bytes_but_never_empty_for_it(store: DrivenStore) -> None:
    sizes = [len(store.entry(note(body="x" * 1000)).body) for _ in range(4)]

    assert store.page(max_bytes=sizes[0] + sizes[1]).last == 2
    assert store.page(max_bytes=sizes[0] + sizes[1] - 1).last == 1
    assert store.page(max_bytes=1).last == 1


def test_a_page_before_the_floor_starts_at_the_floor(open_with: OpenStore) -> None:
    store = open_with(Limits(max_events=3))
    store.append(*[note() for _ in range(10)])
    page = store.page(after=2)

    assert (page.first, page.last) == (8, 10)
    assert page.position.floor == 8


# The inbox


def test_an_inbox_tells_what_is_unread(store: DrivenStore) -> None:
    entries = [store.entry(note()) for _ in range(3)]
    marked = store.entry(read(entries[1].id))
    page = store.inbox(after=1)

    assert page.entries == [(entry.seq, entry.body) for entry in reread(store, 2, 3, 4)]
    assert marked.seq == 4
    assert page.unread_ids == [entries[2].id]
    assert page.unread == 2
    assert page.position == store.position()


def reread(store: DrivenStore, *places: int) -> list[Entry]:
    """What a listener heard of alice's inbox at these places."""
    heard = [entry for group in store.heard for entry in group if entry.stream == INBOX]
    return [entry for entry in heard if entry.seq in places]


def test_an_inbox_can_leave_out_what_is_not_unread(store: DrivenStore) -> None:
    entries = [store.entry(note()) for _ in range(5)]
    store.entry(read(entries[0].id, entries[2].id))
    page = store.inbox(unread_only=True, limit=2)

    assert [seq for seq, _ in page.entries] == [2, 4]
    assert page.unread_ids == [entries[1].id, entries[3].id]
    assert page.unread == 3
    assert [seq for seq, _ in store.inbox(after=4, unread_only=True).entries] == [5]


def test_an_inbox_page_is_limited(store: DrivenStore) -> None:
    store.append(*[note() for _ in range(5)])

    assert [seq for seq, _ in store.inbox(after=1, limit=2).entries] == [2, 3]
    assert store.inbox(user="nobody").entries == []


# Devices


def test_a_new_session_learns_where_it_stands(store: DrivenStore) -> None:
    store.append(note(), note(), note(TOPIC))
    store.entry(read(through=1))
    store.ack(2)
    attachment = store.attach(device="phone", streams=[INBOX, TOPIC])

    assert attachment.cursors == {INBOX: 2}
    assert attachment.positions == {INBOX: store.position(), TOPIC: store.position(TOPIC)}
    assert attachment.acknowledged == 2
    assert attachment.unread == 1


@pytest.mark.parametrize("device", ["tablet", None])
def test_a_new_device_and_no_device_have_no_cursor(store: DrivenStore, device: str | None) -> None:
    store.append(note(), note())
    store.ack(1, "phone")
    attachment = store.attach(device=device)

    assert attachment.cursors == {}
    assert attachment.acknowledged == 1


def test_attaching_makes_no_device_known(store: DrivenStore) -> None:
    store.entry(note())
    store.attach(device="phone")

    assert store.attach(device="phone").cursors == {}


def test_a_newer_session_has_a_greater_generation(store: DrivenStore) -> None:
    generations = [store.attach(device="phone").generation for _ in range(3)]

    assert generations == sorted(set(generations))


def test_a_cursor_only_moves_forward(store: DrivenStore) -> None:
    store.append(*[note() for _ in range(5)])
    for seq in (3, 1, 4, 2):
        store.ack(seq)

    attachment = store.attach(device="phone")
    assert attachment.cursors == {INBOX: 4}
    assert attachment.acknowledged == 4


def test_a_cursor_of_a_lost_epoch_or_beyond_the_head_is_ignored(store: DrivenStore) -> None:
    store.append(note(), note())
    store.ack(1, epoch="lost")
    store.ack(3)

    assert store.attach(device="phone").cursors == {}
    assert store.attach(device="phone").acknowledged == 0


def test_a_device_is_known_at_the_start_of_an_empty_stream(store: DrivenStore) -> None:
    store.ack(0)

    assert store.attach(device="phone").cursors == {INBOX: 0}


def test_the_users_highest_ack_is_kept_for_new_devices(store: DrivenStore) -> None:
    store.append(*[note() for _ in range(5)])
    store.ack(4, "phone")
    store.ack(2, "laptop")

    assert store.attach(device="tablet").acknowledged == 4


def test_acks_of_topics_and_of_others_are_not_the_inboxs(store: DrivenStore) -> None:
    store.append(note(), note(TOPIC), note(TOPIC))
    store.ack(2, stream=TOPIC)
    store.ack(1, user="bob")

    assert store.attach().acknowledged == 0
    assert store.attach(device="phone", streams=[INBOX, TOPIC]).cursors == {TOPIC: 2}


# Receipts


def test_a_receipt_names_the_devices_that_acknowledged(store: DrivenStore) -> None:
    store.append(note())
    entry = store.entry(note())
    store.append(note())
    for device, seq in [("phone", 3), ("laptop", 2), ("tablet", 1)]:
        store.ack(seq, device)

    found = store.found(entry.id)
    assert (found.stream, found.seq, found.at, found.body) == (INBOX, 2, NOW, entry.body)
    assert found.acknowledged_by == [("alice", "laptop"), ("alice", "phone")]


def test_an_unknown_id_finds_nothing(store: DrivenStore) -> None:
    store.append(note())

    assert store.find("0193f2f0-0000-7000-8000-000000000000") is None
    assert store.find("") is None


# Retention


def test_a_stream_keeps_its_newest_notifications(open_with: OpenStore) -> None:
    store = open_with(Limits(max_events=3))
    ids = [store.entry(note()).id for _ in range(5)]

    assert seqs(store) == [3, 4, 5]
    assert store.position().floor == 3
    assert store.find(ids[1]) is None
    assert store.inbox().unread == 3
    assert store.entry(note()).seq == 6


def test_the_count_bound_holds_after_a_call_with_many_drafts(open_with: OpenStore) -> None:
    store = open_with(Limits(max_events=3))
    store.append(*[note() for _ in range(200)], *[note(TOPIC) for _ in range(2)])

    assert seqs(store) == [198, 199, 200]
    assert seqs(store, TOPIC) == [1, 2]


class FewOthers(Limits, frozen=True, kw_only=True):
    """Room for two events that are no notifications: today's kinds cannot fill the usual room."""

    @property
    def max_others(self) -> int:
        return 2


def test_other_events_are_bounded_too(open_with: OpenStore) -> None:
    store = open_with(FewOthers())
    entries = [store.entry(note()) for _ in range(4)]
    for entry in entries[:2]:
        store.entry(read(entry.id))
    assert store.position().floor == 1

    store.entry(read(entries[2].id))
    assert seqs(store) == [6, 7]
    assert store.inbox().unread == 0


def test_other_events_have_five_times_the_room() -> None:
    assert Limits(max_events=100).max_others == 500


def test_expiry_by_age_removes_the_old_prefix(store: DrivenStore) -> None:
    for age in (40, 35, 10, 5):
        store.append(note(), note(TOPIC), now=NOW - age * DAY)
    removed = store.expire(NOW)

    assert removed.events == 4
    assert seqs(store) == seqs(store, TOPIC) == [3, 4]
    assert store.position().floor == 3
    assert store.inbox().unread == 2
    assert store.expire(NOW).events == 0


def test_expiry_by_age_never_tears_a_hole(store: DrivenStore) -> None:
    store.append(note(), now=NOW - 10 * DAY)
    store.append(note(), now=NOW - 40 * DAY)

    assert store.expire(NOW).events == 0
    assert store.expire(NOW + 25 * DAY).events == 2


def test_a_stream_that_expired_wholly_goes_on_counting(store: DrivenStore) -> None:
    store.append(note(), note(), now=NOW - 40 * DAY)
    store.expire(NOW)
    empty = store.page()

    assert (empty.position.head, empty.position.floor) == (2, 3)
    assert (empty.bodies, empty.first, empty.last) == ([], 3, 2)
    assert store.entry(note()).seq == 3
    assert (store.page().first, store.page().last) == (3, 3)


def test_an_event_expires_at_the_end_of_its_age(open_with: OpenStore) -> None:
    store = open_with(Limits(max_age=60))
    store.append(note())

    assert store.expire(NOW + 59.9).events == 0
    assert store.expire(NOW + 60).events == 1


def test_expiry_of_many_events_removes_all_of_them(open_with: OpenStore) -> None:
    store = open_with(Limits(max_age=60))
    store.append(*[note() for _ in range(2_500)])
    store.append(*[note(f"topic:{number}", key=key(str(number))) for number in range(1_200)])
    removed = store.expire(NOW + 3600)

    assert (removed.events, removed.keys) == (3_700, 1_200)
    assert seqs(store) == seqs(store, "topic:7") == []


def test_expiry_forgets_keys_past_their_time(store: DrivenStore) -> None:
    store.append(note(key=key("short", seconds=10)), note(key=key("long", seconds=100)))

    assert store.expire(NOW + 9.9).keys == 0
    assert store.expire(NOW + 10).keys == 1
    assert store.appended(note(key=key("long")), now=NOW + 10).replayed


def test_expiry_forgets_devices_that_stay_away(store: DrivenStore) -> None:
    store.append(note(), note(), note(TOPIC))
    for device, seen in [("phone", 0), ("laptop", 20), ("tablet", 40)]:
        store.ack(1, device, now=NOW + seen * DAY)
        store.ack(1, device, stream=TOPIC, now=NOW)

    assert store.expire(NOW + 50 * DAY).devices == 2
    assert store.attach(device="phone", streams=[INBOX, TOPIC]).cursors == {}
    assert store.attach(device="tablet", streams=[INBOX, TOPIC]).cursors == {INBOX: 1, TOPIC: 1}


def test_a_device_that_repeats_its_ack_stays_known(store: DrivenStore) -> None:
    store.append(note(), note())
    store.ack(2)
    store.ack(1, now=NOW + 29 * DAY)

    assert store.expire(NOW + 31 * DAY).devices == 0
    assert store.attach(device="phone").cursors == {INBOX: 2}


def test_what_a_forgotten_device_acknowledged_stays_acknowledged(store: DrivenStore) -> None:
    store.append(note(), note())
    store.ack(2)
    store.expire(NOW + 60 * DAY)

    assert store.attach().acknowledged == 2


# Health


def test_a_healthy_store_passes_its_check(store: DrivenStore) -> None:
    store.run(store.store.check())
    store.entry(note())
    store.run(store.store.check())


def test_closing_twice_is_fine(store: DrivenStore) -> None:
    store.entry(note())
    store.run(store.store.close())
    store.run(store.store.close())
