"""SQLite held against memory: whatever is done to both, both answer the same."""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from notifyctl.errors import NotifyError
from notifyd.notification import AnyDraft
from notifyd.store.store import Appended, Limits
from tests.support.stores import INBOX, NOW, TOPIC, DrivenStore, driven, key, note, read

STREAMS: Final = (INBOX, "inbox:bob", TOPIC)
# A UUID is an id, 32 digits are an epoch.
OWN_NAME: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}")
LIMITS: Final = Limits(max_events=4, max_age=1000, device_max_idle=500)

streams = st.sampled_from(STREAMS)
devices = st.sampled_from(["phone", "laptop"])
users = st.sampled_from(["alice", "bob"])
places = st.integers(0, 12)
keys = st.none() | st.builds(
    key,
    st.sampled_from("ab"),
    st.sampled_from([b"one", b"two"]),
    scope=st.sampled_from(["key:x", "key:y"]),
    seconds=st.sampled_from([50.0, 700.0]),
)
notes = st.builds(
    note, streams, st.text(min_size=1, max_size=8), level=st.sampled_from(["low", "high"]), key=keys
)
# Ids differ between the stores: a read names its notifications by their seq, here at first.
reads = st.builds(
    lambda ids, through, stream, key: (
        read(*map(str, ids), stream=stream, key=key)
        if through is None
        else read(through=through, stream=stream, key=key)
    ),
    st.lists(st.integers(1, 12), max_size=4),
    st.none() | places,
    streams,
    keys,
)


class Lockstep(RuleBasedStateMachine):
    """Does the same to both stores and compares every answer.

    Ids and epochs are the stores' own; `_same` replaces them by what they name.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.folder = tempfile.TemporaryDirectory()
        self.memory = driven("memory", self.folder_path, LIMITS)
        self.sqlite = driven("sqlite", self.folder_path, LIMITS)
        self.names: dict[str, str] = {}
        self.ids: dict[DrivenStore, dict[tuple[str, str], str]] = {self.memory: {}, self.sqlite: {}}
        self.heads: dict[str, int] = {}

    @property
    def folder_path(self) -> Path:
        return Path(self.folder.name)

    def teardown(self) -> None:
        self.memory.close()
        self.sqlite.close()
        self.folder.cleanup()

    # Comparing

    def _same(self, value: object) -> Any:
        """A store's answer as plain text, in which every id and epoch is named alike."""
        return OWN_NAME.sub(lambda own: self.names[own.group()], repr(value))

    def _both(self, ask: Callable[[DrivenStore], object]) -> Any:
        """The answer of both stores, which is the same."""
        in_memory, in_sqlite = ask(self.memory), ask(self.sqlite)
        assert self._same(in_sqlite) == self._same(in_memory)
        return in_memory

    def _learn(self, store: DrivenStore) -> None:
        for group in store.heard:
            for entry in group:
                self.names[entry.id] = f"id of {entry.stream} {entry.seq}"
                self.names[entry.epoch] = "epoch"
                self.ids[store][entry.stream, str(entry.seq)] = entry.id
                self.heads[entry.stream] = max(self.heads.get(entry.stream, 0), entry.seq)

    @initialize()
    def learn_the_epochs(self) -> None:
        for store in (self.memory, self.sqlite):
            self.names[store.position().epoch] = "epoch"

    # Writing

    @rule(drafts=st.lists(notes | reads, min_size=1, max_size=5))
    def append(self, drafts: list[AnyDraft]) -> None:
        outcomes = {}
        for store in (self.memory, self.sqlite):
            store.heard.clear()
            own = [self._own(draft, store) for draft in drafts]
            outcomes[store] = [outline(outcome) for outcome in store.append(*own, now=self.now)]
            self._learn(store)
        assert self._same(outcomes[self.sqlite]) == self._same(outcomes[self.memory])
        assert self._same(self.sqlite.heard) == self._same(self.memory.heard)

    def _own(self, draft: AnyDraft, store: DrivenStore) -> AnyDraft:
        """The draft with the ids that this store gave."""
        ids = getattr(draft, "ids", None)
        if ids is None:
            return draft
        own = tuple(self.ids[store].get((draft.stream, name), name) for name in ids)
        return msgspec.structs.replace(draft, ids=own)

    @rule(user=users, device=devices, stream=streams, seq=places, is_lost=st.booleans())
    def advance(self, user: str, device: str, stream: str, seq: int, is_lost: bool) -> None:
        self._both(
            lambda store: store.ack(
                seq,
                device,
                stream=stream,
                user=user,
                epoch="lost" if is_lost else None,
                now=self.now,
            )
        )

    @rule()
    def expire(self) -> None:
        self._both(lambda store: store.expire(self.now))

    @rule(seconds=st.integers(-60, 600))
    def pass_time(self, seconds: int) -> None:
        self.now += seconds

    @rule()
    def restart(self) -> None:
        self.sqlite.close()
        ids = self.ids.pop(self.sqlite)
        self.sqlite = driven("sqlite", self.folder_path, LIMITS)
        self.ids[self.sqlite] = ids

    # Reading

    @rule(stream=streams, after=places, max_events=st.integers(1, 5), kib=st.integers(0, 1))
    def page(self, stream: str, after: int, max_events: int, kib: int) -> None:
        # Within 1 KiB there is room for some of the events.
        self._both(
            lambda store: store.page(stream, after, max_events=max_events, max_bytes=1 + kib * 1024)
        )

    @rule(user=users, after=places, limit=st.integers(1, 5), unread_only=st.booleans())
    def inbox(self, user: str, after: int, limit: int, unread_only: bool) -> None:
        self._both(
            lambda store: store.inbox(after, limit=limit, unread_only=unread_only, user=user)
        )

    @rule(user=users, device=st.none() | devices)
    def attach(self, user: str, device: str | None) -> None:
        self._both(
            lambda store: msgspec.structs.replace(store.attach(user, device, STREAMS), generation=0)
        )

    @rule(stream=streams, seq=places)
    def find(self, stream: str, seq: int) -> None:
        self._both(lambda store: store.find(self.ids[store].get((stream, str(seq)), "unknown")))

    @invariant()
    def the_extents_agree(self) -> None:
        positions = self._both(lambda store: store.attach(streams=STREAMS).positions)
        assert {name: position.head for name, position in positions.items()} == {
            stream: self.heads.get(stream, 0) for stream in STREAMS
        }


def outline(outcome: Appended | NotifyError) -> object:
    """What can be compared of an outcome: an error by its sentence."""
    return outcome if isinstance(outcome, Appended) else (type(outcome), str(outcome))


TestLockstep = Lockstep.TestCase
TestLockstep.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
