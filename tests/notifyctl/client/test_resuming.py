"""A client's session through any number of broken connections, against a model of a server."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from notifyctl.client.session import Item, Received, Session
from notifyctl.wire import Claim, Events, Gap, StreamState, Welcome
from tests.support.frames import events, gap, stream_state, welcome

NOW = 1_800_000_000.0


class Server:
    """A stream as a server keeps it: retention takes the oldest, a new epoch takes all."""

    def __init__(self) -> None:
        self.epoch = 1
        self.head = 0
        self.floor = 1
        self.cursor: int | None = None

    def forget(self) -> None:
        self.epoch += 1
        self.head, self.floor, self.cursor = 0, 1, None

    def resume(self, claim: Claim) -> tuple[StreamState, list[Gap], int]:
        """What a session is welcomed with, told of, and where it starts."""
        after = self.cursor or 0
        lost: list[Gap] = []
        if claim.after is not None and claim.epoch is not None:
            if claim.after > 0 and claim.epoch != self.name():
                after = self.floor - 1
                lost = [self.lost(1, after, epoch=True)]
            else:
                after = claim.after
        if after < self.floor - 1:
            if after > 0:
                lost = [self.lost(after + 1, self.floor - 1)]
            after = self.floor - 1
        state = stream_state(
            after, head=self.head, epoch=self.name(), resume="gap" if lost else "replay"
        )
        return state, lost, after

    def name(self) -> str:
        return f"e{self.epoch}"

    def lost(self, first: int, last: int, *, epoch: bool = False) -> Gap:
        return gap(first, last, epoch=self.name(), reason="epoch" if epoch else "retention")


class Conversations(RuleBasedStateMachine):
    """One client and one stream, through any number of broken connections."""

    def __init__(self) -> None:
        super().__init__()
        self.server = Server()
        self.session = Session(
            device="phone", topics=[], start={}, jitter=lambda low, _high: low, renewable=False
        )
        self.wire: list[Welcome | Gap | Events] = []
        self.sent = 0
        self.connected = False
        self.given: list[Item] = []
        self.handled = 0
        self.given_to: dict[str, int] = {}
        self.starts: dict[str, int] = {}
        self.owed: set[str] = set()

    @rule(count=st.integers(1, 3))
    def publish(self, count: int) -> None:
        self.server.head += count

    @rule(kept=st.integers(0, 3))
    def retain(self, kept: int) -> None:
        self.server.floor = max(self.server.floor, self.server.head + 1 - kept)

    @precondition(lambda self: not self.connected)
    @rule()
    def lose_history(self) -> None:
        self.server.forget()

    @precondition(lambda self: not self.connected)
    @rule()
    def connect(self) -> None:
        self.session.connect()
        claim = self.session.hello("token", NOW).streams["inbox"]
        if claim.after is not None and claim.epoch is not None:
            # A claim counts as an ack: it says no more than the application did.
            assert claim.after <= max(self.handled_to(claim.epoch), self.starts[claim.epoch])
            if claim.after > 0 and claim.epoch != self.server.name():
                self.owed.add(self.server.name())
        state, lost, self.sent = self.server.resume(claim)
        self.wire = [welcome(state), *lost]
        self.connected = True

    @precondition(lambda self: self.connected)
    @rule(count=st.integers(1, 3), repeats=st.integers(0, 2))
    def send(self, count: int, repeats: int) -> None:
        """The next events go out, perhaps together with some that went out before."""
        if self.sent < self.server.floor - 1:
            self.wire.append(self.server.lost(self.sent + 1, self.server.floor - 1))
            self.sent = self.server.floor - 1
        last = min(self.server.head, self.sent + count)
        if last > self.sent:
            first = max(self.server.floor, self.sent + 1 - repeats)
            self.wire.append(events(*range(first, last + 1), epoch=self.server.name()))
            self.sent = last

    @precondition(lambda self: self.wire)
    @rule(count=st.integers(1, 4))
    def arrive(self, count: int) -> None:
        for frame in self.wire[:count]:
            if isinstance(frame, Gap) and frame.reason == "epoch":
                self.starts[frame.epoch] = 0
            elif isinstance(frame, Welcome) and frame.streams["inbox"].resume != "gap":
                state = frame.streams["inbox"]
                self.starts.setdefault(state.epoch, state.after)
            for item in self.session.receive(frame, NOW):
                self.check(item)
                self.given.append(item)
        del self.wire[:count]

    @precondition(lambda self: self.handled < len(self.given))
    @rule()
    def handle(self) -> None:
        self.session.handled(self.given[self.handled])
        self.handled += 1

    @precondition(lambda self: self.connected)
    @rule()
    def acknowledge(self) -> None:
        for ack in self.session.acks():
            assert ack.epoch == self.server.name()
            assert ack.seq <= self.sent
            assert ack.seq <= self.handled_to(ack.epoch)
            self.server.cursor = max(self.server.cursor or 0, ack.seq)

    @precondition(lambda self: self.connected)
    @rule()
    def break_off(self) -> None:
        self.wire.clear()
        self.connected = False
        self.session.closed(1006, "", NOW)

    def check(self, item: Item) -> None:
        """Every item stands exactly where the one before it in its epoch ended."""
        before = self.given_to.get(item.epoch)
        if before is None and item.epoch in self.owed:
            assert isinstance(item, Gap)  # History was lost, and the application is told.
        if isinstance(item, Received):
            assert before is None or item.event.seq == before + 1
            self.given_to[item.epoch] = item.event.seq
        else:
            assert before is None or item.first == before + 1
            self.given_to[item.epoch] = item.last

    def handled_to(self, epoch: str) -> int:
        """How far the application is in this epoch."""
        return max(
            (
                item.event.seq if isinstance(item, Received) else item.last
                for item in self.given[: self.handled]
                if item.epoch == epoch
            ),
            default=0,
        )

    def teardown(self) -> None:
        """In the end the client catches up, whatever happened to it."""
        if self.connected:
            self.break_off()
        self.publish(count=1)
        self.connect()
        self.send(count=10**6, repeats=0)
        self.arrive(count=10**6)
        assert self.given_to.get(self.server.name()) == self.server.head


Conversations.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
test_each_event_is_seen_once_and_in_order_whatever_breaks = Conversations.TestCase
