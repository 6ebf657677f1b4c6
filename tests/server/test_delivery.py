import asyncio
from typing import Self

import msgspec
import pytest

from notifyctl.errors import Forbidden, NotifyError, RateLimited
from notifyctl.wire import CloseCode, Content, Published
from notifyd.cursors import Cursors
from notifyd.delivery import Delivery
from notifyd.hub import Hub
from notifyd.metrics import Metrics
from notifyd.notification import Draft, ReadDraft
from notifyd.rate import Rates
from notifyd.receipts import Receipts
from notifyd.resume import Start
from notifyd.store.memory import MemoryStore
from notifyd.store.store import Limits
from notifyd.stream import Cursor
from tests.support.callers import caller
from tests.support.nodes import run
from tests.support.sessions import ALICE, connected

INBOX = "inbox:alice"
BOB = caller("bob", "publish")
CAROL = msgspec.structs.replace(caller("carol", "publish"), token_id=BOB.token_id)


class Listener:
    """A session that notes what is written to it."""

    def __init__(self) -> None:
        self.session = connected()
        self.frames: list[bytes] = []

    @property
    def waiting_bytes(self) -> int:
        return 0

    def abort(self) -> None:
        raise AssertionError("nobody drops it")

    def write(self, message: bytes) -> None:
        self.frames.append(message)

    def catch_up(self, stream: str) -> None:
        raise AssertionError("it stands right before every event")

    def end(self, code: CloseCode, retry_ms: int | None = None) -> None:
        raise AssertionError("nobody ends it")

    def go_away(self, seconds: float) -> None:
        raise AssertionError("nobody sends it away")


class Setting:
    """A delivery over a memory store, with one listening session of alice."""

    def __init__(self, *, rate: float = 1000, burst: float = 1000) -> None:
        self.store = MemoryStore(Limits())
        self.hub = Hub(max_sessions_per_user=20)
        self.listener = Listener()
        self.hub.join(self.listener, ALICE)
        self.hub.follow(self.listener, INBOX)
        self.receipts = Receipts()
        metrics = Metrics()
        self.cursors = Cursors(self.store, metrics)
        self.delivery = Delivery(
            self.store, self.hub, self.cursors, self.receipts, Rates(rate, burst), metrics
        )

    async def listen(self) -> Self:
        """Let the session stand where the stream stands."""
        position = await self.store.position(INBOX)
        begin = Start(after=position.head, resume="new")
        self.listener.session.standings[INBOX].begin(position, begin)
        return self


def draft(title: str = "Hello") -> Draft:
    return Draft(stream=INBOX, sender="bob", level="normal", content=Content(title=title))


def test_what_is_published_is_stored_and_then_written_to_whoever_follows() -> None:
    async def story() -> None:
        setting = await Setting().listen()

        ((outcome, is_replay),) = await setting.delivery.publish([draft()], BOB)

        assert isinstance(outcome, Published)
        assert (outcome.seq, outcome.stream, outcome.sessions, is_replay) == (1, "inbox", 1, False)
        assert len(setting.listener.frames) == 1
        trace = setting.receipts.of(outcome.id)
        assert trace is not None
        assert trace.sent_at is not None

    run(story())


def test_one_write_carries_what_was_committed_together() -> None:
    async def story() -> None:
        setting = await Setting().listen()

        await setting.delivery.publish([draft("one"), draft("two")], BOB)

        (frame,) = setting.listener.frames
        assert b'"one"' in frame
        assert b'"two"' in frame

    run(story())


def test_what_was_refused_stays_refused_and_the_others_are_stored() -> None:
    async def story() -> None:
        setting = await Setting().listen()
        refused: list[Draft | NotifyError] = [draft(), Forbidden(reason="no"), draft()]

        outcomes = [o for o, _ in await setting.delivery.publish(refused, BOB)]

        first, second, third = outcomes
        assert isinstance(first, Published)
        assert isinstance(second, Forbidden)
        assert isinstance(third, Published)
        assert (first.seq, third.seq) == (1, 2)

    run(story())


def test_who_publishes_too_fast_is_told_when_to_go_on() -> None:
    async def story() -> None:
        setting = await Setting(rate=1, burst=2).listen()
        await setting.delivery.publish([draft(), draft()], BOB)

        with pytest.raises(RateLimited) as limited:
            await setting.delivery.publish([draft()], BOB)

        assert limited.value.retry_ms is not None
        assert 0 < limited.value.retry_ms <= 1001
        assert len(setting.listener.frames) == 1

    run(story())


def test_two_users_whose_tokens_share_an_id_have_a_rate_each() -> None:
    async def story() -> None:
        setting = await Setting(rate=1, burst=2).listen()
        await setting.delivery.publish([draft(), draft()], BOB)

        ((outcome, _),) = await setting.delivery.publish([draft()], CAROL)

        assert isinstance(outcome, Published)
        with pytest.raises(RateLimited):
            await setting.delivery.publish([draft()], BOB)

    run(story())


def test_a_publisher_that_goes_away_does_not_take_its_event_with_it() -> None:
    async def story() -> None:
        setting = await Setting().listen()
        publishing = asyncio.create_task(setting.delivery.publish([draft()], BOB))
        await asyncio.sleep(0)
        publishing.cancel()
        await asyncio.gather(publishing, return_exceptions=True)

        await setting.delivery.publish([draft()], BOB)

        assert len(setting.listener.frames) == 2

    run(story())


def test_a_read_that_changes_something_is_an_event() -> None:
    async def story() -> None:
        setting = await Setting().listen()
        await setting.delivery.publish([draft()], BOB)

        assert await setting.delivery.mark_read(ReadDraft(stream=INBOX, through=1)) == 2
        assert await setting.delivery.mark_read(ReadDraft(stream=INBOX, through=1)) is None

    run(story())


def test_an_ack_is_noted_in_the_receipt_and_stored() -> None:
    async def story() -> None:
        setting = await Setting().listen()
        ((outcome, _),) = await setting.delivery.publish([draft()], BOB)
        assert isinstance(outcome, Published)
        epoch = (await setting.store.position(INBOX)).epoch

        setting.delivery.acknowledge(
            Cursor(user=ALICE, device="phone", stream=INBOX, epoch=epoch, seq=1)
        )
        await setting.cursors.settle()

        trace = setting.receipts.of(outcome.id)
        assert trace is not None
        assert trace.acknowledged_at is not None
        assert (await setting.store.attach(ALICE, "phone", [INBOX])).cursors == {INBOX: 1}

    run(story())
