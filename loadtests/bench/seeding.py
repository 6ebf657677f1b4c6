"""A database with a past, written by the store itself: whatever its tables look like."""

import asyncio
import time
from pathlib import Path
from typing import Final

from loadtests.bench.stage import Tell
from notifyctl.wire import Content
from notifyd.notification import Draft, Key, fingerprint
from notifyd.store import open_store
from notifyd.store.store import Limits
from notifyd.stream import inbox_of

GROUP: Final = 2_000
CONTENT: Final = Content(title="Go")


def seed(folder: Path, *, users: int, events_each: int, tell: Tell = lambda _: None) -> None:
    """Give each of the users (`user-0`, `user-1`, ...) so many events, each with its key."""
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(_write(folder, users, users * events_each, tell))


async def _write(folder: Path, users: int, events: int, tell: Tell) -> None:
    store = open_store("sqlite:", data_dir=folder, limits=Limits())
    print_of = fingerprint(CONTENT)
    await store.open()
    try:
        for first in range(0, events, GROUP):
            if first % (100 * GROUP) == 0:
                tell(f"writing a past of {events:,} events: {first / events:.0%}")
            # One user after the other, as events come in life.
            numbers = range(first, min(events, first + GROUP))
            drafts = [_draft(f"user-{n % users}", f"past-{n}", print_of) for n in numbers]
            await store.append(drafts, time.time())
    finally:
        await store.close()


def _draft(user: str, key: str, print_of: bytes) -> Draft:
    return Draft(
        stream=inbox_of(user),
        sender="past",
        level="normal",
        content=CONTENT,
        key=Key(scope="past", name=key, fingerprint=print_of),
    )
