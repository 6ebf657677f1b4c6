"""Where a client stands in one stream: what it was given, what it handled, what it acknowledged."""

from collections.abc import Sequence

import msgspec

from notifyctl.wire import AnyEvent, Claim, Gap


class Standing:
    """A client's place in one stream. Outlives connections; `begin` starts the next one.

    `seen` is the last event given to the application, `handled` the last one that it is done
    with, `received` the last one that came over this connection, `acked` the last one
    acknowledged over it. `epoch` is None until the server has named it.
    """

    __slots__ = ("acked", "epoch", "handled", "received", "seen")

    def __init__(self, epoch: str | None, after: int) -> None:
        self.epoch = epoch
        self.seen = self.handled = self.received = self.acked = after

    @property
    def claim(self) -> Claim:
        """What the client says it has: only what was handled, for a claim counts as an ack."""
        return Claim(epoch=self.epoch, after=self.handled)

    def begin(self) -> None:
        """A new connection: nothing came over it yet, and its `hello` said what was handled."""
        self.received = self.acked = self.handled

    def take(self, events: Sequence[AnyEvent]) -> list[AnyEvent]:
        """The events that the application has not seen, in their order."""
        fresh = [event for event in events if event.seq > self.seen]
        if events:
            self.received = max(self.received, events[-1].seq)
            self.seen = max(self.seen, events[-1].seq)
        return fresh

    def miss(self, gap: Gap) -> Gap | None:
        """The part of a gap that the application has not seen or been told of."""
        first = max(gap.first, self.seen + 1)
        self.received = max(self.received, gap.last)
        if first > gap.last:
            return None
        self.seen = gap.last
        return msgspec.structs.replace(gap, first=first)

    def handle(self, seq: int) -> None:
        """The application is done with everything up to `seq`, of what it was given."""
        self.handled = max(self.handled, min(seq, self.seen))

    def ack(self) -> int | None:
        """How far to acknowledge now; None if that was said already.

        After coming back, more may be handled than this connection has carried. The server
        takes no ack for what it has not sent in this session, so that waits for its repeat.
        """
        seq = min(self.handled, self.received)
        if seq <= self.acked:
            return None
        self.acked = seq
        return seq
