from collections.abc import Sequence

from notifyctl import wire
from notifyctl.errors import Forbidden, NotifyError, StoreUnavailable
from notifyd.answers import in_results, mark_read, publish
from notifyd.cursors import Cursors
from notifyd.delivery import Delivery
from notifyd.hub import Hub
from notifyd.metrics import Metrics
from notifyd.notification import AnyDraft
from notifyd.rate import Rates
from notifyd.receipts import Receipts
from notifyd.store.memory import MemoryStore
from notifyd.store.store import Appended, Limits
from tests.support.callers import caller
from tests.support.nodes import run

BOB = caller("bob")


class BrokenStore(MemoryStore):
    """A store that cannot be written."""

    async def append(self, drafts: Sequence[AnyDraft], now: float) -> list[Appended | NotifyError]:
        raise StoreUnavailable(reason="the disk is full")


def delivery(store: MemoryStore | None = None) -> Delivery:
    store = store or MemoryStore(Limits())
    metrics = Metrics()
    cursors = Cursors(store, metrics)
    return Delivery(
        store, Hub(max_sessions_per_user=20), cursors, Receipts(), Rates(1000, 1000), metrics
    )


def test_the_answer_to_publish_carries_the_frame_id_and_the_event() -> None:
    request = wire.Publish(id="p1", to="alice", title="Hello")

    answer = run(publish(request, BOB, delivery(), 60.0))

    assert isinstance(answer, wire.PublishedOk)
    assert (answer.id, answer.seq, answer.stream) == ("p1", 1, "inbox")
    assert len(answer.event) == 36


def test_a_repeated_key_gets_the_same_answer() -> None:
    async def story() -> None:
        pipeline = delivery()
        request = wire.Publish(id="p1", to="alice", title="Hello", key="k")
        assert await publish(request, BOB, pipeline, 60.0) == await publish(
            request, BOB, pipeline, 60.0
        )

    run(story())


def test_what_is_refused_is_an_error_with_the_frame_id() -> None:
    for request, code in [
        (wire.Publish(id=1, to="topic:", title="Hello"), "bad_request"),
        (wire.Publish(id=1, to="alice", title="Hello", url="javascript:x"), "bad_request"),
    ]:
        answer = run(publish(request, BOB, delivery(), 60.0))
        assert isinstance(answer, wire.Error)
        assert (answer.id, answer.code) == (1, code)


def test_a_store_that_cannot_be_written_is_an_error_and_not_the_end() -> None:
    request = wire.Publish(id=1, to="alice", title="Hello")
    answer = run(publish(request, BOB, delivery(BrokenStore(Limits())), 60.0))
    assert isinstance(answer, wire.Error)
    assert (answer.code, answer.fatal) == ("store_unavailable", False)

    read = run(mark_read(wire.MarkRead(id=2, through=1), BOB, delivery(BrokenStore(Limits()))))
    assert isinstance(read, wire.Error)


def test_a_read_needs_ids_or_through_and_not_both() -> None:
    for request in (wire.MarkRead(id=1), wire.MarkRead(id=1, ids=["x"], through=3)):
        answer = run(mark_read(request, BOB, delivery()))
        assert isinstance(answer, wire.Error)
        assert answer.code == "bad_request"


def test_among_several_an_error_is_a_result() -> None:
    rejected = in_results(Forbidden(reason="no"))

    assert rejected == wire.Rejected(code="forbidden", message="The token does not allow this: no.")
