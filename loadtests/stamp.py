"""The stamp that a load message carries: whose it is, which number, and when it was due."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec

FIELD: Final = "x"
"""Where the stamp stands in a notification's `data`."""


class Message(NamedTuple):
    """One message of a run: the publisher's `seq`-th to this address, counted from 1.

    `to` is an address as publishers write it: a user, or `topic:<name>`.
    """

    publisher: str
    to: str
    seq: int

    def __str__(self) -> str:
        return f"#{self.seq} of {self.publisher} to {self.to}"


class Stamp(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What a message says of itself; one letter each on the wire.

    `due_us` is when it should have been published, on a clock that only runs forward, since the
    run began. `clock` names the machine whose clock that is: differences mean something only there.
    """

    run: str = msgspec.field(name="r")
    publisher: str = msgspec.field(name="w")
    to: str = msgspec.field(name="u")
    seq: int = msgspec.field(name="s")
    due_us: int = msgspec.field(name="d")
    clock: str = msgspec.field(name="c")

    @property
    def message(self) -> Message:
        """Which message it is."""
        return Message(self.publisher, self.to, self.seq)

    @property
    def key(self) -> str:
        """The key to publish it with, in each attempt. Every address has keys of its own."""
        return f"{self.run}-{self.publisher}-{self.seq}"

    def latency_us(self, now_us: int, clock: str) -> int | None:
        """The microseconds from when it was due until now; None by another machine's clock."""
        return now_us - self.due_us if clock == self.clock else None


class Stamped(msgspec.Struct, gc=False):
    """A notification's `data` as a receiver decodes it who looks for nothing but the stamp."""

    stamp: Stamp | None = msgspec.field(name=FIELD, default=None)


def data(stamp: Stamp) -> dict[str, Any]:
    """The `data` to publish a message with."""
    return {FIELD: msgspec.to_builtins(stamp)}


def stamp_in(data: Mapping[str, Any] | None) -> Stamp | None:
    """The stamp in a notification's `data`; None if somebody else published it."""
    try:
        return msgspec.convert(data or {}, Stamped).stamp
    except msgspec.ValidationError:
        return None  # Data of other people may have an `x`, too.
