import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from notifyctl.errors import KeyReused, NotifyError
from notifyd.notification import AnyDraft
from notifyd.store.database import connect, prepare
from notifyd.store.store import Appended, Limits
from notifyd.store.streams import Streams
from notifyd.store.transaction import Transaction
from notifyd.stream import Cursor, Entry
from tests.support.stores import INBOX, NOW, TOPIC, key, note, read


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to an empty database."""
    path = tmp_path / "notifyd.sqlite3"
    prepare(path)
    with closing(connect(path)) as connection:
        yield connection


def begin(database: sqlite3.Connection, limits: Limits | None = None) -> Transaction:
    return Transaction(Streams(database, "epoch"), limits or Limits())


def append(transaction: Transaction, draft: AnyDraft) -> Appended:
    (outcome,) = transaction.append([draft], NOW)
    if isinstance(outcome, NotifyError):
        raise outcome
    return outcome


def entry(transaction: Transaction, draft: AnyDraft) -> Entry:
    entry = append(transaction, draft).entry
    assert entry is not None
    return entry


def count(database: sqlite3.Connection, table: str) -> int:
    (number,) = database.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert isinstance(number, int)
    return number


def figures(database: sqlite3.Connection, stream: str = INBOX) -> tuple[int, ...]:
    """What the stream's row says of the stream."""
    found: tuple[int, ...] = database.execute(
        "SELECT head, floor, notifications, others, unread FROM streams WHERE name = ?", (stream,)
    ).fetchone()
    return found


def counted(database: sqlite3.Connection, stream: str = INBOX) -> tuple[int, ...]:
    """The same, counted."""
    found: tuple[int, ...] = database.execute(
        """
        SELECT max(seq), min(seq), sum(is_notification), sum(1 - is_notification), sum(unread)
        FROM events WHERE stream = (SELECT id FROM streams WHERE name = ?)
        """,
        (stream,),
    ).fetchone()
    return found


def test_everything_of_a_transaction_is_kept_together(database: sqlite3.Connection) -> None:
    transaction = begin(database)
    append(transaction, note(key=key("a")))
    transaction.advance(
        Cursor(user="alice", device="phone", stream=INBOX, epoch="epoch", seq=1), NOW
    )
    transaction.commit()

    assert [count(database, table) for table in ("events", "keys", "cursors", "streams")] == [1] * 4


def test_a_transaction_that_is_not_committed_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "notifyd.sqlite3"
    prepare(path)
    with closing(connect(path)) as first:
        transaction = begin(first)
        marked = entry(transaction, note(key=key("a")))
        append(transaction, read(marked.id))

    with closing(connect(path)) as second:
        assert [count(second, table) for table in ("events", "keys", "streams")] == [0] * 3


def test_a_job_sees_what_the_jobs_before_it_did(database: sqlite3.Connection) -> None:
    transaction = begin(database)
    first = entry(transaction, note(key=key("a")))
    append(transaction, read(first.id))

    assert append(transaction, note(key=key("a"))).replayed
    with pytest.raises(KeyReused):
        append(transaction, note(key=key("a", b"another notification")))
    assert append(transaction, read(first.id)).entry is None
    transaction.commit()
    assert figures(database) == counted(database) == (2, 1, 1, 1, 0)


def test_the_figures_of_a_stream_agree_with_its_events(database: sqlite3.Connection) -> None:
    for _ in range(3):
        transaction = begin(database, Limits(max_events=10))
        for number in range(7):
            entries = [entry(transaction, note()), entry(transaction, note(TOPIC))]
            if number % 2:
                append(transaction, read(entries[0].id))
        transaction.commit()

    # Each read stands after its notification, so that the oldest ten end between two reads.
    assert figures(database) == counted(database)
    assert figures(database)[2] == 10
    assert figures(database, TOPIC) == counted(database, TOPIC) == (21, 12, 10, 0, 0)


def test_removal_is_bounded(database: sqlite3.Connection) -> None:
    transaction = begin(database)
    for number in range(5):
        for stream in (INBOX, TOPIC):
            append(transaction, note(stream, key=key(str(number), seconds=1)))
    transaction.commit()

    removed = []
    for _ in range(4):
        transaction = begin(database)
        removed.append((transaction.age(NOW, 3), transaction.forget(NOW + 1, 4)))
        transaction.commit()
    assert removed == [(3, 4), (3, 4), (3, 2), (1, 0)]
    assert figures(database) == figures(database, TOPIC) == (5, 6, 0, 0, 0)


def test_a_device_that_came_back_is_not_dismissed(database: sqlite3.Connection) -> None:
    transaction = begin(database)
    append(transaction, note())
    for device in ("phone", "laptop"):
        cursor = Cursor(user="alice", device=device, stream=INBOX, epoch="epoch", seq=1)
        transaction.advance(cursor, NOW)
    # In the group of those that look for idle devices, one comes back.
    cursor = Cursor(user="alice", device="phone", stream=INBOX, epoch="epoch", seq=0)
    transaction.advance(cursor, NOW + 10)

    assert transaction.dismiss([("alice", "phone"), ("alice", "laptop")], idle_at=NOW + 5) == 1
    transaction.commit()
    assert database.execute("SELECT device, seq FROM cursors").fetchall() == [("phone", 1)]


def test_no_statement_of_a_transaction_looks_at_a_whole_table(
    database: sqlite3.Connection,
) -> None:
    statements: list[str] = []
    transaction = begin(database, Limits(max_events=1))
    database.set_trace_callback(statements.append)
    marked = entry(transaction, note(key=key("a")))
    append(transaction, read(marked.id))
    append(transaction, read(through=9, key=key("b")))
    append(transaction, note())
    transaction.age(NOW, 10)
    transaction.forget(NOW, 10)
    transaction.dismiss([("alice", "phone")], NOW)
    transaction.commit()
    database.set_trace_callback(None)

    looking = [s for s in statements if s.split()[0] in {"SELECT", "UPDATE", "DELETE"}]
    assert len(looking) >= 10
    for statement in looking:
        for *_, step in database.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall():
            assert not step.startswith("SCAN"), (statement, step)
