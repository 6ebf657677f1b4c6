"""What the run orders its processes to do, and what they report: a JSON text each."""

from typing import TypeAlias

import msgspec

from loadtests.ledger import Ledger
from loadtests.meter import Measured
from loadtests.spec import Spec, Target


class Order(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag=str.lower):
    """Any of them."""


class Begin(Order, frozen=True, kw_only=True):
    """Take your share of the users: the `index`-th of `of` shares; connect them in `ramp` s."""

    spec: Spec
    target: Target
    index: int
    of: int
    ramp: float


class Publish(Order, frozen=True, kw_only=True):
    """Publish so many events per second, all processes together, for so long.

    What is due within the first `warmup` seconds does not count for the verdict.
    """

    rate: float
    seconds: float
    warmup: float = 0.0


class Hold(Order, frozen=True, kw_only=True):
    """Publish nothing more; what is under way goes on."""


class Cut(Order, frozen=True, kw_only=True):
    """Break every session with a reset; they come back as the spec says."""


class Leave(Order, frozen=True, kw_only=True):
    """This share of the users breaks its sessions, and stays away."""

    share: float


class Miss(Order, frozen=True, kw_only=True):
    """Publish so many events to each user that is away, within so many seconds."""

    events: int
    seconds: float


class Return(Order, frozen=True, kw_only=True):
    """Who is away comes back: all at once, or spread over so many seconds."""

    spread: float


class Ask(Order, frozen=True, kw_only=True):
    """Report what you measured since the last time, and your whole ledger if that is wanted."""

    number: int
    ledger: bool = False


class End(Order, frozen=True, kw_only=True):
    """The devices that are here have read to the end; close every session."""


AnyOrder: TypeAlias = Begin | Publish | Hold | Cut | Leave | Miss | Return | Ask | End


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What one process has to say. Only `measured` is since the last time."""

    index: int
    number: int
    sessions: int = 0
    away: int = 0
    unanswered: int = 0
    """Publishes that are due and have no final answer yet."""
    is_publishing: bool = False
    due: int = 0
    """Copies that have to come to devices, for what was acknowledged so far."""
    got: int = 0
    """Copies that came, each counted once."""
    spent: float = 0.0
    """Seconds of processor time so far."""
    measured: Measured = msgspec.field(default_factory=Measured)
    ledger: Ledger | None = None
    trouble: str | None = None


_orders: msgspec.json.Decoder[AnyOrder] = msgspec.json.Decoder(AnyOrder)
_reports = msgspec.json.Decoder(Report)


def decode_order(text: bytes) -> AnyOrder:
    """An order as it came from the run."""
    return _orders.decode(text)


def decode_report(text: bytes) -> Report:
    """A report as it came from a process."""
    return _reports.decode(text)
