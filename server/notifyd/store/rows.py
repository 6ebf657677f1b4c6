"""Rows of the SQLite store, and how many of them are written at once."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec


class StreamRow(msgspec.Struct):
    """A row of `streams`."""

    id: int
    name: str
    epoch: str
    head: int = 0
    floor: int = 1
    notifications: int = 0
    others: int = 0
    unread: int = 0
    acknowledged: int = 0
    oldest_at: float | None = None

    def figures(self) -> tuple[Any, ...]:
        """What changes, and then the id."""
        _id, _name, _epoch, *figures = msgspec.structs.astuple(self)
        return (*figures, self.id)


class Oldest(NamedTuple):
    """The oldest event of a stream, when it is asked whether it is surplus."""

    seq: int
    at: float
    is_notification: int
    unread: int


# Running a statement costs more than what it does for one row, and gives the interpreter lock
# away that the event loop wants as well: few statements serve both.
SIZES: Final = (64, 8, 1)


class Insert:
    """A statement that inserts many rows at a time."""

    def __init__(self, into: str, columns: int, conflict: str = "") -> None:
        row = f"({', '.join('?' * columns)})"
        self._statements = [
            (size, " ".join(("INSERT", into, "VALUES", ", ".join([row] * size), conflict)))
            for size in SIZES
        ]

    def run(self, connection: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert the rows in their order."""
        start = 0
        for size, statement in self._statements:
            while len(rows) - start >= size:
                chunk = rows[start : start + size]
                connection.execute(statement, [value for row in chunk for value in row])
                start += size


class Find:
    """A statement that finds the rows of many values at a time."""

    def __init__(self, select: str, column: str) -> None:
        self._statements = [
            (size, f"{select} WHERE {column} IN ({', '.join('?' * size)})") for size in SIZES
        ]

    def run(self, connection: sqlite3.Connection, values: Sequence[Any]) -> Iterator[Any]:
        """The rows, in no particular order; none for a value that is not there."""
        start = 0
        for size, statement in self._statements:
            while len(values) - start >= size:
                yield from connection.execute(statement, values[start : start + size])
                start += size


FIND_ANSWERS: Final = Find(
    "SELECT digest, fingerprint, expires_at, seq, id, at, presentation, why FROM keys", "digest"
)
INSERT_EVENTS: Final = Insert("INTO events (stream, seq, id, at, is_notification, unread, body)", 7)
INSERT_KEYS: Final = Insert(
    "OR REPLACE INTO keys (digest, fingerprint, expires_at, seq, id, at, presentation, why)", 8
)
INSERT_CURSORS: Final = Insert(
    "INTO cursors (stream, user, device, seq, seen_at)",
    5,
    """ON CONFLICT (stream, user, device) DO UPDATE
    SET seq = max(seq, excluded.seq), seen_at = max(seen_at, excluded.seen_at)""",
)
