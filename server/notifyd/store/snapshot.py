"""One look of an SQLite reader: the store as it was at one moment."""

import sqlite3
from collections.abc import Sequence
from sys import intern
from typing import Final

from notifyd.store.store import Found, InboxSlice
from notifyd.stream import Attachment, Page, Position, inbox_of

POSITION: Final = "SELECT id, epoch, head, floor FROM streams WHERE name = ?"
FIGURES: Final = "SELECT unread, acknowledged FROM streams WHERE name = ?"
CURSOR: Final = "SELECT seq FROM cursors WHERE stream = ? AND user = ? AND device = ?"
PAGE: Final = "SELECT body FROM events WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?"
INBOX: Final = """
    SELECT seq, body, id, unread FROM events
    WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?
"""
INBOX_UNREAD: Final = """
    SELECT seq, body, id, unread FROM events
    WHERE stream = ? AND seq > ? AND unread = 1 ORDER BY seq LIMIT ?
"""
FIND: Final = """
    SELECT streams.id, name, seq, at, body, read_at
    FROM events JOIN streams ON streams.id = events.stream WHERE events.id = ?
"""
ACKNOWLEDGED_BY: Final = """
    SELECT user, device FROM cursors WHERE stream = ? AND seq >= ? ORDER BY user, device
"""
IDLE: Final = """
    SELECT user, device FROM cursors GROUP BY user, device HAVING max(seen_at) <= ? LIMIT ?
"""


class Snapshot:
    """Answers questions from one read transaction, so that the answers fit together."""

    def __init__(self, connection: sqlite3.Connection, epoch: str) -> None:
        """Begin. `epoch` is that of streams nobody has written to."""
        connection.execute("BEGIN")
        self._execute = connection.execute
        self._epoch = epoch

    def commit(self) -> None:
        """End; a reader has nothing to keep."""
        self._execute("COMMIT")

    def position(self, name: str) -> Position:
        """See `Store`."""
        return self._locate(name)[1]

    def _locate(self, name: str) -> tuple[int | None, Position]:
        """The stream's row, if there is one, and its extent."""
        found = self._execute(POSITION, (name,)).fetchone()
        if found is None:
            return None, Position(epoch=self._epoch, head=0, floor=1)
        stream, epoch, head, floor = found
        # One string for all sessions: each push compares it with that of every follower.
        return stream, Position(epoch=intern(epoch), head=head, floor=floor)

    def _figures(self, user: str) -> tuple[int, int]:
        """How many notifications of an inbox are unread, and the highest seq acknowledged."""
        unread, acknowledged = self._execute(FIGURES, (inbox_of(user),)).fetchone() or (0, 0)
        return unread, acknowledged

    def attach(
        self, user: str, device: str | None, streams: Sequence[str], generation: int
    ) -> Attachment:
        """See `Store`."""
        cursors: dict[str, int] = {}
        positions: dict[str, Position] = {}
        for name in streams:
            stream, positions[name] = self._locate(name)
            found = self._execute(CURSOR, (stream, user, device)).fetchone()
            if found is not None:
                (cursors[name],) = found
        unread, acknowledged = self._figures(user)
        return Attachment(
            generation=generation,
            cursors=cursors,
            positions=positions,
            acknowledged=acknowledged,
            unread=unread,
        )

    def page(self, name: str, after: int, max_events: int, max_bytes: int) -> Page:
        """See `Store`."""
        stream, position = self._locate(name)
        bodies: list[bytes] = []
        size = 0
        for (body,) in self._execute(PAGE, (stream, after, max_events)):
            size += len(body)
            if bodies and size > max_bytes:
                break
            bodies.append(body)
        first = max(after + 1, position.floor)
        return Page(position=position, first=first, last=first + len(bodies) - 1, bodies=bodies)

    def inbox(self, user: str, after: int, limit: int, unread_only: bool) -> InboxSlice:
        """See `Store`."""
        stream, position = self._locate(inbox_of(user))
        statement = INBOX_UNREAD if unread_only else INBOX
        rows = self._execute(statement, (stream, after, limit)).fetchall()
        return InboxSlice(
            position=position,
            unread=self._figures(user)[0],
            entries=[(seq, body) for seq, body, _, _ in rows],
            unread_ids=[event_id for _, _, event_id, unread in rows if unread],
        )

    def find(self, event_id: str) -> Found | None:
        """See `Store`."""
        found = self._execute(FIND, (event_id,)).fetchone()
        if found is None:
            return None
        stream, name, seq, at, body, read_at = found
        devices = self._execute(ACKNOWLEDGED_BY, (stream, seq)).fetchall()
        return Found(
            stream=name, seq=seq, at=at, body=body, read_at=read_at, acknowledged_by=devices
        )

    def idle(self, idle_at: float, most: int) -> list[tuple[str, str]]:
        """Devices, as (user, device), that nobody has heard of since `idle_at`; at most `most`."""
        return self._execute(IDLE, (idle_at, most)).fetchall()
