"""What every store promises. `memory.py` keeps the promises in the clearest way."""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from notifyctl.errors import NotifyError
from notifyctl.wire import Durability
from notifyd.notification import AnyDraft
from notifyd.stream import PAGE_BYTES, PAGE_EVENTS, Attachment, Cursor, Entry, Page, Position


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much a store keeps, and for how long (seconds)."""

    max_events: int = 10_000
    max_age: float = 30 * 86_400.0
    device_max_idle: float = 30 * 86_400.0

    @property
    def max_others(self) -> int:
        """How many events that are no notifications a stream keeps."""
        return 5 * self.max_events


class Appended(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What became of a draft. `replayed`: its key was known, and this is the first answer again.

    `entry` of a replay has an empty `body`: the event may be past retention. It is None when
    a read changed nothing.
    """

    entry: Entry | None
    replayed: bool = False


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A retained event, when it was read, and the (user, device) pairs that acknowledged it."""

    stream: str
    seq: int
    at: float
    body: bytes
    read_at: float | None
    acknowledged_by: list[tuple[str, str]]


class InboxSlice(msgspec.Struct, frozen=True, kw_only=True):
    """Events of an inbox after a position, oldest first, and which of them are unread."""

    position: Position
    unread: int
    entries: list[tuple[int, bytes]]
    unread_ids: list[str]


class Removed(msgspec.Struct, frozen=True, kw_only=True):
    """What one `expire` removed."""

    events: int
    keys: int
    devices: int


OnCommit = Callable[[Sequence[Entry]], None]


class Store(Protocol):
    """Streams of events, the cursors of devices, and the keys of publishers.

    Every method may raise `StoreUnavailable`: then nothing of the call was kept, or nobody
    will ever be told that it was. Times are seconds since 1970, come from the caller, and may
    step back. What is read is never older than what listeners had heard when it was asked
    for; what they hear while it is under way may already be in it, or not yet.
    """

    name: str
    """What `stats` calls it: `sqlite`, `memory`."""

    durability: Durability
    """What a committed event survives: `fsync` a power cut, `process` a kill, `memory` nothing."""

    shared: bool
    """Whether other nodes serve the same store."""

    async def open(self) -> None:
        """Make ready. Raises `StoreUnusable` with the reason and the next step."""

    async def close(self) -> None:
        """Finish what was begun, then let go. Closing twice is fine."""

    def listen(self, on_commit: OnCommit) -> None:
        """Call `on_commit` with every group of new events.

        On the event loop, after the commit, in `seq` order of each stream, before the
        `append` that brought them returns - also when its caller has gone away meanwhile.
        Replays are not events.
        """

    async def append(self, drafts: Sequence[AnyDraft], now: float) -> list[Appended | NotifyError]:
        """Commit the drafts in their order; one outcome each, in the same order.

        Each draft is atomic and independent: the event, its key and its read marks are
        committed together or not at all, and one that fails leaves the others. `seq` counts
        1, 2, 3 ... per stream. Attention decides inside the transaction. A known key with the
        same fingerprint gives the first answer, with another a `KeyReused`. The event of a
        read names only what it marked; one that marks nothing appends nothing. The count
        bound (see `expire`) holds again after the last draft. Nothing is returned before the
        commit.
        """

    async def attach(self, user: str, device: str | None, streams: Sequence[str]) -> Attachment:
        """What a new session of the user needs to know about these streams and its inbox.

        Changes nothing but the next generation.
        """

    async def position(self, stream: str) -> Position:
        """The extent of a stream; one that nobody wrote to is empty, and has an epoch already."""

    async def page(
        self,
        stream: str,
        after: int,
        max_events: int = PAGE_EVENTS,
        max_bytes: int = PAGE_BYTES,
    ) -> Page:
        """The next events after `after`: at most `max_events` and `max_bytes`, but at least one.

        The first retained ones when `after` lies before them. A page without events has
        `last` = `first` - 1.
        """

    async def advance(self, cursors: Sequence[Cursor], now: float) -> None:
        """Move cursors forward; a device without one gets it, and is known from then on.

        An older seq moves nothing, yet shows that the device is there; another epoch or a seq
        beyond the head is ignored. Keeps the highest seq that any device of the user
        acknowledged in the inbox.
        """

    async def inbox(self, user: str, after: int, limit: int, unread_only: bool) -> InboxSlice:
        """Events of a user's inbox after `after`; `unread_only` leaves what is not unread out."""

    async def find(self, event_id: str) -> Found | None:
        """A retained event by its id; None when there is none."""

    async def expire(self, now: float) -> Removed:
        """Remove events past their age, keys past their time, devices idle too long.

        Only prefixes of streams are removed. Appending already keeps the count bound: at most
        `max_events` notifications and five times as many other events per stream.
        """

    async def check(self) -> None:
        """Raise `StoreUnavailable` unless a write would succeed now."""
