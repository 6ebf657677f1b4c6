"""The client's session against the server's, with a log between them and frames in flight.

Both are the real ones. What lies between is a model: a stream that grows, loses its oldest
events and its whole history; a store that answers late; a wire that delays everything and
breaks at any moment, with all that is on it.
"""

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from notifyctl import wire
from notifyctl.client.session import Item, Received
from notifyctl.client.session import Session as ClientSession
from notifyctl.wire import Claim, Gap, StreamState, Welcome
from notifyd import effects as ask
from notifyd.session import Session, State
from notifyd.stream import Attachment, Cursor, Page, Position, inbox_of
from tests.support.frames import notification
from tests.support.sessions import ALICE, WALL, session, token

INBOX = inbox_of(ALICE)
DEVICE = "phone"
TOKEN = token()
PAGE = 2


class Log:
    """The stream and the device's cursor, as a store keeps them."""

    def __init__(self) -> None:
        self.histories = 0
        # By epoch: where the device began, when nothing of it was known.
        self.starts: dict[str, int] = {}
        self.begin_history()

    def begin_history(self) -> None:
        """All that was known is lost, cursors included."""
        self.histories += 1
        self.epoch = f"e{self.histories}"
        self.head, self.floor = 0, 1
        self.cursor: int | None = None

    @property
    def position(self) -> Position:
        return Position(epoch=self.epoch, head=self.head, floor=self.floor)

    def attachment(self) -> Attachment:
        return Attachment(
            generation=1,
            cursors={} if self.cursor is None else {INBOX: self.cursor},
            positions={INBOX: self.position},
            acknowledged=self.cursor or 0,
            unread=0,
        )

    def page(self, after: int) -> Page:
        first = max(after + 1, self.floor)
        last = max(first - 1, min(self.head, first + PAGE - 1))
        return Page(position=self.position, first=first, last=last, bodies=bodies(first, last))

    def advance(self, cursor: Cursor) -> None:
        if cursor.epoch == self.epoch and cursor.seq <= self.head:
            self.cursor = max(self.cursor or 0, cursor.seq)


def bodies(first: int, last: int) -> list[bytes]:
    return [wire.encode(notification(seq)) for seq in range(first, last + 1)]


class Connection:
    """The server's side of one connection, and everything that is under way on it.

    Each step does one thing that was only a matter of time; any order of them can happen.
    """

    def __init__(self, log: Log, hello: wire.Hello) -> None:
        self.session: Session = session()
        self.to_server: list[bytes] = [wire.encode(hello)]
        self.to_client: list[bytes] = []
        self._log = log
        self._is_attaching = False
        self._attachment: Attachment | None = None
        self._loads: list[ask.Load] = []
        self._page: tuple[ask.Load, Page] | None = None
        self._cursors: list[Cursor] = []

    def steps(self) -> list[Callable[[], None]]:
        """What can happen next on the server."""
        possible = {
            self._look_up: self._is_attaching,
            self._welcome: self._attachment is not None,
            self._read_page: self._loads and self._page is None,
            self._send_page: self._page is not None,
            self._receive: self.to_server and self.session.state is not State.ATTACHING,
            self.store_cursors: self._cursors,
        }
        return [step for step, is_possible in possible.items() if is_possible]

    def push(self, epoch: str, first: int, last: int) -> None:
        """Events were committed: the hub offers them to the session."""
        standing = self.session.standings.get(INBOX)
        if standing is not None and standing.offer(epoch, first, last):
            events = wire.encode_events("inbox", epoch, live=True, bodies=bodies(first, last))
            self.to_client.append(events)
        else:
            self._perform(self.session.catch_up(INBOX))

    def store_cursors(self) -> None:
        """What the server understood of acks and claims is stored."""
        for cursor in self._cursors:
            self._log.advance(cursor)
        self._cursors.clear()

    def _look_up(self) -> None:
        self._is_attaching = False
        self._attachment = self._log.attachment()

    def _welcome(self) -> None:
        assert self._attachment is not None
        attachment, self._attachment = self._attachment, None
        for cursor in self.session.newcomer(attachment):
            self._log.starts.setdefault(cursor.epoch, cursor.seq)
            self._log.advance(cursor)
        self._perform(self.session.attached(attachment, WALL))

    def _read_page(self) -> None:
        load = self._loads.pop(0)
        self._page = load, self._log.page(load.after)

    def _send_page(self) -> None:
        assert self._page is not None
        (load, page), self._page = self._page, None
        self._perform(self.session.loaded(load.stream, load.after, page))

    def _receive(self) -> None:
        frame = wire.decode_client(self.to_server.pop(0))
        self._perform(self.session.receive(frame, WALL))

    def _perform(self, effects: list[ask.Effect]) -> None:
        for effect in effects:
            match effect:
                case ask.Send(frame):
                    self.to_client.append(wire.encode(frame))
                case ask.SendPage(name, epoch, live, page):
                    self.to_client.append(wire.encode_events(name, epoch, live=live, bodies=page))
                case ask.Attach():
                    self._is_attaching = True
                case ask.Load():
                    self._loads.append(effect)
                case ask.Advance(cursor):
                    self._cursors.append(cursor)
                case _:
                    raise AssertionError(f"the server wants {effect}")


class Seam(RuleBasedStateMachine):
    """One device of one user, whatever happens to it."""

    def __init__(self) -> None:
        super().__init__()
        self.log = Log()
        self.connection: Connection | None = None
        self.client = new_client({})
        self.claim = Claim()
        self.unhandled: list[Item] = []
        # By epoch: how far items were given to the application, and how far it handled them.
        self.given_to: dict[str, int] = {}
        self.handled_to: dict[str, int] = {}
        # Epochs in which a restarted program may be given some events again.
        self.repeats: set[str] = set()

    # What happens to the stream, the connection and the program

    @rule(count=st.integers(1, 3))
    def publish(self, count: int) -> None:
        first = self.log.head + 1
        self.log.head += count
        if self.connection is not None:
            self.connection.push(self.log.epoch, first, self.log.head)

    @rule(kept=st.integers(0, 3))
    def retain(self, kept: int) -> None:
        self.log.floor = max(self.log.floor, self.log.head + 1 - kept)

    @precondition(lambda self: self.connection is None)
    @rule()
    def lose_history(self) -> None:
        """The server starts again on a store that knows nothing."""
        self.log.begin_history()

    @precondition(lambda self: self.connection is None)
    @rule()
    def connect(self) -> None:
        self.client.connect()
        hello = self.client.hello(TOKEN, WALL)
        self.claim = hello.streams["inbox"]
        if self.claim.epoch is not None and self.claim.after is not None:
            # A claim counts as an ack: it says no more than the application did.
            assert self.claim.after <= self.stands_at(self.claim.epoch)
        self.connection = Connection(self.log, hello)

    @precondition(lambda self: self.connection is not None)
    @rule(are_cursors_stored=st.booleans())
    def break_off(self, are_cursors_stored: bool) -> None:
        """All that is under way is lost; what the server had understood may still be stored."""
        assert self.connection is not None
        if are_cursors_stored:
            self.connection.store_cursors()
        self.connection = None
        self.client.closed(1006, "", WALL)

    @precondition(lambda self: self.connection is None)
    @rule(has_positions=st.booleans())
    def restart(self, has_positions: bool) -> None:
        """The program starts again, from its own positions or from what the server remembers."""
        positions = self.client.positions() if has_positions else {}
        self.client = new_client(positions)
        self.unhandled.clear()
        kept = {claim.epoch: claim.after or 0 for claim in positions.values()}
        self.given_to = {epoch: kept.get(epoch, self.stands_at(epoch)) for epoch in self.given_to}
        self.repeats = self.given_to.keys() - kept.keys()

    @precondition(lambda self: self.steps())
    @rule(picks=st.lists(st.integers(0, 6), min_size=1, max_size=5))
    def go_on(self, picks: list[int]) -> None:
        """Some of what is under way happens, in any order."""
        for pick in picks:
            if steps := self.steps():
                steps[pick % len(steps)]()

    @precondition(lambda self: self.connection is not None)
    @rule()
    def settle(self) -> None:
        """All that is under way happens, and then the client has everything."""
        assert self.connection is not None
        while steps := self.steps():
            steps[0]()
        assert self.given_to.get(self.log.epoch, 0) == self.log.head

    def steps(self) -> list[Callable[[], None]]:
        """What can happen next."""
        steps = self.connection.steps() if self.connection else []
        if self.connection and self.connection.to_client:
            steps.append(self.receive)
        if self.unhandled:
            steps.append(self.handle)
        return steps

    def receive(self) -> None:
        """A frame arrives at the client."""
        assert self.connection is not None
        frame = wire.decode_server(self.connection.to_client.pop(0))
        assert frame is not None
        assert not isinstance(frame, wire.Error)
        if isinstance(frame, Welcome):
            self.note_start(frame.streams["inbox"])
        for item in self.client.receive(frame, WALL):
            self.check(item)
            self.given_to[item.epoch] = last_of(item)
            self.unhandled.append(item)
        self.acknowledge()

    def handle(self) -> None:
        """The application is done with an item."""
        item = self.unhandled.pop(0)
        self.client.handled(item)
        self.handled_to[item.epoch] = last_of(item)
        if self.connection is not None:
            self.acknowledge()

    def acknowledge(self) -> None:
        assert self.connection is not None
        for ack in self.client.acks():
            assert ack.seq <= self.stands_at(ack.epoch)
            self.connection.to_server.append(wire.encode(ack))

    # What must hold

    def check(self, item: Item) -> None:
        """Every item stands exactly where the one before it in its history ended."""
        before = self.given_to.get(item.epoch)
        if isinstance(item, Gap) and item.reason == "epoch":
            assert before is None
        elif before is None or item.epoch in self.repeats:
            # Without a position of its own, the client trusts the one that the server keeps.
            assert not self.claim.after
            assert first_of(item) <= self.stands_at(item.epoch) + 1
        else:
            assert first_of(item) == before + 1
        self.repeats.discard(item.epoch)

    def note_start(self, state: StreamState) -> None:
        """A client without a position is told where it starts: after nothing it has not seen."""
        if state.resume == "gap":
            return  # The gap says it.
        if state.epoch in self.repeats:
            assert state.after <= self.stands_at(state.epoch)
            self.repeats.discard(state.epoch)
            self.given_to[state.epoch] = state.after
        elif state.epoch not in self.given_to:
            self.log.starts[state.epoch] = self.given_to[state.epoch] = state.after

    def stands_at(self, epoch: str) -> int:
        """How far the application is in a history."""
        return max(self.handled_to.get(epoch, 0), self.log.starts.get(epoch, 0))

    def teardown(self) -> None:
        """In the end the device catches up, whatever happened to it."""
        if self.connection is not None:
            self.break_off(are_cursors_stored=True)
        self.connect()
        self.publish(count=1)
        self.settle()
        assert self.log.cursor == self.log.head


def new_client(start: dict[str, Claim]) -> ClientSession:
    return ClientSession(
        device=DEVICE, topics=[], start=start, jitter=lambda low, _high: low, renewable=False
    )


def first_of(item: Item) -> int:
    return item.event.seq if isinstance(item, Received) else item.first


def last_of(item: Item) -> int:
    return item.event.seq if isinstance(item, Received) else item.last


Seam.TestCase.settings = settings(max_examples=250, stateful_step_count=40, deadline=None)
test_a_device_misses_nothing_and_gets_nothing_twice_whatever_breaks = Seam.TestCase
