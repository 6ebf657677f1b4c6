import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from notifyd.store import streams as module
from notifyd.store.database import connect, prepare
from notifyd.store.streams import Streams


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to an empty database."""
    path = tmp_path / "notifyd.sqlite3"
    prepare(path)
    with closing(connect(path)) as connection:
        yield connection


def test_a_stream_that_nobody_wrote_to_begins_empty(database: sqlite3.Connection) -> None:
    streams = Streams(database, "epoch")
    streams.begin()

    row = streams.row("inbox:alice")
    assert (row.name, row.epoch, row.head, row.floor) == ("inbox:alice", "epoch", 0, 1)


def test_a_row_is_read_once_and_stays_as_it_was_left(database: sqlite3.Connection) -> None:
    statements: list[str] = []
    streams = Streams(database, "epoch")
    streams.begin()
    row = streams.row("inbox:alice")
    row.head = 7
    streams.save([row])
    database.execute("COMMIT")

    database.set_trace_callback(statements.append)
    streams.begin()
    assert streams.row("inbox:alice").head == 7
    assert not any("SELECT" in statement for statement in statements)


def test_what_was_saved_is_what_another_connection_reads(database: sqlite3.Connection) -> None:
    streams = Streams(database, "epoch")
    streams.begin()
    row = streams.row("inbox:alice")
    row.head, row.floor, row.unread, row.acknowledged, row.oldest_at = 9, 3, 4, 5, 1.5
    streams.save([row])
    database.execute("COMMIT")

    afresh = Streams(database, "epoch")
    afresh.begin()
    assert afresh.row("inbox:alice") == row


def test_only_so_many_rows_are_kept(
    database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 2)
    streams = Streams(database, "epoch")
    for name in ("a", "b", "c"):
        streams.begin()
        streams.row(name)
        database.execute("COMMIT")

    first = streams.row("a")
    streams.begin()
    assert streams.row("a") is not first
    assert streams.row("a") == first
