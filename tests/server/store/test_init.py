import os
from pathlib import Path

import pytest

from notifyctl.errors import SettingInvalid
from notifyd.store import open_store
from notifyd.store.memory import MemoryStore
from notifyd.store.sqlite import SqliteStore
from notifyd.store.store import Limits
from tests.support.stores import DrivenStore


def file_of(url: str, data_dir: Path) -> Path:
    """The database that a URL names: the only file that opening it brings about."""
    before = set(data_dir.rglob("*.sqlite3"))
    store = DrivenStore(open_store(url, data_dir=data_dir / "data", limits=Limits()))
    store.open()
    store.close()
    (file,) = set(data_dir.rglob("*.sqlite3")) - before
    return file.relative_to(data_dir)


def test_memory_is_a_store(tmp_path: Path) -> None:
    assert isinstance(open_store("memory:", data_dir=tmp_path, limits=Limits()), MemoryStore)
    assert list(tmp_path.iterdir()) == []


def test_naming_a_store_does_not_open_it(tmp_path: Path) -> None:
    store = open_store("sqlite:", data_dir=tmp_path / "data", limits=Limits())

    assert isinstance(store, SqliteStore)
    assert list(tmp_path.iterdir()) == []


def test_sqlite_without_a_path_is_a_file_in_the_data_directory(tmp_path: Path) -> None:
    assert file_of("sqlite:", tmp_path) == Path("data/notifyd.sqlite3")


def test_sqlite_with_a_path_is_that_file(tmp_path: Path) -> None:
    assert file_of(f"sqlite:{tmp_path}/my own #1?.sqlite3", tmp_path) == Path("my own #1?.sqlite3")


def test_a_path_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "HOME", str(tmp_path))

    assert file_of("sqlite:~/mine.sqlite3", tmp_path) == Path("mine.sqlite3")


def test_a_path_may_begin_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert file_of("sqlite:here.sqlite3", tmp_path) == Path("here.sqlite3")


@pytest.mark.parametrize("url", ["", "memory", "sqlite", "memory:x", "postgres://db", "/var/db"])
def test_any_other_url_is_told_what_is_possible(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match=r"store is not valid.*sqlite:PATH.*or memory:"):
        open_store(url, data_dir=tmp_path, limits=Limits())
