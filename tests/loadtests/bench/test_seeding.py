import asyncio
from pathlib import Path

import msgspec

from loadtests.bench.seeding import seed
from notifyd.store import open_store
from notifyd.store.store import Limits
from notifyd.stream import Page, inbox_of


def test_every_user_has_a_past(tmp_path: Path) -> None:
    seed(tmp_path, users=3, events_each=4)

    async def page(user: str) -> Page:
        store = open_store("sqlite:", data_dir=tmp_path, limits=Limits())
        await store.open()
        try:
            return await store.page(inbox_of(user), 0)
        finally:
            await store.close()

    for number in range(3):
        bodies = asyncio.run(page(f"user-{number}")).bodies
        assert [msgspec.json.decode(body)["seq"] for body in bodies] == [1, 2, 3, 4]


def test_a_long_past_is_told_of(tmp_path: Path) -> None:
    told: list[str] = []
    seed(tmp_path, users=1, events_each=1, tell=told.append)

    assert told == ["writing a past of 1 events: 0%"]
