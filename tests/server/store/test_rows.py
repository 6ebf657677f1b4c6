import sqlite3
from contextlib import closing

import pytest

from notifyd.store.rows import INSERT_CURSORS, INSERT_KEYS, Find, Insert, StreamRow

NUMBERS = Insert("INTO numbers (number, square)", 2)


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 63, 64, 65, 72, 137])
def test_all_rows_are_inserted_in_their_order(count: int) -> None:
    rows = [(number, number**2) for number in range(count)]
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE numbers (number, square)")
        NUMBERS.run(database, rows)

        found = database.execute("SELECT number, square FROM numbers ORDER BY rowid").fetchall()
        assert found == rows


def test_many_rows_are_few_statements() -> None:
    statements: list[str] = []
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.execute("CREATE TABLE numbers (number, square)")
        database.set_trace_callback(statements.append)
        NUMBERS.run(database, [(number, 0) for number in range(138)])

    assert len(statements) == 2 + 1 + 2


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 63, 64, 65, 72, 137])
def test_all_rows_that_are_there_are_found(count: int) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE numbers (number, square)")
        NUMBERS.run(database, [(number, number**2) for number in range(0, count, 2)])

        found = Find("SELECT number, square FROM numbers", "number").run(database, range(count))
        assert sorted(found) == [(number, number**2) for number in range(0, count, 2)]


def test_a_newer_answer_replaces_an_expired_one() -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(
            "CREATE TABLE keys (digest UNIQUE, fingerprint, expires_at, seq, id, at,"
            " presentation, why)"
        )
        rows = [(b"same", b"", expires_at, 1, "", 0.0, None, None) for expires_at in (1.0, 2.0)]
        INSERT_KEYS.run(database, rows)

        assert database.execute("SELECT expires_at FROM keys").fetchall() == [(2.0,)]


def test_a_cursor_among_many_ends_at_its_highest() -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(
            "CREATE TABLE cursors (stream, user, device, seq, seen_at,"
            " PRIMARY KEY (stream, user, device))"
        )
        places = [(3, 10.0), (7, 5.0), (5, 20.0), *[(1, 1.0)] * 20]
        INSERT_CURSORS.run(database, [(1, "alice", "phone", *place) for place in places])

        assert database.execute("SELECT seq, seen_at FROM cursors").fetchall() == [(7, 20.0)]


def test_the_figures_of_a_stream_end_with_its_id() -> None:
    row = StreamRow(id=9, name="inbox:alice", epoch="e", head=1, floor=2, notifications=3)

    assert row.figures() == (1, 2, 3, 0, 0, 0, None, 9)
