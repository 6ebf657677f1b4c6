from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from notifyctl import wire
from notifyctl.wire import CloseCode
from notifyd.hub import Hub, runs
from notifyd.session import Session
from notifyd.stream import PAGE_BYTES, PAGE_EVENTS, Entry
from tests.support.sessions import ALICE, connected

INBOX = "inbox:alice"


class Spy:
    """A member that notes what happens to it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.frames: list[bytes] = []
        self.caught_up: list[str] = []
        self.ended: list[CloseCode] = []

    def write(self, message: bytes) -> None:
        self.frames.append(message)

    def catch_up(self, stream: str) -> None:
        self.caught_up.append(stream)

    def end(self, code: CloseCode, retry_ms: int | None = None) -> None:
        self.ended.append(code)

    @property
    def waiting_bytes(self) -> int:
        return 0

    def abort(self) -> None:
        raise AssertionError("the hub drops nobody")

    def go_away(self, seconds: float) -> None:
        raise AssertionError("the hub sends nobody away")


def entries(*seqs: int, stream: str = INBOX, body: bytes = b'{"seq":1}') -> list[Entry]:
    return [
        Entry(stream=stream, epoch="e", seq=seq, id=f"{stream}-{seq}", at=0.0, body=body)
        for seq in seqs
    ]


def member(hub: Hub, *, head: int = 0, device: str | None = None) -> Spy:
    spy = Spy(connected(head=head, device=device, cursor=head))
    assert hub.join(spy, ALICE)
    hub.follow(spy, INBOX)
    return spy


def test_everybody_who_stands_right_before_gets_the_same_bytes() -> None:
    hub = Hub(max_sessions_per_user=20)
    phone, laptop = member(hub), member(hub)

    pushed = hub.push(entries(1, 2))

    assert [entry.seq for entry in pushed.events] == [1, 2]
    assert pushed.copies == 4
    assert phone.frames[0] is laptop.frames[0]
    assert wire.encode_events("inbox", "e", live=True, bodies=[b'{"seq":1}'] * 2) in phone.frames[0]


def test_who_stands_elsewhere_reads_the_store() -> None:
    hub = Hub(max_sessions_per_user=20)
    behind, there = member(hub, head=0), member(hub, head=4)

    hub.push(entries(5))

    assert (behind.frames, behind.caught_up) == ([], [INBOX])
    assert (len(there.frames), there.caught_up) == (1, [])


def test_an_event_that_nobody_took_was_not_sent() -> None:
    hub = Hub(max_sessions_per_user=20)
    member(hub, head=0)

    assert hub.push(entries(5)) == ([], 0)
    assert hub.push(entries(1, stream="topic:nobody")) == ([], 0)


def test_a_member_that_left_gets_nothing() -> None:
    hub = Hub(max_sessions_per_user=20)
    gone = member(hub, device="phone")

    hub.leave(gone)
    hub.push(entries(1))

    assert gone.frames == []
    assert (hub.users, hub.members(), hub.followers(INBOX)) == (0, [], 0)


def test_a_user_has_only_so_many_sessions() -> None:
    hub = Hub(max_sessions_per_user=2)
    first = member(hub)
    member(hub)

    assert not hub.join(Spy(connected()), ALICE)
    hub.leave(first)
    assert hub.join(Spy(connected()), ALICE)


def test_the_newer_session_of_a_device_replaces_the_older_one() -> None:
    hub = Hub(max_sessions_per_user=20)
    older, newer = member(hub, device="phone"), member(hub, device="phone")

    assert hub.take_over(older, ALICE, "phone", 1)
    assert hub.take_over(newer, ALICE, "phone", 2)
    assert (older.ended, newer.ended) == ([CloseCode.REPLACED], [])


def test_the_store_counter_decides_which_session_is_newer() -> None:
    hub = Hub(max_sessions_per_user=20)
    older, newer = member(hub, device="phone"), member(hub, device="phone")

    assert hub.take_over(newer, ALICE, "phone", 2)
    assert not hub.take_over(older, ALICE, "phone", 1)
    assert newer.ended == []


def test_an_older_session_that_leaves_does_not_give_its_device_up_for_the_newer_one() -> None:
    hub = Hub(max_sessions_per_user=20)
    older, newer = member(hub, device="phone"), member(hub, device="phone")
    hub.take_over(older, ALICE, "phone", 1)
    hub.take_over(newer, ALICE, "phone", 2)

    hub.leave(older)

    assert not hub.take_over(Spy(connected()), ALICE, "phone", 1)


@given(
    seqs=st.lists(st.integers(1, 400), unique=True, max_size=300).map(sorted),
    size=st.integers(1, PAGE_BYTES * 2),
)
def test_runs_lose_nothing_and_stay_within_bounds(seqs: Sequence[int], size: int) -> None:
    found = list(runs(entries(*seqs, body=b"x" * size)))

    assert [entry.seq for run in found for entry in run] == seqs
    for run in found:
        assert [entry.seq for entry in run] == list(range(run[0].seq, run[0].seq + len(run)))
        assert len(run) == 1 or len(run) * size <= PAGE_BYTES
        assert len(run) <= PAGE_EVENTS


def test_of_a_huge_commit_only_the_beginning_is_pushed_and_the_rest_is_read() -> None:
    hub = Hub(max_sessions_per_user=20, push_bytes=PAGE_BYTES)
    healthy = member(hub)

    hub.push(entries(*range(1, 1001), body=b"x" * 2000))

    assert len(b"".join(healthy.frames)) < 2 * PAGE_BYTES
    assert set(healthy.caught_up) == {INBOX}
    assert healthy.session.standings[INBOX].head == 1000


def test_a_session_that_its_own_device_replaces_does_not_count_as_one_too_many() -> None:
    hub = Hub(max_sessions_per_user=1)
    older, newer = Spy(connected(device="phone")), Spy(connected(device="phone"))
    assert hub.join(older, ALICE, "phone")
    hub.take_over(older, ALICE, "phone", 1)

    assert not hub.join(Spy(connected(device="laptop")), ALICE, "laptop")
    assert hub.join(newer, ALICE, "phone")
