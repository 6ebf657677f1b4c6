"""The rows of the streams that are written to, kept from one transaction to the next."""

import sqlite3
from collections.abc import Iterable
from sys import intern
from typing import Final

from notifyd.store.rows import StreamRow

# Some megabytes. With more writers' streams than that, some are read from the database again.
REMEMBERED: Final = 10_000

LOAD: Final = """
    SELECT id, name, epoch, head, floor, notifications, others, unread, acknowledged, oldest_at
    FROM streams WHERE name = ?
"""
CREATE: Final = "INSERT INTO streams (name, epoch) VALUES (?, ?)"
SAVE: Final = """
    UPDATE streams
    SET head = ?, floor = ?, notifications = ?, others = ?, unread = ?, acknowledged = ?,
        oldest_at = ?
    WHERE id = ?
"""


class Streams:
    """The rows of streams, as they will be when the transaction under way has committed.

    Only one connection writes, so that nobody else changes them. They are lost together with
    the connection, which does not outlive a transaction that failed.
    """

    def __init__(self, connection: sqlite3.Connection, epoch: str) -> None:
        """Know nothing yet. `epoch` is that of streams nobody has written to."""
        self.connection = connection
        self._epoch = epoch
        self._rows: dict[str, StreamRow] = {}

    def begin(self) -> sqlite3.Connection:
        """Begin a transaction on the connection."""
        if len(self._rows) > REMEMBERED:
            self._rows.clear()
        self.connection.execute("BEGIN IMMEDIATE")
        return self.connection

    def row(self, name: str) -> StreamRow:
        """The stream's row, created when nobody has written to the stream before."""
        row = self._rows.get(name)
        if row is None:
            found = self.connection.execute(LOAD, (name,)).fetchone()
            if found is None:
                created = self.connection.execute(CREATE, (name, self._epoch))
                found = (created.lastrowid, name, self._epoch)
            row = self._rows[name] = StreamRow(*found)
            row.epoch = intern(row.epoch)  # As in a snapshot.
        return row

    def save(self, rows: Iterable[StreamRow]) -> None:
        """Write rows back."""
        self.connection.executemany(SAVE, [row.figures() for row in rows])
