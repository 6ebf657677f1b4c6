"""The embedded store: one SQLite file, one process, every commit on the disk."""

import asyncio
import itertools
import os
import sqlite3
from collections.abc import Sequence
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, TypeVar

from notifyctl.errors import NotifyError, StoreUnavailable
from notifyctl.wire import Durability
from notifyd.notification import AnyDraft
from notifyd.store.database import connect, hold, prepare, prove_writable
from notifyd.store.lane import Lane, Work
from notifyd.store.store import Appended, Found, InboxSlice, Limits, OnCommit, Removed
from notifyd.store.transaction import Transaction
from notifyd.stream import (
    PAGE_BYTES,
    PAGE_EVENTS,
    Attachment,
    Cursor,
    Page,
    Position,
    inbox_of,
)

T = TypeVar("T")

READERS: Final = 2
# What one transaction of `expire` removes at most, so that publishers are not kept waiting.
EXPIRE_CHUNK: Final = 1_000

POSITION: Final = "SELECT id, epoch, head, floor FROM streams WHERE name = ?"
UNREAD: Final = "SELECT unread, acknowledged FROM streams WHERE name = ?"
PAGE: Final = "SELECT body FROM events WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?"
INBOX: Final = """
    SELECT seq, body, id, unread FROM events WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?
"""
INBOX_UNREAD: Final = """
    SELECT seq, body, id, unread FROM events
    WHERE stream = ? AND seq > ? AND unread = 1 ORDER BY seq LIMIT ?
"""
FIND: Final = """
    SELECT streams.id, name, seq, at, body, read_at
    FROM events JOIN streams ON streams.id = events.stream WHERE events.id = ?
"""
CURSOR: Final = "SELECT seq FROM cursors WHERE stream = ? AND user = ? AND device = ?"
ACKNOWLEDGED_BY: Final = """
    SELECT user, device FROM cursors WHERE stream = ? AND seq >= ? ORDER BY user, device
"""
ADVANCE: Final = """
    INSERT INTO cursors (stream, user, device, seq, seen_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (stream, user, device) DO UPDATE
    SET seq = max(seq, excluded.seq), seen_at = max(seen_at, excluded.seen_at)
"""
ACKNOWLEDGE: Final = "UPDATE streams SET acknowledged = ? WHERE id = ? AND acknowledged < ?"
AGED: Final = "SELECT name FROM streams WHERE oldest_at <= ? ORDER BY oldest_at LIMIT ?"
REMOVE_KEYS: Final = """
    DELETE FROM keys WHERE place IN (SELECT place FROM keys WHERE expires_at <= ? LIMIT ?)
"""
IDLE: Final = """
    SELECT user, device FROM cursors GROUP BY user, device HAVING max(seen_at) <= ?
"""
REMOVE_DEVICE: Final = """
    DELETE FROM cursors WHERE user = ?1 AND device = ?2
    AND (SELECT max(seen_at) FROM cursors WHERE user = ?1 AND device = ?2) <= ?3
"""


class SqliteStore:
    """Keeps every promise of `Store` in one file that one process owns."""

    name: str = "sqlite"
    durability: Durability = "fsync"
    shared: bool = False

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path.absolute()
        self._limits = limits
        self._epoch = ""
        self._lock: int | None = None
        self._writer: Lane | None = None
        self._readers: list[Lane] = []
        self._generations = itertools.count(1)
        self._listeners: list[OnCommit] = []

    async def open(self) -> None:
        """See `Store`."""
        self._lock = hold(self._path)
        try:
            self._epoch = await asyncio.to_thread(prepare, self._path)
        except NotifyError:
            self._let_go()
            raise
        self._writer = Lane(
            partial(connect, self._path),
            name="store-writer",
            begin="BEGIN IMMEDIATE",
            on_commit=self._announce,
        )
        self._readers = [
            Lane(partial(connect, self._path, read_only=True), name=f"store-reader-{number}")
            for number in range(READERS)
        ]

    async def close(self) -> None:
        """See `Store`."""
        for lane in self._readers:
            await lane.stop()
        if self._writer is not None:
            await self._writer.stop()
        self._let_go()

    async def check(self) -> None:
        """See `Store`."""
        await self._write(prove_writable)

    def listen(self, on_commit: OnCommit) -> None:
        """See `Store`."""
        self._listeners.append(on_commit)

    def _let_go(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def _write(self, work: Work[T]) -> T:
        if self._writer is None:
            raise StoreUnavailable(reason="it is not open")
        return await self._writer.run(work)

    async def _read(self, work: Work[T]) -> T:
        if not self._readers:
            raise StoreUnavailable(reason="it is not open")
        return await min(self._readers, key=attrgetter("waiting")).run(work)

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

        def work(connection: sqlite3.Connection) -> list[Appended | NotifyError]:
            transaction = Transaction(connection, self._limits, self._epoch)
            outcomes: list[Appended | NotifyError] = []
            for draft in drafts:
                try:
                    outcomes.append(transaction.append(draft, now))
                except NotifyError as error:
                    outcomes.append(error)
            transaction.save()
            return outcomes

        return await self._write(work)

    async def advance(self, cursors: Sequence[Cursor], now: float) -> None:
        """See `Store`."""

        def work(connection: sqlite3.Connection) -> None:
            transaction = Transaction(connection, self._limits, self._epoch)
            for cursor in cursors:
                row = transaction.stream(cursor.stream)
                if cursor.epoch != row.epoch or cursor.seq > row.head:
                    continue
                place = (row.id, cursor.user, cursor.device, cursor.seq, now)
                connection.execute(ADVANCE, place)
                if cursor.stream == inbox_of(cursor.user):
                    connection.execute(ACKNOWLEDGE, (cursor.seq, row.id, cursor.seq))

        await self._write(work)

    async def expire(self, now: float) -> Removed:
        """See `Store`."""
        aged_at = now - self._limits.max_age
        idle_at = now - self._limits.device_max_idle
        return Removed(
            events=await self._in_chunks(lambda connection: self._remove_aged(connection, aged_at)),
            keys=await self._in_chunks(
                lambda connection: connection.execute(REMOVE_KEYS, (now, EXPIRE_CHUNK)).rowcount
            ),
            devices=await self._remove_idle(idle_at),
        )

    async def _in_chunks(self, remove: Work[int]) -> int:
        removed = chunk = await self._write(remove)
        while chunk == EXPIRE_CHUNK:
            chunk = await self._write(remove)
            removed += chunk
        return removed

    def _remove_aged(self, connection: sqlite3.Connection, aged_at: float) -> int:
        transaction = Transaction(connection, self._limits, self._epoch)
        removed = 0
        for (name,) in connection.execute(AGED, (aged_at, EXPIRE_CHUNK)).fetchall():
            most = EXPIRE_CHUNK - removed
            if most > 0:
                row = transaction.stream(name)
                removed += transaction.trim(row, lambda oldest: oldest.at <= aged_at, most)
        transaction.save()
        return removed

    async def _remove_idle(self, idle_at: float) -> int:
        """Forget devices. They are looked for on a reader, because that looks at every cursor."""
        idle = await self._read(lambda connection: connection.execute(IDLE, (idle_at,)).fetchall())

        def work(connection: sqlite3.Connection) -> int:
            return sum(
                connection.execute(REMOVE_DEVICE, (user, device, idle_at)).rowcount > 0
                for user, device in idle
            )

        return await self._write(work)

    # Reading

    async def attach(self, user: str, device: str | None, streams: Sequence[str]) -> Attachment:
        """See `Store`."""
        generation = next(self._generations)

        def work(connection: sqlite3.Connection) -> Attachment:
            cursors: dict[str, int] = {}
            positions: dict[str, Position] = {}
            for name in streams:
                stream, positions[name] = self._position(connection, name)
                found = connection.execute(CURSOR, (stream, user, device)).fetchone()
                if found is not None:
                    (cursors[name],) = found
            inbox = connection.execute(UNREAD, (inbox_of(user),)).fetchone()
            unread, acknowledged = inbox or (0, 0)
            return Attachment(
                generation=generation,
                cursors=cursors,
                positions=positions,
                acknowledged=acknowledged,
                unread=unread,
            )

        return await self._read(work)

    async def position(self, stream: str) -> Position:
        """See `Store`."""
        return await self._read(lambda connection: self._position(connection, stream)[1])

    def _position(self, connection: sqlite3.Connection, name: str) -> tuple[int | None, Position]:
        found = connection.execute(POSITION, (name,)).fetchone()
        if found is None:
            return None, Position(epoch=self._epoch, head=0, floor=1)
        stream, epoch, head, floor = found
        return stream, Position(epoch=epoch, head=head, floor=floor)

    async def page(
        self,
        stream: str,
        after: int,
        max_events: int = PAGE_EVENTS,
        max_bytes: int = PAGE_BYTES,
    ) -> Page:
        """See `Store`."""

        def work(connection: sqlite3.Connection) -> Page:
            row_id, position = self._position(connection, stream)
            bodies: list[bytes] = []
            size = 0
            for (body,) in connection.execute(PAGE, (row_id, after, max_events)):
                size += len(body)
                if bodies and size > max_bytes:
                    break
                bodies.append(body)
            first = max(after + 1, position.floor)
            return Page(position=position, first=first, last=first + len(bodies) - 1, bodies=bodies)

        return await self._read(work)

    async def inbox(self, user: str, after: int, limit: int, unread_only: bool) -> InboxSlice:
        """See `Store`."""

        def work(connection: sqlite3.Connection) -> InboxSlice:
            stream, position = self._position(connection, inbox_of(user))
            figures = connection.execute(UNREAD, (inbox_of(user),)).fetchone()
            statement = INBOX_UNREAD if unread_only else INBOX
            rows = connection.execute(statement, (stream, after, limit)).fetchall()
            return InboxSlice(
                position=position,
                unread=figures[0] if figures else 0,
                entries=[(seq, body) for seq, body, _, _ in rows],
                unread_ids=[event_id for _, _, event_id, unread in rows if unread],
            )

        return await self._read(work)

    async def find(self, event_id: str) -> Found | None:
        """See `Store`."""

        def work(connection: sqlite3.Connection) -> Found | None:
            found = connection.execute(FIND, (event_id,)).fetchone()
            if found is None:
                return None
            stream, name, seq, at, body, read_at = found
            devices = connection.execute(ACKNOWLEDGED_BY, (stream, seq)).fetchall()
            return Found(
                stream=name,
                seq=seq,
                at=at,
                body=body,
                read_at=read_at,
                acknowledged_by=devices,
            )

        return await self._read(work)
