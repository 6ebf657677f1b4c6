"""How a device reads one stream: each place once and in order, and every hole explained."""

from enum import Enum, auto

import msgspec

from loadtests.bitset import MOST, Bitset, lowest, up_to


class Came(Enum):
    """How an event came, by its place in the stream."""

    IN_ORDER = auto()
    LATE = auto()
    AGAIN = auto()


class Reading(msgspec.Struct, kw_only=True):
    """The places of a stream in the order in which they came, over any number of connections.

    `next` is what has to come now. A device that resumes is sent again what it did not
    acknowledge: such places are `replayed`, which is as it should be, and new to nobody.
    """

    epoch: str
    after: int
    """Where the reading began: what stands up to there is not read here."""
    next: int
    highest: int
    replayed: int = 0
    gaps: int = 0
    missed: int = 0
    """Places that gap frames told of: gone, and not silently."""
    epochs: int = 0
    """How often the history was replaced by another one."""
    duplicated: int = 0
    late: int = 0
    skipped: int = 0
    """Places of replaced histories that never came and were not explained."""
    places: Bitset = msgspec.field(default_factory=Bitset)
    first_duplicated: int = 0
    first_late: int = 0
    first_skipped: int = 0

    @classmethod
    def begin(cls, epoch: str, after: int) -> "Reading":
        """A device reads the stream for the first time, from behind this place."""
        return cls(epoch=epoch, after=after, next=after + 1, highest=after)

    def resumed(self, epoch: str, after: int) -> None:
        """A connection goes on behind this place, or behind what is known: a gap may follow."""
        if epoch != self.epoch:
            self._restart(epoch, after)
        self.next = min(after, self.highest) + 1

    def gap(self, epoch: str, first: int, last: int) -> None:
        """The server says that these places cannot be delivered any more."""
        self.gaps += 1
        if epoch != self.epoch:
            self._restart(epoch, first - 1)
        last = min(last, self.after + MOST)
        told = up_to(last - self.after) & ~up_to(max(first - self.after, 1) - 1)
        self.missed += self.places.update(told)

    def take(self, place: int) -> Came:
        """An event came at this place."""
        number = place - self.after
        if number > MOST:
            self.skipped += 1
            self.first_skipped = self.first_skipped or self.next
            return Came.IN_ORDER
        if number > 0 and self.places.add(number):
            if place > self.highest:
                self.highest = place
                self.next = place + 1
                return Came.IN_ORDER
            self.next = max(self.next, place + 1)
            self.late += 1
            self.first_late = self.first_late or place
            return Came.LATE
        if self.next <= place <= self.highest:
            self.next = place + 1
            self.replayed += 1
        else:
            self.duplicated += 1
            self.first_duplicated = self.first_duplicated or place
        return Came.AGAIN

    def holes(self) -> tuple[int, int]:
        """How many places were skipped without a word, and the first of them."""
        known = self.places.as_int()
        missing = up_to(known.bit_length() - 1) & ~known if known else 0
        first = self.first_skipped or (self.after + lowest(missing) if missing else 0)
        return self.skipped + missing.bit_count(), first

    def _restart(self, epoch: str, after: int) -> None:
        self.skipped, self.first_skipped = self.holes()
        self.epochs += 1
        self.epoch, self.after = epoch, after
        self.next, self.highest = after + 1, after
        self.places = Bitset()
