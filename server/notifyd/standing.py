"""A session's place in one stream: what it was sent, what it acknowledged, what is to come."""

from notifyctl.wire import Claim, Gap
from notifyd.resume import Hole, Start
from notifyd.stream import Page, Position


class Standing:
    """Where a session stands in a stream, called `name` on the wire.

    `claim` is where the client says it stands. `sent` is the last event written to the
    socket, `acked` the last one acknowledged, `head` the newest one known to exist. While
    `replaying`, pages come from the store; afterwards events are pushed as they are
    committed. That switch is the seam: it happens within one turn of the event loop, so
    that nothing is skipped and nothing is repeated.
    """

    __slots__ = ("acked", "claim", "epoch", "head", "is_replaced", "name", "replaying", "sent")

    def __init__(self, name: str, claim: Claim) -> None:
        self.name = name
        self.claim = claim
        self.epoch = ""
        self.sent = 0
        self.acked = 0
        self.head = 0
        self.is_replaced = False
        # Until `begin` knows the position, pushes only raise `head`.
        self.replaying = True

    def begin(self, position: Position, start: Start) -> None:
        """Stand right after the start; whatever is newer comes as replay."""
        self.epoch = position.epoch
        self.sent, self.acked = start.after, start.acked
        self.head = max(self.head, position.head)
        self.replaying = self.sent < self.head

    def offer(self, epoch: str, first: int, last: int) -> bool:
        """Take events pushed from memory, if they are exactly the next ones."""
        if not self.replaying and self.sent == first - 1 and self.epoch == epoch:
            self.sent = self.head = last
            return True
        self.miss(epoch, last)
        return False

    def miss(self, epoch: str, last: int) -> None:
        """Events up to `last` exist that were not taken; of another history it misses all."""
        self.is_replaced = self.epoch not in ("", epoch)
        self.head = max(self.head, last)

    def fell_behind(self) -> bool:
        """Whether a push was not the next one, so that the store must be asked; true once."""
        if self.replaying or (self.sent >= self.head and not self.is_replaced):
            return False
        self.replaying = True
        return True

    def gap(self, hole: Hole) -> Gap:
        """The frame that tells of a hole in this stream."""
        return Gap(
            stream=self.name,
            epoch=self.epoch,
            first=hole.first,
            last=hole.last,
            reason=hole.reason,
        )

    def turn(self, page: Page) -> Hole | None:
        """Go on past a page. The hole before it, if there is one, must be told first."""
        position = page.position
        if position.epoch != self.epoch:
            # The stream's history was replaced under this session: it starts anew.
            self.epoch = position.epoch
            self.sent = self.acked = position.floor - 1
            self.head = position.head
            self.is_replaced = False
            self.replaying = self.sent < self.head
            return Hole(1, self.sent, "epoch")
        self.is_replaced = False
        before = page.first - 1 if page.bodies else max(self.sent, position.floor - 1)
        hole = Hole(self.sent + 1, before, "retention") if before > self.sent else None
        self.sent = page.last if page.bodies else before
        self.head = max(self.head, position.head)
        self.replaying = self.sent < self.head
        return hole
