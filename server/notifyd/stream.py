"""Streams: their names, their extent, and where devices stand in them."""

from typing import Final

import msgspec

from notifyctl.wire import INBOX, TOPIC, Presentation

# A store names every stream in full: whose inbox it is, the wire leaves to the token.
INBOX_OF: Final = f"{INBOX}:"

# How much one page of a stream, and one `events` frame, holds at most.
PAGE_EVENTS: Final = 100
PAGE_BYTES: Final = 256 * 1024


def inbox_of(user: str) -> str:
    """The full name of a user's inbox."""
    return INBOX_OF + user


def owner_of(stream: str) -> str | None:
    """The user whose inbox a stream is; None for a topic."""
    return stream[len(INBOX_OF) :] if stream.startswith(INBOX_OF) else None


def full_name(name: str, user: str) -> str:
    """The stream that a user's session calls `name`."""
    return inbox_of(user) if name == INBOX else name


def wire_name(stream: str) -> str:
    """What a session calls a stream: `inbox`, `topic:releases`."""
    return stream if stream.startswith(TOPIC) else INBOX


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """A stream's extent: its newest event is `head`, its oldest retained one `floor`.

    An empty stream has head 0 and floor 1; one that retention emptied has floor head + 1.
    """

    epoch: str
    head: int
    floor: int


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A committed event: its place, and `body`, the event encoded as JSON."""

    stream: str
    epoch: str
    seq: int
    id: str
    at: float
    body: bytes
    presentation: Presentation | None = None
    why: str | None = None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Contiguous events `first` .. `last`, encoded; none when the stream ends there.

    `first` is greater than the position asked for + 1 when retention removed what lay between.
    """

    position: Position
    first: int
    last: int
    bodies: list[bytes]


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """Where a session of a user (and device) finds itself.

    `generation` grows with every attach: of two sessions of one device the greater is the
    newer. `cursors` are this device's, by stream; empty for a new device and for none.
    `acknowledged` is the highest inbox seq that any device of the user ever acknowledged.
    """

    generation: int
    cursors: dict[str, int]
    positions: dict[str, Position]
    acknowledged: int
    unread: int


class Cursor(msgspec.Struct, frozen=True, kw_only=True):
    """A device has handled everything of the stream up to and including `seq`."""

    user: str
    device: str
    stream: str
    epoch: str
    seq: int
