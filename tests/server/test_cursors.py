import asyncio
from collections.abc import Sequence

import pytest

from notifyctl.errors import StoreUnavailable
from notifyctl.wire import Content
from notifyd.cursors import Cursors, further
from notifyd.metrics import Metrics
from notifyd.notification import Draft
from notifyd.store.memory import MemoryStore
from notifyd.store.store import Limits
from notifyd.stream import Cursor
from tests.support.nodes import run
from tests.support.sessions import ALICE

INBOX = "inbox:alice"


class SlowStore(MemoryStore):
    """Stores cursors only when it is allowed to, and counts how often; fails on demand."""

    def __init__(self) -> None:
        super().__init__(Limits())
        self.may_write = asyncio.Event()
        self.writes = 0
        self.is_broken = False

    async def advance(self, cursors: Sequence[Cursor], now: float) -> None:
        self.writes += 1
        await self.may_write.wait()
        await asyncio.sleep(0)
        if self.is_broken:
            raise StoreUnavailable(reason="the disk is full")
        await super().advance(cursors, now)

    async def fill(self, events: int) -> str:
        """Append events to alice's inbox; its epoch."""
        draft = Draft(stream=INBOX, sender="bob", level="normal", content=Content(title="Hello"))
        await self.append([draft] * events, 0.0)
        return (await self.position(INBOX)).epoch


def at(seq: int, epoch: str = "e", device: str = "phone") -> Cursor:
    return Cursor(user=ALICE, device=device, stream=INBOX, epoch=epoch, seq=seq)


def test_many_acks_are_stored_together_and_the_furthest_counts() -> None:
    async def story() -> None:
        store = SlowStore()
        cursors = Cursors(store, Metrics())
        epoch = await store.fill(100)
        store.may_write.set()

        for seq in (*range(1, 101), 50):
            cursors.move(at(seq, epoch))
        await cursors.settle()

        assert (await store.attach(ALICE, "phone", [INBOX])).cursors == {INBOX: 100}
        assert store.writes == 1

    run(story())


def test_a_device_that_comes_back_at_once_stands_where_it_acknowledged() -> None:
    async def story() -> None:
        store = SlowStore()
        cursors = Cursors(store, Metrics())
        epoch = await store.fill(9)

        cursors.move(at(3, epoch))
        await asyncio.sleep(0)  # Now the 3 is being written, and the 5 waits.
        cursors.move(at(5, epoch))

        attachment = await cursors.attach(ALICE, "phone", [INBOX])
        assert attachment.cursors == {INBOX: 5}
        assert (await cursors.attach(ALICE, "laptop", [INBOX])).cursors == {}
        assert (await cursors.attach(ALICE, None, [INBOX])).cursors == {}

        store.may_write.set()
        await cursors.settle()
        assert (await cursors.attach(ALICE, "phone", [INBOX])).cursors == {INBOX: 5}

    run(story())


def test_a_cursor_of_a_lost_history_is_not_believed() -> None:
    async def story() -> None:
        store = SlowStore()
        cursors = Cursors(store, Metrics())
        await store.fill(9)

        cursors.move(at(5, "lost"))

        assert (await cursors.attach(ALICE, "phone", [INBOX])).cursors == {}
        store.may_write.set()
        await cursors.settle()

    run(story())


def test_what_the_store_does_not_take_is_counted_and_forgotten() -> None:
    async def story() -> None:
        store, metrics = SlowStore(), Metrics()
        cursors = Cursors(store, metrics)
        epoch = await store.fill(9)
        store.may_write.set()

        store.is_broken = True
        cursors.move(at(3, epoch))
        await cursors.settle()
        store.is_broken = False
        cursors.move(at(4, epoch))
        await cursors.settle()

        assert b'notifyd_cursors_lost_total{code="store_unavailable"} 1.0' in metrics.text()
        assert (await store.attach(ALICE, "phone", [INBOX])).cursors == {INBOX: 4}

    run(story())


def test_first_cursors_are_durable_before_anybody_goes_on() -> None:
    async def story() -> None:
        store = SlowStore()
        store.is_broken = True
        store.may_write.set()

        with pytest.raises(StoreUnavailable):
            await Cursors(store, Metrics()).create([at(0)])

    run(story())


def test_the_further_cursor_wins_within_one_history() -> None:
    assert further(None, at(3)) == at(3)
    assert further(at(5), at(3)) == at(5)
    assert further(at(3), at(5)) == at(5)
    assert further(at(5, "old"), at(3, "new")) == at(3, "new")


def test_one_failed_write_leaves_nobody_else_behind() -> None:
    async def story() -> None:
        store = SlowStore()
        cursors = Cursors(store, Metrics())
        epoch = await store.fill(9)
        store.is_broken = True

        cursors.move(at(3, epoch))
        await asyncio.sleep(0)  # The phone's is being written, and will fail.
        cursors.move(at(4, epoch, "laptop"))
        store.may_write.set()
        while store.writes < 2:
            await asyncio.sleep(0)
        store.is_broken = False
        await cursors.settle()

        assert (await store.attach(ALICE, "laptop", [INBOX])).cursors == {INBOX: 4}

    run(story())
