"""One transaction of the SQLite writer: what happens between BEGIN and COMMIT."""

import sqlite3
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any, Final

import msgspec

from notifyctl.errors import KeyReused, NotifyError
from notifyd.notification import AnyDraft, Draft, Key, ReadDraft
from notifyd.store.database import PROVE
from notifyd.store.entry import compose
from notifyd.store.rows import (
    FIND_ANSWERS,
    INSERT_CURSORS,
    INSERT_EVENTS,
    INSERT_KEYS,
    Oldest,
    StreamRow,
)
from notifyd.store.store import Appended, Limits
from notifyd.store.streams import Streams
from notifyd.stream import Cursor, Entry, inbox_of, owner_of

MARK_ONE: Final = """
    UPDATE events SET unread = 0, read_at = ? WHERE id = ? AND stream = ? AND unread = 1
"""
MARK_THROUGH: Final = """
    UPDATE events SET unread = 0, read_at = ? WHERE stream = ? AND seq <= ? AND unread = 1
"""
OLDEST: Final = """
    SELECT seq, at, is_notification, unread FROM events WHERE stream = ? ORDER BY seq
"""
AGED: Final = "SELECT name FROM streams WHERE oldest_at <= ? ORDER BY oldest_at LIMIT ?"
REMOVE_KEYS: Final = """
    DELETE FROM keys WHERE place IN (SELECT place FROM keys WHERE expires_at <= ? LIMIT ?)
"""
REMOVE_DEVICE: Final = """
    DELETE FROM cursors WHERE user = ? AND device = ?
    AND (SELECT max(seen_at) FROM cursors WHERE user = ? AND device = ?) <= ?
"""
REMOVE_BEFORE: Final = "DELETE FROM events WHERE stream = ? AND seq < ?"


class Transaction:
    """What the jobs of one group do together.

    Rows are collected and written together. A draft is refused before it changed anything, so
    that it leaves no trace.
    """

    def __init__(self, streams: Streams, limits: Limits) -> None:
        """Begin a transaction on the connection of `streams`."""
        self._connection = streams.begin()
        self._streams = streams
        self._limits = limits
        self._changed: dict[int, StreamRow] = {}
        self._events: list[tuple[Any, ...]] = []
        self._answers: dict[bytes, tuple[Any, ...]] = {}
        self._keys: list[tuple[Any, ...]] = []
        self._cursors: list[tuple[Any, ...]] = []

    def commit(self) -> None:
        """Write what was collected, remove what is beyond the count bound, and commit."""
        for row in self._changed.values():
            self._keep_bound(row)
        self._write()
        self._streams.save(self._changed.values())
        self._connection.execute("COMMIT")

    def _execute(self, statement: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run a statement that must see what was collected."""
        self._write()
        return self._connection.execute(statement, parameters)

    def _write(self) -> None:
        INSERT_EVENTS.run(self._connection, self._events)
        INSERT_KEYS.run(self._connection, self._keys)
        INSERT_CURSORS.run(self._connection, self._cursors)
        self._events, self._keys, self._cursors = [], [], []

    # Appending

    def append(self, drafts: Sequence[AnyDraft], now: float) -> list[Appended | NotifyError]:
        """Append the event of each draft; one outcome each, in their order."""
        digests = [_digest(draft.key, draft.stream) if draft.key else b"" for draft in drafts]
        self._recall(digests)
        outcomes: list[Appended | NotifyError] = []
        for draft, digest in zip(drafts, digests, strict=True):
            try:
                outcomes.append(self._append(draft, digest, now))
            except NotifyError as error:
                outcomes.append(error)
        return outcomes

    def _append(self, draft: AnyDraft, digest: bytes, now: float) -> Appended:
        """Raises `KeyReused`, or `BadRequest` from composing the event."""
        row = self._streams.row(draft.stream)
        if draft.key is not None and (known := self._known(row, digest, draft.key, now)):
            return known
        effective = self._mark(row, draft, now) if isinstance(draft, ReadDraft) else draft
        entry: Entry | None = None
        if effective is not None:
            entry = compose(effective, epoch=row.epoch, seq=row.head + 1, now=now)
            self._add(row, entry, is_notification=isinstance(draft, Draft))
        if draft.key is not None:
            self._remember(digest, draft.key, entry, now)
        return Appended(entry=entry)

    def _add(self, row: StreamRow, entry: Entry, *, is_notification: bool) -> None:
        unread = is_notification and owner_of(row.name) is not None
        self._events.append(
            (row.id, entry.seq, entry.id, entry.at, is_notification, unread, entry.body)
        )
        self._changed[row.id] = row
        row.head = entry.seq
        row.notifications += is_notification
        row.others += not is_notification
        row.unread += unread
        if row.oldest_at is None:
            row.oldest_at = entry.at

    def _mark(self, row: StreamRow, draft: ReadDraft, now: float) -> ReadDraft | None:
        """Mark notifications read. The draft as it took effect; None when nothing was unread."""
        if draft.ids is not None:
            marked = [
                event_id
                for event_id in draft.ids
                if self._execute(MARK_ONE, (now, event_id, row.id)).rowcount
            ]
            count = len(marked)
            draft = msgspec.structs.replace(draft, ids=tuple(marked))
        else:
            through = min(draft.through or 0, row.head)
            count = self._execute(MARK_THROUGH, (now, row.id, through)).rowcount
            draft = msgspec.structs.replace(draft, through=through)
        if not count:
            return None
        row.unread -= count
        return draft

    # Keys

    def _recall(self, digests: Sequence[bytes]) -> None:
        """Look up the answers that keys were given in earlier transactions, all at once."""
        unknown = [digest for digest in digests if digest and digest not in self._answers]
        for digest, *answer in FIND_ANSWERS.run(self._connection, unknown):
            self._answers[digest] = tuple(answer)

    def _known(self, row: StreamRow, digest: bytes, key: Key, now: float) -> Appended | None:
        found = self._answers.get(digest)
        if found is None:
            return None
        fingerprint, expires_at, seq, event_id, at, presentation, why = found
        if expires_at <= now:
            return None
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

    def _remember(self, digest: bytes, key: Key, entry: Entry | None, now: float) -> None:
        answer: tuple[Any, ...] = (None,) * 5
        if entry is not None:
            answer = (entry.seq, entry.id, entry.at, entry.presentation, entry.why)
        answer = (key.fingerprint, now + key.seconds, *answer)
        self._answers[digest] = answer
        self._keys.append((digest, *answer))

    # Cursors

    def advance(self, cursor: Cursor, now: float) -> None:
        """Move a cursor forward."""
        row = self._streams.row(cursor.stream)
        if cursor.epoch != row.epoch or cursor.seq > row.head:
            return
        self._cursors.append((row.id, cursor.user, cursor.device, cursor.seq, now))
        if cursor.seq > row.acknowledged and cursor.stream == inbox_of(cursor.user):
            row.acknowledged = cursor.seq
            self._changed[row.id] = row

    # Retention

    def _keep_bound(self, row: StreamRow) -> None:
        def is_over(_: Oldest | None = None) -> bool:
            limits = self._limits
            return row.notifications > limits.max_events or row.others > limits.max_others

        if is_over():
            self._trim(row, is_over)

    def _trim(
        self, row: StreamRow, is_surplus: Callable[[Oldest], bool], most: int | None = None
    ) -> int:
        """Remove events from the oldest on, as long as they are surplus; how many were.

        At most `most` are removed, if it is given.
        """
        removed = 0
        self._changed[row.id] = row
        row.oldest_at = None
        for found in self._execute(OLDEST, (row.id,)):
            oldest = Oldest(*found)
            if removed == most or not is_surplus(oldest):
                row.oldest_at = oldest.at
                break
            row.floor = oldest.seq + 1
            row.notifications -= oldest.is_notification
            row.others -= not oldest.is_notification
            row.unread -= oldest.unread
            removed += 1
        self._execute(REMOVE_BEFORE, (row.id, row.floor))
        return removed

    def age(self, aged_at: float, most: int) -> int:
        """Remove events that are as old as `aged_at`, at most `most`; how many were."""
        removed = 0
        for (name,) in self._execute(AGED, (aged_at, most)).fetchall():
            if removed < most:
                row = self._streams.row(name)
                removed += self._trim(row, lambda oldest: oldest.at <= aged_at, most - removed)
        return removed

    def forget(self, now: float, most: int) -> int:
        """Remove keys past their time, at most `most`; how many were."""
        return self._execute(REMOVE_KEYS, (now, most)).rowcount

    def dismiss(self, devices: Sequence[tuple[str, str]], idle_at: float) -> int:
        """Remove devices, as (user, device), unless they came back since `idle_at`."""
        return sum(
            self._execute(REMOVE_DEVICE, (*device, *device, idle_at)).rowcount > 0
            for device in devices
        )

    # Health

    def prove(self) -> None:
        """Write something small, so that the commit proves that writing works."""
        self._execute(PROVE)


def _digest(key: Key, stream: str) -> bytes:
    # Neither scope nor stream contains a line break, so that no two keys read the same.
    return blake2b(f"{key.scope}\n{stream}\n{key.name}".encode(), digest_size=16).digest()
