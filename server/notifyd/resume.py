"""Where a session starts in a stream: what it claims, what is stored, what is retained."""

from typing import Literal

import msgspec

from notifyctl.wire import Claim, Resume
from notifyd.stream import Position


class Hole(msgspec.Struct, frozen=True):
    """Events `first` to `last` that a session cannot be given, and why."""

    first: int
    last: int
    reason: Literal["retention", "epoch"]


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """A session starts right after `after`; the hole, if any, is told first."""

    after: int
    resume: Resume
    hole: Hole | None = None

    @property
    def acked(self) -> int:
        """How far the client is already. A hole counts once its `gap` was acknowledged.

        Otherwise the news of it could be lost with the connection, and never be told again.
        """
        return self.after if self.hole is None else self.hole.first - 1


def start(position: Position, *, claim: Claim | None, cursor: int | None, newcomer: int) -> Start:
    """Where a session starts.

    A claim of the stream's own epoch wins, then the device's cursor; `newcomer` is where a
    session with neither starts. A claim of another history, or of more than there is, means
    that history was lost: the session is told so and gets everything from its cursor on, or
    all that is retained. `after: 0` asks for all that is retained and misses nothing.
    """
    if claim is not None and claim.after == 0:
        return _from_first(position)
    if claim is not None and claim.after is not None and claim.epoch is not None:
        if claim.epoch == position.epoch and claim.after <= position.head:
            return _from_known(position, claim.after)
        after = _from_known(position, cursor).after if cursor else position.floor - 1
        return Start(after=after, resume="gap", hole=Hole(1, after, "epoch"))
    if cursor is not None:
        return _from_known(position, cursor)
    return Start(after=max(newcomer, position.floor - 1), resume="new")


def _from_first(position: Position) -> Start:
    after = position.floor - 1
    return Start(after=after, resume="replay" if after < position.head else "exact")


def _from_known(position: Position, after: int) -> Start:
    after = min(after, position.head)
    if after < position.floor - 1:
        hole = Hole(after + 1, position.floor - 1, "retention")
        return Start(after=position.floor - 1, resume="gap", hole=hole)
    return Start(after=after, resume="replay" if after < position.head else "exact")
