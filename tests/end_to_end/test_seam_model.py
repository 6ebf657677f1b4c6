"""The client's session against the server's, with a log between them and frames in flight.

Both are the real ones. What lies between is a model: a stream that grows, loses its oldest
events and its whole history; a store that answers late; a wire that delays everything and
breaks at any moment, with all that is on it.
"""

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
        last = min(self.head, first + PAGE - 1)
        bodies = [body(seq) for seq in range(first, last + 1)]
        return Page(
            position=self.position, first=first, last=first + len(bodies) - 1, bodies=bodies
        )

    def advance(self, cursor: Cursor) -> None:
        if cursor.epoch == self.epoch and cursor.seq <= self.head:
            self.cursor = max(self.cursor or 0, cursor.seq)


def body(seq: int) -> bytes:
    return wire.encode(notification(seq))


class Connection:
    """One connection: the server's session, and everything that is under way."""

    def __init__(self) -> None:
        self.session: Session = session()
        self.to_server: list[bytes] = []
        self.to_client: list[bytes] = []
        self.is_attaching = False
        self.attachment: Attachment | None = None
        self.loads: list[ask.Load] = []
        self.page: tuple[ask.Load, Page] | None = None
        self.cursors: list[Cursor] = []

    def perform(self, effects: list[ask.Effect]) -> None:
        """What `ws.py` does, except that the store and the wire take their time."""
        for effect in effects:
            match effect:
                case ask.Send(frame):
                    self.to_client.append(wire.encode(frame))
                case ask.SendPage(name, epoch, live, bodies):
                    page = wire.encode_events(name, epoch, live=live, bodies=bodies)
                    self.to_client.append(page)
                case ask.Attach():
                    self.is_attaching = True
                case ask.Load():
                    self.loads.append(effect)
                case ask.Advance(cursor):
                    self.cursors.append(cursor)
                case _:
                    raise AssertionError(f"the server wants {effect}")

    def push(self, epoch: str, first: int, last: int) -> None:
        """Events were committed: the hub offers them to the session."""
        if self.session.offer(INBOX, epoch, first, last):
            bodies = [body(seq) for seq in range(first, last + 1)]
            self.to_client.append(wire.encode_events("inbox", epoch, live=True, bodies=bodies))
        else:
            self.perform(self.session.catch_up(INBOX))


class Seam(RuleBasedStateMachine):
    """One device of one user, whatever happens to it."""

    def __init__(self) -> None:
        super().__init__()
        self.log = Log()
        self.connection: Connection | None = None
        self.client = new_client({})
        self.claim = Claim()
        self.unhandled: list[Item] = []
        # By epoch: where the client started, and how far items were given and handled.
        self.starts: dict[str, int] = {}
        self.given_to: dict[str, int] = {}
        self.handled_to: dict[str, int] = {}
        # Epochs in which a restarted program may be given some events again.
        self.repeats: set[str] = set()

    # The stream

    @rule(count=st.integers(1, 3))
    def publish(self, count: int) -> None:
        first = self.log.head + 1
        self.log.head += count
        if self.connection is not None:
            self.connection.push(self.log.epoch, first, self.log.head)

    @rule(kept=st.integers(0, 3))
    def retain(self, kept: int) -> None:
        self.log.floor = max(self.log.floor, self.log.head + 1 - kept)

    @rule()
    def lose_history(self) -> None:
        self.log.begin_history()

    # The connection

    @precondition(lambda self: self.connection is None)
    @rule()
    def connect(self) -> None:
        self.connection = Connection()
        self.client.connect()
        hello = self.client.hello(TOKEN, WALL)
        self.claim = hello.streams["inbox"]
        self.check_claim(self.claim)
        self.connection.to_server.append(wire.encode(hello))

    @precondition(lambda self: self.connection is not None)
    @rule(cursors_stored=st.booleans())
    def break_off(self, cursors_stored: bool) -> None:
        """All that is under way is lost; what the server had understood may still be stored."""
        assert self.connection is not None
        if cursors_stored:
            self.store_cursors()
        self.connection.session.lost()
        self.connection = None
        self.client.closed(1006, "", WALL)

    @precondition(lambda self: self.connection and self.connection.to_server)
    @rule()
    def server_reads(self) -> None:
        assert self.connection is not None
        if self.connection.session.state is State.ATTACHING:
            return
        frame = wire.decode_client(self.connection.to_server.pop(0))
        effects = self.connection.session.receive(frame, WALL)
        if isinstance(frame, wire.Ack) and any(isinstance(effect, ask.Send) for effect in effects):
            # Refused, which is right only when the stream's history was replaced meanwhile.
            assert frame.epoch != self.connection.session.standings[INBOX].epoch
            return
        self.connection.perform(effects)

    # The store

    @precondition(lambda self: self.connection and self.connection.is_attaching)
    @rule()
    def store_looks_up(self) -> None:
        assert self.connection is not None
        self.connection.is_attaching = False
        self.connection.attachment = self.log.attachment()

    @precondition(lambda self: self.connection and self.connection.attachment)
    @rule()
    def server_welcomes(self) -> None:
        assert self.connection is not None
        attachment, self.connection.attachment = self.connection.attachment, None
        assert attachment is not None
        for cursor in self.connection.session.newcomer(attachment):
            floor = attachment.positions[INBOX].floor
            assert cursor.seq <= max(self.stands_at(cursor.epoch), floor - 1)
            self.starts.setdefault(cursor.epoch, cursor.seq)
            self.log.advance(cursor)
        self.connection.perform(self.connection.session.attached(attachment, WALL))

    @precondition(
        lambda self: self.connection and self.connection.loads and not self.connection.page
    )
    @rule()
    def store_reads(self) -> None:
        assert self.connection is not None
        load = self.connection.loads.pop(0)
        self.connection.page = load, self.log.page(load.after)

    @precondition(lambda self: self.connection and self.connection.page)
    @rule()
    def server_sends_page(self) -> None:
        assert self.connection is not None
        assert self.connection.page is not None
        (load, page), self.connection.page = self.connection.page, None
        self.connection.perform(self.connection.session.loaded(load.stream, load.after, page))

    @precondition(lambda self: self.connection and self.connection.cursors)
    @rule()
    def store_cursors(self) -> None:
        assert self.connection is not None
        for cursor in self.connection.cursors:
            self.log.advance(cursor)
        self.connection.cursors.clear()

    # The client

    @precondition(lambda self: self.connection and self.connection.to_client)
    @rule(count=st.integers(1, 3))
    def client_reads(self, count: int) -> None:
        assert self.connection is not None
        for _ in range(min(count, len(self.connection.to_client))):
            frame = wire.decode_server(self.connection.to_client.pop(0))
            assert frame is not None
            assert not isinstance(frame, wire.Error)
            if isinstance(frame, Welcome):
                self.note_start(frame.streams["inbox"])
            for item in self.client.receive(frame, WALL):
                self.give(item)

    @precondition(lambda self: self.unhandled)
    @rule()
    def handle(self) -> None:
        item = self.unhandled.pop(0)
        self.client.handled(item)
        self.handled_to[item.epoch] = last_of(item)

    @precondition(lambda self: self.connection is not None)
    @rule()
    def acknowledge(self) -> None:
        assert self.connection is not None
        for ack in self.client.acks():
            assert ack.seq <= self.stands_at(ack.epoch)
            self.connection.to_server.append(wire.encode(ack))

    @precondition(lambda self: self.connection is None)
    @rule(with_positions=st.booleans())
    def restart(self, with_positions: bool) -> None:
        """The program starts again, from its own positions or from what the server remembers."""
        positions = self.client.positions() if with_positions else {}
        self.client = new_client(positions)
        self.unhandled.clear()
        self.given_to = {epoch: self.stands_at(epoch) for epoch in self.given_to}
        self.repeats = self.given_to.keys() - {claim.epoch for claim in positions.values()}

    # What must hold

    def check_claim(self, claim: Claim) -> None:
        """A claim counts as an ack: it says no more than the application did."""
        if claim.after is not None and claim.epoch is not None:
            assert claim.after <= self.stands_at(claim.epoch)

    def note_start(self, state: StreamState) -> None:
        """A client that had no position, or had handled nothing, is told where it starts."""
        if state.resume != "gap" and state.epoch not in self.given_to:
            self.starts[state.epoch] = self.given_to[state.epoch] = state.after

    def give(self, item: Item) -> None:
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
        self.given_to[item.epoch] = last_of(item)
        self.unhandled.append(item)

    def stands_at(self, epoch: str) -> int:
        """How far the application is in a history."""
        return max(self.handled_to.get(epoch, 0), self.starts.get(epoch, 0))

    def teardown(self) -> None:
        """In the end the device catches up, whatever happened to it."""
        if self.connection is not None:
            self.break_off(cursors_stored=True)
        self.connect()
        self.publish(count=1)
        while self.step():
            pass
        assert self.given_to[self.log.epoch] == self.log.head
        assert self.log.cursor == self.log.head

    def step(self) -> bool:
        """Let everything that is under way arrive; whether there was anything."""
        connection = self.connection
        assert connection is not None
        if connection.is_attaching:
            self.store_looks_up()
        elif connection.attachment is not None:
            self.server_welcomes()
        elif connection.page is not None:
            self.server_sends_page()
        elif connection.loads:
            self.store_reads()
        elif connection.to_client:
            self.client_reads(count=1)
        elif self.unhandled:
            self.handle()
            self.acknowledge()
        elif connection.to_server:
            self.server_reads()
        elif connection.cursors:
            self.store_cursors()
        else:
            return False
        return True


def new_client(start: dict[str, Claim]) -> ClientSession:
    return ClientSession(
        device=DEVICE, topics=[], start=start, jitter=lambda low, _high: low, renewable=False
    )


def first_of(item: Item) -> int:
    return item.event.seq if isinstance(item, Received) else item.first


def last_of(item: Item) -> int:
    return item.event.seq if isinstance(item, Received) else item.last


Seam.TestCase.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
test_a_device_misses_nothing_and_gets_nothing_twice_whatever_breaks = Seam.TestCase
