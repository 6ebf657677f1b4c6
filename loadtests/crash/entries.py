"""The entries of a history: who did, was told or was given what, and when.

They are written while the run goes on, judged by `books.py`, and on a failure those that show it
are read back by `excerpt.py`.
"""

from typing import Literal, TypeAlias

import msgspec

from loadtests.stamp import Message, Stamp, stamp_in
from notifyctl.client.session import Received
from notifyctl.wire import AnyEvent, Events, Gap, Notification

Ask = Literal["first", "retry", "repeat"]
"""Why a message leaves: for the first time, because no answer came, or though one came."""


class Entry(msgspec.Struct, kw_only=True, gc=False, tag_field="what", tag=str.lower):
    """Any of them; `at` is in seconds of the run."""

    at: float = 0.0


class Asked(Entry, kw_only=True):
    """A message leaves its publisher."""

    message: Message
    ask: Ask
    via: str


class Answered(Entry, kw_only=True):
    """The publisher was told that it is stored. `replayed` is the first answer, said again."""

    message: Message
    place: int
    id: str
    replayed: bool | None = None


class Refused(Entry, kw_only=True):
    """The publisher was told no, for no reason that it knows."""

    message: Message
    answer: str


class Abandoned(Entry, kw_only=True):
    """The publisher got no answer and asks no more: it is stored, or not, or will be."""

    message: Message


class AtDevice(Entry, kw_only=True, tag=None):
    """Anything at one device."""

    user: str
    device: str


class Welcomed(AtDevice, kw_only=True):
    """A session begins to read a stream behind a place.

    `afresh`: the application kept no position, so that repeats are right for it, too.
    """

    stream: str
    epoch: str
    after: int
    afresh: bool = False


class Sight(AtDevice, kw_only=True, tag=None):
    """An event, as it was seen at a device."""

    stream: str
    epoch: str
    place: int
    id: str
    stamp: Stamp | None


class Came(Sight, kw_only=True):
    """An event came over the wire."""


class Given(Sight, kw_only=True):
    """The application was given an event."""


class Gapped(AtDevice, kw_only=True):
    """The server said that a part of the stream is gone. No history is ever lost here."""

    stream: str
    epoch: str
    first: int
    last: int


class Acked(AtDevice, kw_only=True):
    """The device acknowledged, and the frame left it, or was lost on the way."""

    stream: str
    through: int
    lost: bool


class Dropped(AtDevice, kw_only=True):
    """A connection ended."""

    why: str


class Finished(AtDevice, kw_only=True):
    """The device read to the end, and acknowledged it."""


class Fault(Entry, kw_only=True):
    """Something was done to the server, or to the way to it."""

    round: int
    fault: str


class Receipted(Entry, kw_only=True):
    """A receipt was asked for."""

    message: Message
    place: int
    id: str
    devices: list[str]


AnyEntry: TypeAlias = (
    Asked
    | Answered
    | Refused
    | Abandoned
    | Welcomed
    | Came
    | Given
    | Gapped
    | Acked
    | Dropped
    | Finished
    | Fault
    | Receipted
)


def came(user: str, device: str, frame: Events) -> list[Came]:
    """What an `events` frame brought to a device."""
    return [
        Came(
            user=user,
            device=device,
            stream=frame.stream,
            epoch=frame.epoch,
            place=event.seq,
            id=event.id,
            stamp=_stamp(event),
        )
        for event in frame.events
    ]


def given(user: str, device: str, item: Received) -> Given:
    """What a client gave to the application on a device."""
    return Given(
        user=user,
        device=device,
        stream=item.stream,
        epoch=item.epoch,
        place=item.event.seq,
        id=item.event.id,
        stamp=_stamp(item.event),
    )


def gapped(user: str, device: str, gap: Gap) -> Gapped:
    """What a device was told that it cannot get."""
    return Gapped(
        user=user,
        device=device,
        stream=gap.stream,
        epoch=gap.epoch,
        first=gap.first,
        last=gap.last,
    )


def _stamp(event: AnyEvent) -> Stamp | None:
    return stamp_in(event.data) if isinstance(event, Notification) else None
