"""The hub: who is connected to this node, on which devices, following which streams."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

from notifyctl.wire import CloseCode, encode_events
from notifyd.session import Session
from notifyd.standing import Standing
from notifyd.stream import PAGE_BYTES, PAGE_EVENTS, Entry, wire_name
from notifyd.websocket import text_message

T = TypeVar("T")


class Member(Protocol):
    """A connected session, as the hub sees it."""

    session: Session

    @property
    def waiting_bytes(self) -> int:
        """How many bytes wait in its socket."""

    def write(self, message: bytes) -> None:
        """Write an encoded frame to the socket, in this turn of the loop."""

    def catch_up(self, stream: str) -> None:
        """Read what is missing from the store."""

    def end(self, code: CloseCode, retry_ms: int | None = None) -> None:
        """Close the session."""

    def go_away(self, seconds: float) -> None:
        """Announce the end, and close the session after that time."""

    def abort(self) -> None:
        """Drop the connection at once."""


class Pushed(NamedTuple):
    """What a push wrote: the events that at least one session got, and how many copies."""

    events: list[Entry]
    copies: int


class Hub:
    """Sessions by user, device and stream. Lives on the event loop; nothing here waits."""

    def __init__(self, *, max_sessions_per_user: int, push_bytes: int = PAGE_BYTES) -> None:
        """At most about `push_bytes` of one commit are pushed; the rest of it is read."""
        self._max_sessions_per_user = max_sessions_per_user
        self._push_bytes = push_bytes
        self._users: dict[str, dict[Member, None]] = {}
        self._devices: dict[tuple[str, str], tuple[int, Member]] = {}
        # Each follower with its place in the stream, so that a push asks nobody the way.
        self._followers: dict[str, dict[Member, Standing]] = {}

    # Who is here

    def join(self, member: Member, user: str, device: str | None = None) -> bool:
        """Count the member among its user's sessions; False when there are too many.

        A session of the same device does not count: this one is about to replace it.
        """
        sessions = self._users.setdefault(user, {})
        replaced = device is not None and (user, device) in self._devices
        if len(sessions) - replaced >= self._max_sessions_per_user:
            return False
        sessions[member] = None
        return True

    def take_over(self, member: Member, user: str, device: str, generation: int) -> bool:
        """Give a device to its newest session; the older one ends. False when that is this one."""
        newest = self._devices.get((user, device))
        if newest is not None and newest[0] > generation:
            return False
        self._devices[user, device] = generation, member
        if newest is not None and newest[1] is not member:
            newest[1].end(CloseCode.REPLACED)
        return True

    def follow(self, member: Member, stream: str) -> None:
        """Offer the member what is committed to the stream, where its session now stands."""
        self._followers.setdefault(stream, {})[member] = member.session.standings[stream]

    def unfollow(self, member: Member, stream: str) -> None:
        """Offer the member nothing of the stream any more."""
        _discard(self._followers, stream, member)

    def leave(self, member: Member) -> None:
        """The member is gone."""
        session = member.session
        for stream in session.standings:
            self.unfollow(member, stream)
        if session.identity is None:
            return
        user = session.identity.user
        _discard(self._users, user, member)
        if session.device is not None:
            newest = self._devices.get((user, session.device))
            if newest is not None and newest[1] is member:
                del self._devices[user, session.device]

    def followers(self, stream: str) -> int:
        """How many sessions of this node follow the stream."""
        return len(self._followers.get(stream, ()))

    def members(self) -> list[Member]:
        """Every session of this node."""
        return [member for sessions in self._users.values() for member in sessions]

    @property
    def users(self) -> int:
        """How many users are connected."""
        return len(self._users)

    @property
    def topics(self) -> int:
        """How many topics are followed."""
        return sum(stream == wire_name(stream) for stream in self._followers)

    # What they get

    def push(self, entries: Iterable[Entry]) -> Pushed:
        """Write new events to everybody who stands right before them.

        Who stands elsewhere is told to read the store instead.
        """
        by_stream: dict[str, list[Entry]] = {}
        for entry in entries:
            if entry.stream in self._followers:
                by_stream.setdefault(entry.stream, []).append(entry)
        pushed: list[Entry] = []
        copies = 0
        for stream, found in by_stream.items():
            # A copy, because a session that cannot take it leaves at once.
            followers = list(self._followers.get(stream, {}).items())
            for run, takers in self._push_runs(found, followers):
                pushed += run
                copies += len(run) * takers
        return Pushed(pushed, copies)

    def _push_runs(
        self, found: Sequence[Entry], followers: Sequence[tuple[Member, Standing]]
    ) -> Iterator[tuple[list[Entry], int]]:
        """Push the first runs. Nobody can read between them: more would drown healthy sessions."""
        room = self._push_bytes
        for run in runs(found):
            if room > 0:
                room -= sum(len(entry.body) for entry in run)
                if takers := _push_run(run, followers):
                    yield run, takers
            else:
                for member, standing in followers:
                    standing.miss(run[-1].epoch, run[-1].seq)
                    member.catch_up(run[-1].stream)


def _push_run(run: Sequence[Entry], followers: Iterable[tuple[Member, Standing]]) -> int:
    """Write a run to those who stand right before it; how many did."""
    stream, epoch, first, last = run[0].stream, run[0].epoch, run[0].seq, run[-1].seq
    name = wire_name(stream)
    frame = text_message(encode_events(name, epoch, live=True, bodies=[e.body for e in run]))
    takers = 0
    for member, standing in followers:
        if standing.offer(epoch, first, last):
            member.write(frame)
            takers += 1
        else:
            member.catch_up(stream)
    return takers


def runs(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """New events of one stream in frames: contiguous, 100 and 256 KiB at most, one at least."""
    run: list[Entry] = []
    size = 0
    for entry in entries:
        fits = len(run) < PAGE_EVENTS and size + len(entry.body) <= PAGE_BYTES
        if run and not (fits and entry.seq == run[-1].seq + 1 and entry.epoch == run[0].epoch):
            yield run
            run, size = [], 0
        run.append(entry)
        size += len(entry.body)
    if run:
        yield run


def _discard(index: dict[str, dict[Member, T]], key: str, member: Member) -> None:
    members = index.get(key)
    if members is not None:
        members.pop(member, None)
        if not members:
            del index[key]
