"""The ledger of a run: what publishers were answered, and what came to every device.

Entries are made at both ends, by each process for its own users, and merged; `judgement.py`
finds what does not agree. A bit per message is kept and no message, so that a long run fits.
"""

from collections.abc import Iterable
from typing import Self, TypeVar

import msgspec

from loadtests.bitset import MOST, Bitset
from loadtests.reading import Came, Reading
from loadtests.stamp import Stamp
from notifyctl.wire import INBOX

Page = TypeVar("Page")


class Published(msgspec.Struct, kw_only=True):
    """One publisher's messages to one address, numbered 1, 2, 3 ..., and their answers.

    A message without an answer is unknown: it may be stored or not. `is_in_order` says that the
    messages left one after the other; only then the order of their numbers is promised.
    """

    publisher: str
    to: str
    is_in_order: bool = True
    attempted: int = 0
    acks: Bitset = msgspec.field(default_factory=Bitset)
    refusals: Bitset = msgspec.field(default_factory=Bitset)
    retries: Bitset = msgspec.field(default_factory=Bitset)

    def attempt(self) -> int:
        """A message is about to leave; its number."""
        self.attempted += 1
        return self.attempted

    def acknowledged(self, seq: int) -> None:
        """The server promised that it is stored. Nothing that comes later takes that back."""
        self.acks.add(seq)

    def refused(self, seq: int) -> None:
        """The server said no to every attempt: it is not stored.

        A lost answer is no such thing, and neither is an error of the server's own: those leave
        the message unknown.
        """
        self.refusals.add(seq)

    def retried(self, seq: int) -> None:
        """It leaves once more, maybe after later ones: its place in the order is open."""
        self.retries.add(seq)


class Arrivals(msgspec.Struct, kw_only=True):
    """One publisher's messages to one address, as they came to one device."""

    highest: int = 0
    received: Bitset = msgspec.field(default_factory=Bitset)
    late: Bitset = msgspec.field(default_factory=Bitset)
    """Those that came after a later one, as their stream has them."""
    duplicated: int = 0
    first_duplicated: int = 0

    def take(self, seq: int, *, is_late: bool) -> bool:
        """A message came; whether for the first time. What its stream calls late is so but once."""
        if not self.received.add(seq):
            self.duplicated += 1
            self.first_duplicated = self.first_duplicated or seq
            return False
        if seq > self.highest:
            self.highest = seq
        elif not is_late:
            self.late.add(seq)
        return True


class Stray(msgspec.Struct, frozen=True):
    """A message that has no business where it came, or that nobody of this run has sent."""

    stream: str
    place: int
    stamp: Stamp | None


class Receiver(msgspec.Struct, kw_only=True):
    """A device, with all that came to it. It is told of the wire: repeats and gaps, too."""

    run: str
    user: str
    device: str
    follows: set[str]
    """The addresses whose messages it has to get: its user's inbox, and topics."""
    is_at_end: bool = False
    readings: dict[str, Reading] = {}
    arrivals: dict[str, dict[str, Arrivals]] = {}
    """By address and publisher."""
    unexpected: int = 0
    first_unexpected: Stray | None = None

    def follow(self, to: str) -> None:
        """The device has to get what is published there, from the first message on."""
        self.follows.add(to)

    def resumed(self, stream: str, epoch: str, after: int) -> None:
        """A connection reads the stream from behind this place, by the server's `welcome`."""
        reading = self.readings.get(stream)
        if reading is None:
            self.readings[stream] = Reading.begin(epoch, after)
        else:
            reading.resumed(epoch, after)

    def gap(self, stream: str, epoch: str, first: int, last: int) -> None:
        """The server said that a part of the stream cannot be delivered."""
        self._reading(stream, epoch, first - 1).gap(epoch, first, last)

    def passed(self, stream: str, epoch: str, place: int) -> None:
        """An event came that is no message, as when something was read: it only has a place."""
        self._reading(stream, epoch, place - 1).take(place)

    def received(self, stream: str, epoch: str, place: int, stamp: Stamp | None) -> bool:
        """A message came at a place of the stream; whether it is new and belongs here."""
        came = self._reading(stream, epoch, place - 1).take(place)
        if came is Came.AGAIN:
            return False
        to = self.user if stream == INBOX else stream
        if stamp is None or stamp.run != self.run or stamp.to != to or not 0 < stamp.seq <= MOST:
            self.unexpected += 1
            self.first_unexpected = self.first_unexpected or Stray(stream, place, stamp)
            return False
        try:
            arrivals = self.arrivals[to][stamp.publisher]
        except KeyError:
            arrivals = Arrivals()
            self.arrivals.setdefault(to, {})[stamp.publisher] = arrivals
        return arrivals.take(stamp.seq, is_late=came is Came.LATE)

    def finished(self) -> None:
        """The device came back and read to the end: what it has not got by now is lost."""
        self.is_at_end = True

    def _reading(self, stream: str, epoch: str, after: int) -> Reading:
        reading = self.readings.get(stream)
        if reading is None:
            reading = self.readings[stream] = Reading.begin(epoch, after)
        elif reading.epoch != epoch:
            reading.resumed(epoch, after)
        return reading


class Ledger(msgspec.Struct, kw_only=True):
    """All entries of a run, or of one process of it. As JSON it travels between them."""

    run: str
    published: dict[str, dict[str, Published]] = {}
    """By address and publisher."""
    receivers: dict[str, dict[str, Receiver]] = {}
    """By user and device."""

    def publisher(self, name: str, to: str, *, is_in_order: bool = True) -> Published:
        """The page of a publisher's messages to an address."""
        pages = self.published.setdefault(to, {})
        if name not in pages:
            pages[name] = Published(publisher=name, to=to, is_in_order=is_in_order)
        return pages[name]

    def receiver(self, user: str, device: str) -> Receiver:
        """The page of a device. Whoever has one has to get all messages to the user."""
        pages = self.receivers.setdefault(user, {})
        if device not in pages:
            pages[device] = Receiver(run=self.run, user=user, device=device, follows={user})
        return pages[device]

    def add(self, other: Self) -> None:
        """Take over another process's pages; a page is kept by one process alone."""
        if other.run != self.run:
            raise ValueError(f"the ledger of run {other.run} does not belong to run {self.run}")
        _gather(self.published, other.published)
        _gather(self.receivers, other.receivers)


def merged(run: str, ledgers: Iterable[Ledger]) -> Ledger:
    """The ledgers of all processes as one."""
    whole = Ledger(run=run)
    for ledger in ledgers:
        whole.add(ledger)
    return whole


def _gather(pages: dict[str, dict[str, Page]], others: dict[str, dict[str, Page]]) -> None:
    for owner, theirs in others.items():
        ours = pages.setdefault(owner, {})
        if both := sorted(ours.keys() & theirs.keys()):
            raise ValueError(f"two ledgers have a page of {owner} and {both[0]}")
        ours.update(theirs)
