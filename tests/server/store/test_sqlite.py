import asyncio
import json
import random
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from notifyctl.errors import StoreUnavailable, StoreUnusable
from notifyd.store.sqlite import SqliteStore
from notifyd.store.store import Appended, Limits
from tests.support.sources import ROOT
from tests.support.stores import INBOX, NOW, DrivenStore, driven, key, note, read


def open_at(folder: Path) -> DrivenStore:
    return driven("sqlite", folder)


def test_it_says_that_a_commit_survives_a_power_cut(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "x.sqlite3", Limits())

    assert (store.name, store.durability, store.shared) == ("sqlite", "fsync", False)


def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    store = open_at(tmp_path)
    entries = [store.entry(note(title=str(number), key=key(str(number)))) for number in range(5)]
    store.entry(read(entries[0].id))
    store.ack(4)
    before = (store.position(), store.page(), store.inbox(), store.found(entries[2].id))
    store.close()

    store = open_at(tmp_path)
    after = (store.position(), store.page(), store.inbox(), store.found(entries[2].id))
    again = store.appended(note(title="4", key=key("4")))
    attachment = store.attach(device="phone")
    next_entry = store.entry(note())
    store.close()

    assert after == before
    assert again.replayed
    assert again.entry is not None
    assert (again.entry.id, again.entry.seq) == (entries[4].id, 5)
    assert (attachment.cursors, attachment.acknowledged) == ({INBOX: 4}, 4)
    assert next_entry.seq == 7


def test_a_store_can_be_opened_again(tmp_path: Path) -> None:
    store = open_at(tmp_path)
    store.entry(note())
    store.run(store.store.close())
    store.open()

    assert store.entry(note()).seq == 2
    store.close()


def test_a_store_that_is_not_open_says_so(tmp_path: Path) -> None:
    store = DrivenStore(SqliteStore(tmp_path / "x.sqlite3", Limits()))
    with pytest.raises(StoreUnavailable, match="it is not open"):
        store.entry(note())
    with pytest.raises(StoreUnavailable, match="it is not open"):
        store.position()

    store.open()
    store.run(store.store.close())
    with pytest.raises(StoreUnavailable, match="it is closed"):
        store.entry(note())
    store.close()


def test_closing_finishes_what_was_begun(tmp_path: Path) -> None:
    async def publish_and_close(store: SqliteStore) -> list[object]:
        await store.open()
        publishing = [asyncio.create_task(store.append([note()], NOW)) for _ in range(50)]
        await asyncio.sleep(0)
        await store.close()
        return [outcome for task in publishing for outcome in await task]

    outcomes = asyncio.run(publish_and_close(SqliteStore(tmp_path / "notifyd.sqlite3", Limits())))
    assert all(isinstance(outcome, Appended) for outcome in outcomes)
    store = open_at(tmp_path)
    assert store.position().head == 50
    store.close()


# Killed


def appender(folder: Path, run: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.appender", str(folder), f"run{run}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def acknowledged_until_killed(child: subprocess.Popen[str], most: int) -> list[list[str]]:
    """What the child was told is stored, until it was killed amid its work."""
    assert child.stdout is not None
    lines = [child.stdout.readline() for _ in range(most)]
    child.kill()
    lines += child.stdout.readlines()
    child.stdout.close()
    child.wait()
    # The last line may be cut off by the kill.
    return [line.split() for line in lines if line.endswith("\n")]


def test_a_kill_loses_no_acknowledged_event(tmp_path: Path) -> None:
    dice = random.Random(20_270_115)
    acknowledged: list[list[str]] = []
    for run in range(3):
        child = appender(tmp_path, run)
        acknowledged += acknowledged_until_killed(child, dice.randrange(50, 500))

    store = open_at(tmp_path)
    for name, stream, seq, event_id in acknowledged:
        found = store.found(event_id)
        assert (found.stream, found.seq) == (stream, int(seq))
        draft = note(stream, name, key=key(name, seconds=86_400.0))
        again = store.appended(draft, now=found.at)
        assert again.replayed
        assert again.entry is not None
        assert (again.entry.id, again.entry.seq) == (event_id, int(seq))
    for stream in {stream for _, stream, _, _ in acknowledged}:
        page = store.page(stream, max_events=10**6, max_bytes=10**9)
        assert [json.loads(body)["seq"] for body in page.bodies] == [
            *range(1, page.position.head + 1)
        ]
        keys = [json.loads(body)["title"] for body in page.bodies]
        assert len(set(keys)) == len(keys)
    store.close()


def test_a_second_process_is_told_who_holds_the_database(tmp_path: Path) -> None:
    child = appender(tmp_path, 1)
    assert child.stdout is not None
    child.stdout.readline()
    try:
        with pytest.raises(StoreUnusable, match=f"process {child.pid} is using it; stop"):
            open_at(tmp_path)
    finally:
        acknowledged_until_killed(child, 1)

    open_at(tmp_path).close()


# A disk in trouble


@contextmanager
def no_file_may_grow(limit: int) -> Iterator[None]:
    """Beyond `limit` bytes the system refuses every write of this process to a file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_failed_commit_fails_all_that_share_it(tmp_path: Path) -> None:
    store = open_at(tmp_path)
    store.entry(note(key=key("before")))
    store.heard.clear()
    log = (tmp_path / "notifyd.sqlite3-wal").stat().st_size

    async def publish_all() -> list[object]:
        drafts = [note(title=str(number), key=key(str(number))) for number in range(20)]
        # One that is only repeated shares the commit, and so its failure.
        drafts.insert(10, note(key=key("before")))
        publishing = (store.store.append([draft], NOW) for draft in drafts)
        return await asyncio.gather(*publishing, return_exceptions=True)

    with no_file_may_grow(log):
        outcomes = store.run(publish_all())
        with pytest.raises(StoreUnavailable, match="the disk reports an error"):
            store.run(store.store.check())

    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 21
    assert store.heard == []
    assert store.position().head == 1
    assert store.inbox().unread == 1

    store.run(store.store.check())
    retried = store.appended(note(title="7", key=key("7")))
    assert not retried.replayed
    assert retried.entry is not None
    assert retried.entry.seq == 2
    store.close()


def test_a_failed_commit_does_not_come_back_after_a_restart(tmp_path: Path) -> None:
    store = open_at(tmp_path)
    store.entry(note())
    with no_file_may_grow((tmp_path / "notifyd.sqlite3-wal").stat().st_size):
        with pytest.raises(StoreUnavailable):
            store.entry(note(title="refused", body="x" * 4000))
    store.entry(note(title="kept"))
    store.close()

    store = open_at(tmp_path)
    titles = [json.loads(body)["title"] for body in store.page().bodies]
    store.close()
    assert titles == ["Hello", "kept"]


def may_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    command = ["unshare", "--map-root-user", "--mount", "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not may_mount(), reason="this user may not mount a file system of its own")
def test_a_full_or_read_only_disk_is_named_and_loses_nothing(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.support.small_disk", str(tmp_path)]
    child = subprocess.run(
        ["unshare", "--map-root-user", "--mount", *program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    story = json.loads(child.stdout)

    full = "The store cannot be written: the disk is full. Nothing was accepted; try again later."
    assert story["full_at_once"] == story["full"] == story["check"] == full
    assert story["empty"] == 0
    assert story["stored"] == story["heard"] == story["head"] == story["page"] >= 5
    assert (story["check_healed"], story["healed"]) == ("ok", "stored")
    assert story["head_healed"] == story["head"] + 1
    assert "the disk is full; free some space" in story["opened_when_full"]
    assert "read-only file system" in story["opened_read_only"]
    assert "make it writable for this user, or choose another" in story["opened_read_only"]


def test_damage_that_shows_later_is_named(tmp_path: Path) -> None:
    store = open_at(tmp_path)
    store.append(*[note(body="x" * 1000) for _ in range(2_000)])
    store.close()
    store = open_at(tmp_path)
    file = tmp_path / "notifyd.sqlite3"
    with file.open("r+b") as database:
        database.seek(file.stat().st_size // 2)
        database.write(b"\xff" * 256 * 1024)

    with pytest.raises(StoreUnavailable, match="the database is damaged"):
        store.page(max_events=2_000, max_bytes=10**9)
    store.close()
