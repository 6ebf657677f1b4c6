"""Appending to SQLite: what happens to a draft between BEGIN and COMMIT."""

import sqlite3
from collections.abc import Callable
from hashlib import blake2b
from typing import Final, NamedTuple

import msgspec

from notifyctl.errors import KeyReused
from notifyd.notification import AnyDraft, Draft, Key, ReadDraft
from notifyd.store.entry import compose
from notifyd.store.store import Appended, Limits
from notifyd.stream import Entry, owner_of

LOAD_STREAM: Final = """
    SELECT id, name, epoch, head, floor, notifications, others, unread, oldest_at
    FROM streams WHERE name = ?
"""
CREATE_STREAM: Final = "INSERT INTO streams (name, epoch) VALUES (?, ?)"
SAVE_STREAM: Final = """
    UPDATE streams
    SET head = ?, floor = ?, notifications = ?, others = ?, unread = ?, oldest_at = ?
    WHERE id = ?
"""
INSERT_EVENT: Final = """
    INSERT INTO events (stream, seq, id, at, is_notification, unread, body)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
FIND_ANSWER: Final = """
    SELECT fingerprint, seq, id, at, presentation, why FROM keys
    WHERE digest = ? AND expires_at > ?
"""
REMEMBER: Final = """
    INSERT OR REPLACE INTO keys
        (digest, fingerprint, expires_at, seq, id, at, presentation, why)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
MARK_ONE: Final = """
    UPDATE events SET unread = 0, read_at = ? WHERE id = ? AND stream = ? AND unread = 1
"""
MARK_THROUGH: Final = """
    UPDATE events SET unread = 0, read_at = ? WHERE stream = ? AND seq <= ? AND unread = 1
"""
OLDEST: Final = """
    SELECT seq, at, is_notification, unread FROM events WHERE stream = ? ORDER BY seq
"""
REMOVE_BEFORE: Final = "DELETE FROM events WHERE stream = ? AND seq < ?"


class StreamRow(msgspec.Struct):
    """A row of `streams`, as far as appending changes it."""

    id: int
    name: str
    epoch: str
    head: int = 0
    floor: int = 1
    notifications: int = 0
    others: int = 0
    unread: int = 0
    oldest_at: float | None = None


class Oldest(NamedTuple):
    """The oldest event of a stream, when it is asked whether it is surplus."""

    seq: int
    at: float
    is_notification: int
    unread: int


class Transaction:
    """Changes streams inside the transaction that the caller began, and that it commits.

    The figures of each stream are read once, and written back by `save`. A draft that is
    refused was refused before its first write, so that it leaves no trace.
    """

    def __init__(self, connection: sqlite3.Connection, limits: Limits, epoch: str) -> None:
        self._connection = connection
        self._limits = limits
        self._epoch = epoch
        self._rows: dict[str, StreamRow] = {}

    def stream(self, name: str) -> StreamRow:
        """The stream's row, created when nobody has written to the stream before."""
        row = self._rows.get(name)
        if row is None:
            found = self._connection.execute(LOAD_STREAM, (name,)).fetchone()
            if found is None:
                created = self._connection.execute(CREATE_STREAM, (name, self._epoch))
                found = (created.lastrowid, name, self._epoch)
            row = self._rows[name] = StreamRow(*found)
        return row

    def save(self) -> None:
        """Write the figures of the streams back."""
        self._connection.executemany(
            SAVE_STREAM,
            [
                (r.head, r.floor, r.notifications, r.others, r.unread, r.oldest_at, r.id)
                for r in self._rows.values()
            ],
        )

    # Appending

    def append(self, draft: AnyDraft, now: float) -> Appended:
        """Append the draft's event. Raises `KeyReused`, or `BadRequest` from composing it."""
        row = self.stream(draft.stream)
        if draft.key is not None and (known := self._answer(row, draft.key, now)):
            return known
        effective = self._mark(row, draft, now) if isinstance(draft, ReadDraft) else draft
        entry: Entry | None = None
        if effective is not None:
            entry = compose(effective, epoch=row.epoch, seq=row.head + 1, now=now)
            self._insert(row, entry, is_notification=isinstance(draft, Draft))
        if draft.key is not None:
            self._remember(row, draft.key, entry, now)
        return Appended(entry=entry)

    def _insert(self, row: StreamRow, entry: Entry, *, is_notification: bool) -> None:
        unread = is_notification and owner_of(row.name) is not None
        self._connection.execute(
            INSERT_EVENT,
            (row.id, entry.seq, entry.id, entry.at, is_notification, unread, entry.body),
        )
        row.head = entry.seq
        row.notifications += is_notification
        row.others += not is_notification
        row.unread += unread
        if row.oldest_at is None:
            row.oldest_at = entry.at
        if self._is_over(row):
            self.trim(row, lambda _: self._is_over(row))

    def _is_over(self, row: StreamRow) -> bool:
        limits = self._limits
        return row.notifications > limits.max_events or row.others > limits.max_others

    def _mark(self, row: StreamRow, draft: ReadDraft, now: float) -> ReadDraft | None:
        """Mark notifications read. The draft as it took effect; None when nothing was unread."""
        execute = self._connection.execute
        if draft.ids is not None:
            marked = [
                event_id
                for event_id in dict.fromkeys(draft.ids)
                if execute(MARK_ONE, (now, event_id, row.id)).rowcount
            ]
            count = len(marked)
            draft = msgspec.structs.replace(draft, ids=tuple(marked))
        else:
            through = min(draft.through or 0, row.head)
            count = execute(MARK_THROUGH, (now, row.id, through)).rowcount
            draft = msgspec.structs.replace(draft, through=through)
        row.unread -= count
        return draft if count else None

    # Keys

    def _answer(self, row: StreamRow, key: Key, now: float) -> Appended | None:
        digest = _digest(key, row.name)
        found = self._connection.execute(FIND_ANSWER, (digest, now)).fetchone()
        if found is None:
            return None
        fingerprint, seq, event_id, at, presentation, why = found
        if fingerprint != key.fingerprint:
            raise KeyReused(key=key.name)
        if seq is None:
            return Appended(entry=None, replayed=True)
        entry = Entry(
            stream=row.name,
            epoch=row.epoch,
            seq=seq,
            id=event_id,
            at=at,
            body=b"",
            presentation=presentation,
            why=why,
        )
        return Appended(entry=entry, replayed=True)

    def _remember(self, row: StreamRow, key: Key, entry: Entry | None, now: float) -> None:
        answer = (
            (entry.seq, entry.id, entry.at, entry.presentation, entry.why)
            if entry is not None
            else (None,) * 5
        )
        digest = _digest(key, row.name)
        self._connection.execute(
            REMEMBER, (digest, key.fingerprint, now + key.seconds, *answer)
        )

    # Retention

    def trim(
        self, row: StreamRow, is_surplus: Callable[[Oldest], bool], most: int | None = None
    ) -> int:
        """Remove events from the oldest on, as long as they are surplus; how many were.

        At most `most` are removed, if it is given.
        """
        removed = 0
        row.oldest_at = None
        for found in self._connection.execute(OLDEST, (row.id,)):
            oldest = Oldest(*found)
            if removed == most or not is_surplus(oldest):
                row.oldest_at = oldest.at
                break
            row.floor = oldest.seq + 1
            row.notifications -= oldest.is_notification
            row.others -= not oldest.is_notification
            row.unread -= oldest.unread
            removed += 1
        self._connection.execute(REMOVE_BEFORE, (row.id, row.floor))
        return removed


def _digest(key: Key, stream: str) -> bytes:
    # Neither scope nor stream contains a line break, so that no two keys read the same.
    return blake2b(f"{key.scope}\n{stream}\n{key.name}".encode(), digest_size=16).digest()
