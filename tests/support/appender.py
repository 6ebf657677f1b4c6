"""A process that appends to a SQLite store until it is killed.

`python -m tests.support.appender FOLDER RUN` publishes from several tasks at once, each event
with its own key, and prints `key stream seq id` once the store has acknowledged it.
"""

import asyncio
import sys
import time
from itertools import count
from pathlib import Path

from notifyctl.errors import NotifyError
from notifyd.store.sqlite import SqliteStore
from notifyd.store.store import Limits, Store
from tests.support.stores import key, note

PUBLISHERS = 8


def stream_of(publisher: int) -> str:
    """Two publishers share a stream."""
    return f"inbox:user{publisher // 2}"


async def publish(store: Store, run: str, publisher: int) -> None:
    """Publish one event after the other."""
    for number in count():
        name = f"{run}-{publisher}-{number}"
        draft = note(stream_of(publisher), name, key=key(name, seconds=86_400.0))
        (outcome,) = await store.append([draft], time.time())
        assert not isinstance(outcome, NotifyError), outcome
        assert outcome.entry is not None
        entry = outcome.entry
        sys.stdout.write(f"{name} {entry.stream} {entry.seq} {entry.id}\n")
        sys.stdout.flush()


async def main(folder: str, run: str) -> None:
    """Open the store and publish for ever."""
    store = SqliteStore(Path(folder) / "notifyd.sqlite3", Limits())
    await store.open()
    await asyncio.gather(*(publish(store, run, publisher) for publisher in range(PUBLISHERS)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
