from hypothesis import given
from hypothesis import strategies as st

from notifyd.receipts import Receipts
from notifyd.stream import Entry

INBOX = "inbox:alice"


def entries(first: int, last: int, stream: str = INBOX) -> list[Entry]:
    return [
        Entry(stream=stream, epoch="e", seq=seq, id=f"{stream}#{seq}", at=0.0, body=b"{}")
        for seq in range(first, last + 1)
    ]


def test_an_events_way_is_remembered() -> None:
    receipts = Receipts()
    (entry,) = entries(1, 1)
    receipts.committed([entry], now=10.0)
    receipts.sent([entry], now=11.0)
    receipts.acknowledged(INBOX, 1, now=12.5)

    trace = receipts.of(entry.id)
    assert trace is not None
    assert (trace.committed_at, trace.sent_at, trace.acknowledged_at) == (10.0, 11.0, 12.5)


def test_nothing_is_known_of_an_event_that_never_was() -> None:
    assert Receipts().of("never") is None


def test_the_first_time_it_was_sent_counts() -> None:
    receipts = Receipts()
    receipts.committed(entries(1, 1), now=10.0)
    receipts.sent(entries(1, 1), now=11.0)
    receipts.sent(entries(1, 1), now=12.0)

    trace = receipts.of(f"{INBOX}#1")
    assert trace is not None
    assert trace.sent_at == 11.0


def test_an_ack_gives_the_latency_of_everything_up_to_it_from_the_commit() -> None:
    receipts = Receipts()
    receipts.committed(entries(1, 2), now=10.0)
    receipts.committed(entries(3, 4), now=12.0)

    assert receipts.acknowledged(INBOX, 3, now=13.0) == [3.0, 3.0, 1.0]


def test_only_the_first_device_to_acknowledge_counts() -> None:
    receipts = Receipts()
    receipts.committed(entries(1, 2), now=10.0)
    receipts.acknowledged(INBOX, 2, now=11.0)

    assert receipts.acknowledged(INBOX, 2, now=15.0) == []
    assert receipts.acknowledged(INBOX, 1, now=15.0) == []


def test_streams_do_not_mix() -> None:
    receipts = Receipts()
    receipts.committed(entries(1, 1), now=10.0)
    receipts.committed(entries(1, 1, "topic:x"), now=10.0)

    assert receipts.acknowledged("topic:x", 9, now=11.0) == [1.0]
    trace = receipts.of(f"{INBOX}#1")
    assert trace is not None
    assert trace.acknowledged_at is None


def test_the_oldest_are_forgotten_first() -> None:
    receipts = Receipts(remembered=3)
    receipts.committed(entries(1, 5), now=10.0)

    remembered = [seq for seq in range(1, 6) if receipts.of(f"{INBOX}#{seq}")]
    assert remembered == [3, 4, 5]
    assert receipts.acknowledged(INBOX, 5, now=11.0) == [1.0, 1.0, 1.0]


def test_to_forget_what_was_acknowledged_forgets_nothing_that_still_waits() -> None:
    receipts = Receipts(remembered=2)
    receipts.committed(entries(1, 1), now=10.0)
    receipts.acknowledged(INBOX, 1, now=10.0)
    receipts.committed(entries(2, 3), now=10.0)

    assert receipts.of(f"{INBOX}#1") is None
    assert receipts.acknowledged(INBOX, 3, now=11.0) == [1.0, 1.0]


@given(
    groups=st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 6), st.booleans())),
    remembered=st.integers(1, 8),
)
def test_each_event_has_one_latency_at_most_and_memory_stays_bounded(
    groups: list[tuple[str, int, bool]], remembered: int
) -> None:
    receipts = Receipts(remembered=remembered)
    heads: dict[str, int] = {}
    latencies = 0
    for stream, count, acknowledges in groups:
        head = heads.get(stream, 0)
        heads[stream] = head + count
        receipts.committed(entries(head + 1, head + count, stream), now=1.0)
        if acknowledges:
            latencies += len(receipts.acknowledged(stream, heads[stream], now=2.0))
    everything = [f"{stream}#{seq}" for stream in heads for seq in range(1, heads[stream] + 1)]
    known = [event_id for event_id in everything if receipts.of(event_id)]

    assert len(known) == min(remembered, len(everything))
    waiting = sum(len(receipts.acknowledged(stream, heads[stream], 3.0)) for stream in heads)
    assert waiting <= len(known)
    assert latencies + waiting <= len(everything)
