from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from notifyd.store.database import connect, prepare
from notifyd.store.snapshot import Snapshot
from notifyd.store.store import Limits
from notifyd.store.streams import Streams
from notifyd.store.transaction import Transaction
from tests.support.stores import INBOX, NOW, note


class Desk:
    """A writer and a reader of one database."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self.epoch = prepare(path)
        self.writer = stack.enter_context(closing(connect(path)))
        self.reader = stack.enter_context(closing(connect(path, read_only=True)))

    def append(self, times: int = 1) -> None:
        transaction = Transaction(Streams(self.writer, self.epoch), Limits())
        for _ in range(times):
            transaction.append([note()], NOW)
        transaction.commit()

    def look(self) -> Snapshot:
        return Snapshot(self.reader, self.epoch)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A writer and a reader of an empty database."""
    with ExitStack() as stack:
        yield Desk(tmp_path / "notifyd.sqlite3", stack)


def test_what_it_tells_is_of_one_moment(desk: Desk) -> None:
    desk.append(2)
    snapshot = desk.look()
    before = snapshot.position(INBOX)
    desk.append(3)

    page = snapshot.page(INBOX, 0, 100, 10**6)
    attachment = snapshot.attach("alice", None, [INBOX], generation=1)
    assert page.position == attachment.positions[INBOX] == before
    assert (page.last, attachment.unread) == (2, 2)
    assert snapshot.inbox("alice", 0, 100, unread_only=False).unread == 2


def test_the_next_one_sees_what_was_committed_meanwhile(desk: Desk) -> None:
    first = desk.look()
    assert first.position(INBOX).head == 0
    desk.append(3)
    first.commit()

    assert desk.look().position(INBOX).head == 3


def test_a_stream_nobody_wrote_to_has_the_databases_epoch(desk: Desk) -> None:
    position = desk.look().position("topic:silent")

    assert (position.epoch, position.head, position.floor) == (desk.epoch, 0, 1)
