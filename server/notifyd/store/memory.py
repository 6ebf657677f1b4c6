"""The store in memory: the clearest way to keep the promises. A restart forgets everything."""

import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from uuid import uuid4

import msgspec

from notifyctl.errors import KeyReused, NotifyError
from notifyctl.wire import Durability
from notifyd.notification import AnyDraft, Draft, Key, ReadDraft
from notifyd.store.entry import compose
from notifyd.store.store import (
    Appended,
    Found,
    InboxSlice,
    Limits,
    OnCommit,
    Removed,
)
from notifyd.stream import (
    PAGE_BYTES,
    PAGE_EVENTS,
    Attachment,
    Cursor,
    Entry,
    Page,
    Position,
    inbox_of,
    owner_of,
)


class Kept(msgspec.Struct):
    """An event as it is kept."""

    entry: Entry
    is_notification: bool
    read_at: float | None = None


class Answered(msgspec.Struct):
    """What a key was given as its first answer, and until when it is remembered."""

    fingerprint: bytes
    entry: Entry | None
    expires_at: float


class Log:
    """One stream. `events` holds floor .. head without holes, by seq; `unread` has seqs by id.

    `by_id` is shared by all streams.
    """

    def __init__(self, epoch: str, by_id: dict[str, Kept]) -> None:
        self.epoch = epoch
        self.by_id = by_id
        self.head = 0
        # Ordered: a plain dict slows down when its oldest entries go again and again.
        self.events: OrderedDict[int, Kept] = OrderedDict()
        self.unread: dict[str, int] = {}
        self.notifications = 0
        self.acknowledged = 0

    @property
    def position(self) -> Position:
        """The extent of the stream."""
        floor = next(iter(self.events), self.head + 1)
        return Position(epoch=self.epoch, head=self.head, floor=floor)

    def after(self, seq: int) -> Iterator[Kept]:
        """The retained events after `seq`, oldest first."""
        first = max(seq + 1, self.position.floor)
        return (self.events[place] for place in range(first, self.head + 1))

    def add(self, entry: Entry, *, is_notification: bool) -> None:
        """Put an event at the head."""
        self.head = entry.seq
        self.events[entry.seq] = self.by_id[entry.id] = Kept(entry, is_notification)
        self.notifications += is_notification
        if is_notification and owner_of(entry.stream) is not None:
            self.unread[entry.id] = entry.seq

    def mark(self, draft: ReadDraft, now: float) -> ReadDraft | None:
        """Mark notifications read. The draft as it took effect; None when nothing was unread."""
        if draft.ids is not None:
            marked = [event_id for event_id in dict.fromkeys(draft.ids) if event_id in self.unread]
            draft = msgspec.structs.replace(draft, ids=tuple(marked))
        else:
            through = min(draft.through or 0, self.head)
            marked = [event_id for event_id, seq in self.unread.items() if seq <= through]
            draft = msgspec.structs.replace(draft, through=through)
        for event_id in marked:
            self.events[self.unread.pop(event_id)].read_at = now
        return draft if marked else None

    def trim(self, is_surplus: Callable[[Kept], bool]) -> int:
        """Remove events from the oldest on, as long as they are surplus; how many were."""
        removed = 0
        while self.events:
            seq, oldest = next(iter(self.events.items()))
            if not is_surplus(oldest):
                break
            del self.events[seq], self.by_id[oldest.entry.id]
            self.unread.pop(oldest.entry.id, None)
            self.notifications -= oldest.is_notification
            removed += 1
        return removed


class MemoryStore:
    """Keeps every promise of `Store` but one: nothing survives the process."""

    name: str = "memory"
    durability: Durability = "memory"
    shared: bool = False

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._epoch = uuid4().hex
        self._logs: dict[str, Log] = {}
        self._by_id: dict[str, Kept] = {}
        self._answers: dict[tuple[str, str, str], Answered] = {}
        self._cursors: dict[tuple[str, str], dict[str, int]] = {}
        self._seen_at: dict[tuple[str, str], float] = {}
        self._generations = itertools.count(1)
        self._listeners: list[OnCommit] = []

    async def open(self) -> None:
        """Nothing to make ready."""

    async def close(self) -> None:
        """Nothing to let go."""

    async def check(self) -> None:
        """A write always succeeds."""

    def listen(self, on_commit: OnCommit) -> None:
        """See `Store`."""
        self._listeners.append(on_commit)

    # Writing

    async def append(self, drafts: Sequence[AnyDraft], now: float) -> list[Appended | NotifyError]:
        """See `Store`."""
        outcomes: list[Appended | NotifyError] = []
        entries: list[Entry] = []
        for draft in drafts:
            try:
                outcome = self._append(draft, now)
            except NotifyError as error:
                outcomes.append(error)
                continue
            outcomes.append(outcome)
            if outcome.entry is not None and not outcome.replayed:
                entries.append(outcome.entry)
        for stream in {entry.stream for entry in entries}:
            self._keep_bound(self._logs[stream])
        if entries:
            for on_commit in self._listeners:
                on_commit(entries)
        return outcomes

    def _append(self, draft: AnyDraft, now: float) -> Appended:
        if draft.key is not None and (known := self._answer(draft.stream, draft.key, now)):
            return known
        log = self._logs.setdefault(draft.stream, self._log(draft.stream))
        effective = log.mark(draft, now) if isinstance(draft, ReadDraft) else draft
        entry: Entry | None = None
        if effective is not None:
            entry = compose(effective, epoch=log.epoch, seq=log.head + 1, now=now)
            log.add(entry, is_notification=isinstance(draft, Draft))
        if draft.key is not None:
            answer = msgspec.structs.replace(entry, body=b"") if entry else None
            key = draft.key
            self._answers[key.scope, draft.stream, key.name] = Answered(
                key.fingerprint, answer, now + key.seconds
            )
        return Appended(entry=entry)

    def _answer(self, stream: str, key: Key, now: float) -> Appended | None:
        answered = self._answers.get((key.scope, stream, key.name))
        if answered is None or answered.expires_at <= now:
            return None
        if answered.fingerprint != key.fingerprint:
            raise KeyReused(key=key.name)
        return Appended(entry=answered.entry, replayed=True)

    def _log(self, stream: str) -> Log:
        return self._logs.get(stream) or Log(self._epoch, self._by_id)

    def _keep_bound(self, log: Log) -> None:
        def is_over(_: Kept) -> bool:
            others = len(log.events) - log.notifications
            return log.notifications > self._limits.max_events or others > self._limits.max_others

        log.trim(is_over)

    async def advance(self, cursors: Sequence[Cursor], now: float) -> None:
        """See `Store`."""
        for cursor in cursors:
            log = self._logs.setdefault(cursor.stream, self._log(cursor.stream))
            if cursor.epoch != log.epoch or cursor.seq > log.head:
                continue
            device = cursor.user, cursor.device
            seqs = self._cursors.setdefault(device, {})
            seqs[cursor.stream] = max(seqs.get(cursor.stream, 0), cursor.seq)
            self._seen_at[device] = max(self._seen_at.get(device, now), now)
            if cursor.stream == inbox_of(cursor.user):
                log.acknowledged = max(log.acknowledged, cursor.seq)

    async def expire(self, now: float) -> Removed:
        """See `Store`."""
        oldest_at = now - self._limits.max_age
        events = sum(
            log.trim(lambda kept: kept.entry.at <= oldest_at) for log in self._logs.values()
        )
        keys = [key for key, answered in self._answers.items() if answered.expires_at <= now]
        for key in keys:
            del self._answers[key]
        idle_at = now - self._limits.device_max_idle
        devices = [device for device, seen_at in self._seen_at.items() if seen_at <= idle_at]
        for device in devices:
            del self._seen_at[device], self._cursors[device]
        return Removed(events=events, keys=len(keys), devices=len(devices))

    # Reading

    async def attach(self, user: str, device: str | None, streams: Sequence[str]) -> Attachment:
        """See `Store`."""
        seqs = self._cursors.get((user, device), {}) if device is not None else {}
        inbox = self._log(inbox_of(user))
        return Attachment(
            generation=next(self._generations),
            cursors={stream: seqs[stream] for stream in streams if stream in seqs},
            positions={stream: self._log(stream).position for stream in streams},
            acknowledged=inbox.acknowledged,
            unread=len(inbox.unread),
        )

    async def position(self, stream: str) -> Position:
        """See `Store`."""
        return self._log(stream).position

    async def page(
        self,
        stream: str,
        after: int,
        max_events: int = PAGE_EVENTS,
        max_bytes: int = PAGE_BYTES,
    ) -> Page:
        """See `Store`."""
        position = self._log(stream).position
        bodies: list[bytes] = []
        size = 0
        for kept in itertools.islice(self._log(stream).after(after), max_events):
            size += len(kept.entry.body)
            if bodies and size > max_bytes:
                break
            bodies.append(kept.entry.body)
        first = max(after + 1, position.floor)
        return Page(position=position, first=first, last=first + len(bodies) - 1, bodies=bodies)

    async def inbox(self, user: str, after: int, limit: int, unread_only: bool) -> InboxSlice:
        """See `Store`."""
        log = self._log(inbox_of(user))
        asked = (
            kept.entry
            for kept in log.after(after)
            if kept.entry.id in log.unread or not unread_only
        )
        entries = list(itertools.islice(asked, limit))
        return InboxSlice(
            position=log.position,
            unread=len(log.unread),
            entries=[(entry.seq, entry.body) for entry in entries],
            unread_ids=[entry.id for entry in entries if entry.id in log.unread],
        )

    async def find(self, event_id: str) -> Found | None:
        """See `Store`."""
        kept = self._by_id.get(event_id)
        if kept is None:
            return None
        entry = kept.entry
        return Found(
            stream=entry.stream,
            seq=entry.seq,
            at=entry.at,
            body=entry.body,
            read_at=kept.read_at,
            acknowledged_by=sorted(
                device
                for device, seqs in self._cursors.items()
                if seqs.get(entry.stream, 0) >= entry.seq
            ),
        )
