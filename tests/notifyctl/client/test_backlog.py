import asyncio

import pytest

from notifyctl.client import backlog
from notifyctl.client.backlog import Backlog
from tests.support.frames import gap


def test_items_leave_in_the_order_in_which_they_came() -> None:
    async def story() -> None:
        waiting = Backlog()
        waiting.put([gap(1, 1), gap(2, 2)])
        waiting.put([gap(3, 3)])

        assert [await waiting.take() for _ in range(3)] == [gap(1, 1), gap(2, 2), gap(3, 3)]

    asyncio.run(story())


def test_who_takes_waits_for_what_comes() -> None:
    async def story() -> None:
        waiting = Backlog()
        taking = asyncio.create_task(waiting.take())
        await asyncio.sleep(0)
        assert not taking.done()

        waiting.put([])
        await asyncio.sleep(0)
        assert not taking.done()

        waiting.put([gap(1, 1)])
        assert await taking == gap(1, 1)

    asyncio.run(story())


def test_what_came_before_the_end_is_taken_first() -> None:
    async def story() -> None:
        waiting = Backlog()
        waiting.put([gap(1, 1)])
        waiting.end()

        assert await waiting.take() == gap(1, 1)
        assert await waiting.take() is None
        assert await waiting.take() is None

    asyncio.run(story())


def test_the_end_wakes_who_waits() -> None:
    async def story() -> None:
        waiting = Backlog()
        taking = asyncio.create_task(waiting.take())
        await asyncio.sleep(0)
        waiting.end()

        assert await taking is None

    asyncio.run(story())


@pytest.mark.parametrize("relief", ["take", "hurry"])
def test_a_full_backlog_waits_for_relief(relief: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "LIMIT", 2)

    async def story() -> None:
        waiting = Backlog()
        waiting.put([gap(1, 1)])
        assert not waiting.full
        waiting.put([gap(2, 2)])
        assert waiting.full

        reading = asyncio.create_task(waiting.relief())
        await asyncio.sleep(0)
        assert not reading.done()
        if relief == "take":
            await waiting.take()
        else:
            waiting.hurry()
        await reading

    asyncio.run(story())
