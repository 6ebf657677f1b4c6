"""Stores for tests: drafts in few words, and a store that is driven step by step."""

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeVar
from uuid import UUID

from notifyctl.errors import NotifyError
from notifyctl.wire import Content, Level
from notifyd.notification import AnyDraft, Draft, Key, ReadDraft
from notifyd.store import open_store
from notifyd.store.store import Appended, Found, InboxSlice, Limits, Removed, Store
from notifyd.stream import Attachment, Cursor, Entry, Page, Position

NOW: Final = 1_800_000_000.0
INBOX: Final = "inbox:alice"
TOPIC: Final = "topic:releases"

Backend = Literal["memory", "sqlite"]
BACKENDS: Final[tuple[Backend, ...]] = ("memory", "sqlite")
T = TypeVar("T")


def key(
    name: str,
    fingerprint: bytes = b"a notification",
    *,
    scope: str = "key:backend",
    seconds: float = 3600.0,
) -> Key:
    """A publisher's key, good for an hour."""
    return Key(scope=scope, name=name, fingerprint=fingerprint, seconds=seconds)


def note(
    stream: str = INBOX,
    title: str = "Hello",
    *,
    level: Level = "normal",
    key: Key | None = None,
    op_id: UUID | None = None,
    **content: Any,
) -> Draft:
    """A notification for alice, unless for another stream."""
    return Draft(
        stream=stream,
        sender="backend",
        level=level,
        content=Content(title=title, **content),
        key=key,
        op_id=op_id,
    )


def read(
    *ids: str, through: int | None = None, stream: str = INBOX, key: Key | None = None
) -> ReadDraft:
    """Alice has read the notifications with these ids, or all of them up to `through`."""
    return ReadDraft(
        stream=stream, ids=None if through is not None else ids, through=through, key=key
    )


class DrivenStore:
    """A store on an event loop of its own, which runs as long as a call takes.

    `heard` is what a listener heard: one list of entries for every group.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.heard: list[list[Entry]] = []
        self._runner = asyncio.Runner()
        store.listen(lambda entries: self.heard.append(list(entries)))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What the coroutine returns."""
        return self._runner.run(work)

    def open(self) -> None:
        """Open the store. When that fails, there is nothing to close."""
        try:
            self.run(self.store.open())
        except NotifyError:
            self._runner.close()
            raise

    def close(self) -> None:
        """Close the store and the loop."""
        self.run(self.store.close())
        self._runner.close()

    def append(self, *drafts: AnyDraft, now: float = NOW) -> list[Appended | NotifyError]:
        """The outcomes of the drafts."""
        return self.run(self.store.append(drafts, now))

    def appended(self, draft: AnyDraft, *, now: float = NOW) -> Appended:
        """The outcome of a draft that is not refused."""
        (outcome,) = self.append(draft, now=now)
        assert isinstance(outcome, Appended), outcome
        return outcome

    def entry(self, draft: AnyDraft, *, now: float = NOW) -> Entry:
        """The entry of a draft that becomes an event."""
        entry = self.appended(draft, now=now).entry
        assert entry is not None
        return entry

    def attach(
        self, user: str = "alice", device: str | None = None, streams: Sequence[str] = (INBOX,)
    ) -> Attachment:
        """See `Store`."""
        return self.run(self.store.attach(user, device, streams))

    def position(self, stream: str = INBOX) -> Position:
        """See `Store`."""
        return self.run(self.store.position(stream))

    def page(
        self,
        stream: str = INBOX,
        after: int = 0,
        *,
        max_events: int = 100,
        max_bytes: int = 256 * 1024,
    ) -> Page:
        """See `Store`."""
        return self.run(self.store.page(stream, after, max_events, max_bytes))

    def ack(
        self,
        seq: int,
        device: str = "phone",
        *,
        stream: str = INBOX,
        user: str = "alice",
        epoch: str | None = None,
        now: float = NOW,
    ) -> None:
        """A device of alice has handled everything up to `seq`."""
        epoch = epoch or self.position(stream).epoch
        cursor = Cursor(user=user, device=device, stream=stream, epoch=epoch, seq=seq)
        self.run(self.store.advance([cursor], now))

    def inbox(
        self, after: int = 0, *, limit: int = 100, unread_only: bool = False, user: str = "alice"
    ) -> InboxSlice:
        """See `Store`."""
        return self.run(self.store.inbox(user, after, limit, unread_only))

    def find(self, event_id: str) -> Found | None:
        """See `Store`."""
        return self.run(self.store.find(event_id))

    def found(self, event_id: str) -> Found:
        """An event that is retained."""
        found = self.find(event_id)
        assert found is not None
        return found

    def expire(self, now: float) -> Removed:
        """See `Store`."""
        return self.run(self.store.expire(now))


def driven(backend: Backend, data_dir: Path, limits: Limits | None = None) -> DrivenStore:
    """A store of a backend, open."""
    store = open_store(f"{backend}:", data_dir=data_dir, limits=limits or Limits())
    driven_store = DrivenStore(store)
    driven_store.open()
    return driven_store
