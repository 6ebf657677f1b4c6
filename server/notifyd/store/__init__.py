"""Stores: where streams, cursors and keys are kept."""

from pathlib import Path

from notifyctl.errors import SettingInvalid
from notifyd.store.memory import MemoryStore
from notifyd.store.sqlite import SqliteStore
from notifyd.store.store import Limits, Store

FILE_NAME = "notifyd.sqlite3"


def open_store(url: str, *, data_dir: Path, limits: Limits) -> Store:
    """The store that a URL names, not opened yet. Raises `SettingInvalid` for any other URL."""
    scheme, colon, place = url.partition(":")
    match scheme + colon, place:
        case "memory:", "":
            return MemoryStore(limits)
        case "sqlite:", "":
            return SqliteStore(data_dir / FILE_NAME, limits)
        case "sqlite:", _:
            return SqliteStore(Path(place).expanduser(), limits)
    problem = f"{url!r} is no store; use sqlite:PATH, sqlite: for a file in `data_dir`, or memory:"
    raise SettingInvalid(name="store", problem=problem)
