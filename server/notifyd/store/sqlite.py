"""The embedded store: one SQLite file, one process, every commit on the disk."""

import asyncio
import itertools
import os
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, TypeVar

from notifyctl.errors import NotifyError, StoreUnavailable
from notifyctl.wire import Durability
from notifyd.notification import AnyDraft
from notifyd.store.database import connect, hold, prepare
from notifyd.store.lane import Lane
from notifyd.store.snapshot import Snapshot
from notifyd.store.store import Appended, Found, InboxSlice, Limits, OnCommit, Removed
from notifyd.store.streams import Streams
from notifyd.store.transaction import Transaction
from notifyd.stream import PAGE_BYTES, PAGE_EVENTS, Attachment, Cursor, Page, Position

T = TypeVar("T")

READERS: Final = 2
# What one transaction of `expire` removes at most, so that publishers are not kept waiting.
EXPIRE_CHUNK: Final = 1_000


class SqliteStore:
    """Keeps every promise of `Store` in one file that one process owns.

    One lane writes, so that all who publish at the same time share one commit; others read.
    """

    name: str = "sqlite"
    durability: Durability = "fsync"
    shared: bool = False

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path.absolute()
        self._limits = limits
        self._epoch = ""
        self._lock: int | None = None
        self._writer: Lane[Transaction] | None = None
        self._streams: Streams | None = None
        self._readers: list[Lane[Snapshot]] = []
        # Sessions end with this process, and so may the order of their generations.
        self._generations = itertools.count(1)
        self._listeners: list[OnCommit] = []

    async def open(self) -> None:
        """See `Store`."""
        self._lock = hold(self._path)
        try:
            self._epoch = await asyncio.to_thread(prepare, self._path)
            await self._start()
        except BaseException:
            await self.close()
            raise

    async def _start(self) -> None:
        self._writer = Lane(
            partial(connect, self._path), self._begin, name="writer", on_commit=self._announce
        )
        self._readers = [
            Lane(partial(connect, self._path, read_only=True), self._look, name=f"reader-{number}")
            for number in range(READERS)
        ]
        # They connect now, not when first asked: as long as they stay, the index of the
        # write-ahead log stays too, and without it nothing can be read from a full disk.
        for reader in self._readers:
            await reader.run(lambda snapshot: snapshot.position(""))

    def _begin(self, connection: sqlite3.Connection) -> Transaction:
        if self._streams is None or self._streams.connection is not connection:
            self._streams = Streams(connection, self._epoch)
        return Transaction(self._streams, self._limits)

    def _look(self, connection: sqlite3.Connection) -> Snapshot:
        return Snapshot(connection, self._epoch)

    async def close(self) -> None:
        """See `Store`."""
        for reader in self._readers:
            await reader.stop()
        if self._writer is not None:
            await self._writer.stop()
        self._let_go()

    def _let_go(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def _write(self, work: Callable[[Transaction], T], weight: int = 1) -> T:
        if self._writer is None:
            raise StoreUnavailable(reason="it is not open")
        return await self._writer.run(work, weight)

    async def _read(self, work: Callable[[Snapshot], T], weight: int = 1) -> T:
        if not self._readers:
            raise StoreUnavailable(reason="it is not open")
        return await min(self._readers, key=attrgetter("waiting")).run(work, weight)

    def listen(self, on_commit: OnCommit) -> None:
        """See `Store`."""
        self._listeners.append(on_commit)

    def _announce(self, answers: Sequence[Any]) -> None:
        """Tell the listeners of a group's new events, after its commit."""
        entries = [
            outcome.entry
            for answer in answers
            if isinstance(answer, list)
            for outcome in answer
            if isinstance(outcome, Appended) and outcome.entry and not outcome.replayed
        ]
        if entries:
            for on_commit in self._listeners:
                on_commit(entries)

    # Writing

    async def append(self, drafts: Sequence[AnyDraft], now: float) -> list[Appended | NotifyError]:
        """See `Store`."""

        return await self._write(lambda transaction: transaction.append(drafts, now), len(drafts))

    async def advance(self, cursors: Sequence[Cursor], now: float) -> None:
        """See `Store`."""

        def work(transaction: Transaction) -> None:
            for cursor in cursors:
                transaction.advance(cursor, now)

        await self._write(work, len(cursors))

    async def expire(self, now: float) -> Removed:
        """See `Store`."""
        aged_at = now - self._limits.max_age
        idle_at = now - self._limits.device_max_idle
        return Removed(
            events=await self._in_chunks(lambda transaction, most: transaction.age(aged_at, most)),
            keys=await self._in_chunks(lambda transaction, most: transaction.forget(now, most)),
            devices=await self._dismiss_idle(idle_at),
        )

    async def _in_chunks(self, remove: Callable[[Transaction, int], int]) -> int:
        removed = chunk = await self._write(lambda transaction: remove(transaction, EXPIRE_CHUNK))
        while chunk == EXPIRE_CHUNK:
            chunk = await self._write(lambda transaction: remove(transaction, EXPIRE_CHUNK))
            removed += chunk
        return removed

    async def _dismiss_idle(self, idle_at: float) -> int:
        # Who is idle is asked of a reader, because that looks at every cursor.
        removed = 0
        while idle := await self._read(lambda snapshot: snapshot.idle(idle_at, EXPIRE_CHUNK)):
            dismiss = partial(Transaction.dismiss, devices=idle, idle_at=idle_at)
            removed += await self._write(dismiss)
        return removed

    async def check(self) -> None:
        """See `Store`."""
        await self._write(lambda transaction: transaction.prove())

    # Reading

    async def attach(self, user: str, device: str | None, streams: Sequence[str]) -> Attachment:
        """See `Store`."""
        generation = next(self._generations)
        return await self._read(lambda snapshot: snapshot.attach(user, device, streams, generation))

    async def position(self, stream: str) -> Position:
        """See `Store`."""
        return await self._read(lambda snapshot: snapshot.position(stream))

    async def page(
        self,
        stream: str,
        after: int,
        max_events: int = PAGE_EVENTS,
        max_bytes: int = PAGE_BYTES,
    ) -> Page:
        """See `Store`."""
        return await self._read(
            lambda snapshot: snapshot.page(stream, after, max_events, max_bytes), max_events
        )

    async def inbox(self, user: str, after: int, limit: int, unread_only: bool) -> InboxSlice:
        """See `Store`."""
        return await self._read(
            lambda snapshot: snapshot.inbox(user, after, limit, unread_only), limit
        )

    async def find(self, event_id: str) -> Found | None:
        """See `Store`."""
        return await self._read(lambda snapshot: snapshot.find(event_id))
