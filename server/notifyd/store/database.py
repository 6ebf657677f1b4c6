"""The file of the SQLite store: its lock, its version, its connections, its troubles in words."""

import errno
import fcntl
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from notifyctl.errors import StoreUnusable

# "ntfd", so that the database of another program is never taken for ours.
APPLICATION_ID: Final = 0x6E746664
VERSION: Final = 1
SCHEMA: Final = Path(__file__).with_name("sqlite.sql")

# Writes something small: where this succeeds, a write can succeed.
PROVE: Final = "UPDATE meta SET value = value + 1 WHERE name = 'checks'"

# How long another program, such as a backup, may keep the database locked.
BUSY_SECONDS: Final = 5.0
CACHE_KIB: Final = 16 * 1024

# A database of this size is walked through in a fraction of a second when it is opened; of a
# larger one, damage shows when the damaged page is read.
QUICK_CHECK_BYTES: Final = 64 * 1024**2

# What happened, and what to do about it when the server starts.
_TROUBLES: Final = {
    sqlite3.SQLITE_FULL: ("the disk is full", "free some space"),
    sqlite3.SQLITE_READONLY: ("it is read-only", "make it writable for this user"),
    sqlite3.SQLITE_CANTOPEN: ("the file cannot be opened", "make it writable for this user"),
    sqlite3.SQLITE_PERM: ("the file cannot be opened", "make it writable for this user"),
    sqlite3.SQLITE_IOERR: ("the disk reports an error", "look at the system's log"),
    sqlite3.SQLITE_CORRUPT: ("the database is damaged", "restore a backup or move it away"),
    sqlite3.SQLITE_NOTADB: ("the file is not a database", "restore a backup or move it away"),
    sqlite3.SQLITE_BUSY: ("another program has locked the database", "stop that program"),
}
_ELSEWHERE: Final = "choose another place with `data_dir` or `store`"


def explain(error: sqlite3.Error) -> str:
    """What happened, in words."""
    return _trouble(error)[0]


def hold(path: Path) -> int:
    """Make the database ours alone until the file descriptor is closed or the process ends.

    Raises `StoreUnusable` when another process holds it, naming that process.
    """
    lock = path.with_name(path.name + ".lock")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _unusable(path, error) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
    except BlockingIOError:
        holder = os.pread(descriptor, 32, 0).decode().strip()
        os.close(descriptor)
        reason = f"process {holder} is using it; stop that process, or {_ELSEWHERE}"
        raise StoreUnusable(path=path, reason=reason) from None
    except OSError as error:
        os.close(descriptor)
        raise _unusable(path, error) from None
    return descriptor


def prepare(path: Path) -> str:
    """Create the database, or make sure that it is ours, sound and writable; its epoch.

    Raises `StoreUnusable` with the reason and the next step.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(connect(path)) as database:
            _recognise(path, database)
            database.execute("PRAGMA journal_mode = WAL")
            if _pragma(database, "journal_mode") != "wal":
                reason = f"its file system does not support write-ahead logs; {_ELSEWHERE}"
                raise StoreUnusable(path=path, reason=reason)
            _inspect(path, database)
            database.execute(PROVE)
            (epoch,) = database.execute("SELECT value FROM meta WHERE name = 'epoch'").fetchone()
            return str(epoch)
    except OSError as error:
        raise _unusable(path, error) from None
    except sqlite3.Error as error:
        what, advice = _trouble(error)
        reason = f"{what}; {advice}, or {_ELSEWHERE}"
        raise StoreUnusable(path=path, reason=reason) from None


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection to the existing database, for the calling thread. Raises `sqlite3.Error`."""
    # The file is never created here: one that was removed must not come back empty.
    name = f"file:{quote(str(path.absolute()))}?mode=rw"
    connection = sqlite3.connect(name, uri=True, isolation_level=None, timeout=BUSY_SECONDS)
    try:
        # Every commit reaches the disk before anybody hears of it.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA cache_size = {-CACHE_KIB}")
        connection.execute(f"PRAGMA query_only = {int(read_only)}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _recognise(path: Path, database: sqlite3.Connection) -> None:
    """Create the tables in an empty file; refuse what is not ours, or of a newer version."""
    version = _pragma(database, "user_version")
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables == 0 and version == 0:
        database.executescript(SCHEMA.read_text())
    elif _pragma(database, "application_id") != APPLICATION_ID:
        reason = f"it belongs to another program; {_ELSEWHERE}"
        raise StoreUnusable(path=path, reason=reason)
    elif version > VERSION:
        reason = (
            f"a newer notifyctl wrote it (version {version}, this one knows {VERSION});"
            f" upgrade notifyctl, or {_ELSEWHERE}"
        )
        raise StoreUnusable(path=path, reason=reason)


def _inspect(path: Path, database: sqlite3.Connection) -> None:
    if path.stat().st_size <= QUICK_CHECK_BYTES:
        (finding,) = database.execute("PRAGMA quick_check(1)").fetchone()
        if finding != "ok":
            what, advice = _TROUBLES[sqlite3.SQLITE_CORRUPT]
            raise StoreUnusable(path=path, reason=f"{what}; {advice}, or {_ELSEWHERE}")


def _pragma(database: sqlite3.Connection, name: str) -> Any:
    (value,) = database.execute(f"PRAGMA {name}").fetchone()
    return value


def _trouble(error: sqlite3.Error) -> tuple[str, str]:
    # The low byte is the kind of error; the rest tells where SQLite met it.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    return _TROUBLES.get(code, (str(error), "look at the system's log"))


def _unusable(path: Path, error: OSError) -> StoreUnusable:
    problem = (error.strerror or str(error)).lower()
    where = error.filename or path
    is_full = error.errno == errno.ENOSPC
    advice = "free some space" if is_full else "make it writable for this user"
    reason = f"{problem} ({where}); {advice}, or {_ELSEWHERE}"
    return StoreUnusable(path=path, reason=reason)
