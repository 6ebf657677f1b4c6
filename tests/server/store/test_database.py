import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from notifyctl.errors import StoreUnusable
from notifyd.store.database import APPLICATION_ID, VERSION, connect, explain, hold, prepare


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is to be."""
    return tmp_path / "notifyd.sqlite3"


@pytest.fixture
def holding() -> Iterator[Callable[[Path], None]]:
    """Holds databases, and lets them go after the test."""
    descriptors: list[int] = []
    yield lambda path: descriptors.append(hold(path))
    for descriptor in descriptors:
        os.close(descriptor)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def pragma(path: Path, statement: str) -> object:
    with closing(connect(path)) as database:
        return database.execute(f"PRAGMA {statement}").fetchone()


def test_only_its_user_can_read_what_it_creates(
    tmp_path: Path, holding: Callable[[Path], None]
) -> None:
    path = tmp_path / "state" / "notifyd" / "notifyd.sqlite3"
    holding(path)
    prepare(path)

    assert mode(path.parent) == 0o700
    assert {mode(file) for file in path.parent.iterdir()} == {0o600}


def test_a_folder_that_exists_keeps_its_mode(
    tmp_path: Path, holding: Callable[[Path], None]
) -> None:
    tmp_path.chmod(0o755)
    holding(tmp_path / "notifyd.sqlite3")

    assert mode(tmp_path) == 0o755


def test_a_commit_reaches_the_disk_and_readers_do_not_wait(path: Path) -> None:
    prepare(path)

    assert pragma(path, "synchronous") == (2,)
    assert pragma(path, "journal_mode") == ("wal",)


def test_a_reader_cannot_write(path: Path) -> None:
    prepare(path)
    with closing(connect(path, read_only=True)) as database:
        with pytest.raises(sqlite3.OperationalError) as caught:
            database.execute("DELETE FROM meta")
    assert explain(caught.value) == "it is read-only"


def test_the_epoch_stays_with_the_database(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"

    assert prepare(first) == prepare(first) != prepare(second)


def test_an_empty_file_becomes_a_database(path: Path) -> None:
    path.touch()
    prepare(path)

    assert pragma(path, "application_id") == (APPLICATION_ID,)
    assert pragma(path, "user_version") == (VERSION,)


def test_a_database_that_was_removed_does_not_come_back_empty(path: Path) -> None:
    prepare(path)
    path.unlink()

    with pytest.raises(sqlite3.OperationalError) as caught:
        connect(path)
    assert explain(caught.value) == "the file cannot be opened"
    assert not path.exists()


def test_one_process_holds_a_database(path: Path, holding: Callable[[Path], None]) -> None:
    holding(path)

    with pytest.raises(StoreUnusable, match=f"process {os.getpid()} is using it; stop"):
        hold(path)


def test_a_database_that_was_let_go_can_be_held_again(path: Path) -> None:
    os.close(hold(path))
    os.close(hold(path))


def test_a_database_of_a_newer_version_is_left_alone(path: Path) -> None:
    prepare(path)
    with closing(connect(path)) as database:
        database.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()

    with pytest.raises(StoreUnusable, match=f"version {VERSION + 1}.*; upgrade notifyctl"):
        prepare(path)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE bookmarks (url)")
    before = path.read_bytes()

    with pytest.raises(StoreUnusable, match="belongs to another program; choose another place"):
        prepare(path)
    assert path.read_bytes() == before


def filled(path: Path) -> bytes:
    """The bytes of a database with many pages."""
    prepare(path)
    with closing(connect(path)) as database:
        rows = [(f"stream {number}", "epoch") for number in range(2_000)]
        database.execute("BEGIN")
        database.executemany("INSERT INTO streams (name, epoch) VALUES (?, ?)", rows)
        database.execute("COMMIT")
    return path.read_bytes()


def test_a_file_of_garbage_is_no_database(path: Path) -> None:
    path.write_bytes(b"\x07garbage" * 1000)

    with pytest.raises(StoreUnusable, match="is not a database; restore a backup or move it away"):
        prepare(path)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_truncated_database_is_damaged(path: Path, share: float) -> None:
    whole = filled(path)
    path.write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(StoreUnusable, match="restore a backup or move it away"):
        prepare(path)


def test_garbage_in_the_middle_is_found(path: Path) -> None:
    whole = filled(path)
    middle = len(whole) // 2 // 4096 * 4096
    path.write_bytes(whole[:middle] + os.urandom(4096) + whole[middle + 4096 :])

    with pytest.raises(StoreUnusable, match="the database is damaged; restore a backup"):
        prepare(path)


def test_a_folder_in_the_files_place_is_named(path: Path) -> None:
    path.mkdir()

    with pytest.raises(StoreUnusable, match=r"is a directory \(.*notifyd.sqlite3\); make it"):
        prepare(path)


def test_a_file_in_the_folders_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").touch()

    with pytest.raises(StoreUnusable, match=r"/state\); make it writable for this user, or choose"):
        hold(tmp_path / "state" / "notifyd.sqlite3")


def test_a_database_that_another_program_has_locked_is_named(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(path)
    monkeypatch.setattr("notifyd.store.database.BUSY_SECONDS", 0.0)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnusable, match="another program has locked the database; stop"):
            prepare(path)


def test_an_error_without_a_code_speaks_for_itself() -> None:
    assert explain(sqlite3.OperationalError("no such table: x")) == "no such table: x"
