"""Frames: what client and server say to each other on the WebSocket.

Every frame is a JSON object with a `type`. Unknown fields are ignored, so that
tomorrow's clients can talk to today's servers; new fields have a default, so that
yesterday's can talk to tomorrow's.
"""

from collections.abc import Sequence
from typing import Annotated, Literal, TypeVar, get_args
from uuid import UUID

import msgspec
from msgspec import Meta, Raw

from notifyctl.errors import BadRequest, UnknownFrame
from notifyctl.wire.bodies import PublishBody, Published, Rejected, Stored
from notifyctl.wire.decoding import decode
from notifyctl.wire.events import AnyEvent, Milliseconds, Seq

FrameId = Annotated[str, Meta(max_length=128)] | int
Device = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,64}$(?!\n)")]
After = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Resume = Literal["exact", "replay", "gap", "new"]

# Client to server


class ClientFrame(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """Anything a client says."""


class RequestFrame(ClientFrame, frozen=True, kw_only=True):
    """A frame that wants an answer: `ok` or `error` with the same `id`.

    `op_id` makes a change repeatable for 24 h: a repeat gets the first answer, and the
    event that results carries it, so that a client knows its own change again.
    """

    id: FrameId
    op_id: UUID | None = None


class Claim(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a client says it stands in a stream: it has everything up to `after`."""

    epoch: str | None = None
    after: After | None = None


class Hello(ClientFrame, frozen=True, kw_only=True, tag="hello"):
    """The first frame of a session: who it is, which device, and where it stands."""

    token: str | None = None
    device: Device | None = None
    streams: dict[str, Claim] = {}
    client: str | None = None
    timezone: str | None = None


class Ack(ClientFrame, frozen=True, kw_only=True, tag="ack"):
    """The device has handled every event of the stream up to and including `seq`."""

    stream: str
    epoch: str
    seq: After


class Subscribe(RequestFrame, frozen=True, kw_only=True, tag="subscribe"):
    """Follow a topic from now on, or from where this device stood."""

    stream: str
    epoch: str | None = None
    after: After | None = None


class Unsubscribe(RequestFrame, frozen=True, kw_only=True, tag="unsubscribe"):
    """Follow a topic no longer."""

    stream: str


class Publish(
    PublishBody,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=False,
    tag_field="type",
    tag="publish",
):
    """Send a notification: the fields of `POST /v1/notifications` beside a frame's own."""

    id: FrameId
    op_id: UUID | None = None


class MarkRead(RequestFrame, frozen=True, kw_only=True, tag="read"):
    """Notifications of the inbox were read: the listed `ids`, or all up to `through`."""

    stream: Literal["inbox"] = "inbox"
    ids: Annotated[list[str], Meta(min_length=1, max_length=1000)] | None = None
    through: Seq | None = None


class RefreshToken(RequestFrame, frozen=True, kw_only=True, tag="token"):
    """A fresh token for the same user; the session goes on without a break."""

    token: str


class Ping(RequestFrame, frozen=True, kw_only=True, tag="ping"):
    """Is the server still there?"""


AnyClientFrame = Hello | Ack | Subscribe | Unsubscribe | Publish | MarkRead | RefreshToken | Ping

# Server to client


class ServerFrame(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """Anything the server says."""


class StreamState(msgspec.Struct, frozen=True, kw_only=True):
    """Where a session starts in a stream: events after `after` follow, up to `head` as replay.

    `resume` says how: `exact` (nothing was missed), `replay`, `gap` (a `gap` frame comes
    first), `new` (this device or session has no position yet).
    """

    epoch: str
    head: int
    after: int
    resume: Resume


class Retry(msgspec.Struct, frozen=True, kw_only=True):
    """How clients come back: full jitter between the two, doubling from `base_ms`."""

    base_ms: Milliseconds
    cap_ms: Milliseconds


class Welcome(ServerFrame, frozen=True, kw_only=True, omit_defaults=False, tag="welcome"):
    """The session is open; replay follows."""

    session: str
    user: str
    device: str | None
    server: str
    ping_s: float
    token_expires_in_ms: Milliseconds
    streams: dict[str, StreamState]
    unread: int
    focus: None = None
    retry: Retry


class Events(ServerFrame, frozen=True, kw_only=True, tag="events"):
    """Contiguous events of one stream; `live` is false while the session catches up."""

    stream: str
    epoch: str
    live: bool
    events: list[AnyEvent]


class Gap(
    ServerFrame, frozen=True, kw_only=True, tag="gap", rename={"first": "from", "last": "to"}
):
    """Events `from` to `to` cannot be delivered: they are past retention, or of a lost history.

    A new `epoch` resets the client's position: the stream's numbering began anew.
    """

    stream: str
    epoch: str
    first: int
    last: int
    reason: Literal["retention", "epoch"]


class Ok(ServerFrame, frozen=True, kw_only=True, tag="ok"):
    """The request was carried out. Its answer's own fields stand beside `id`."""

    id: FrameId


class Subscribed(StreamState, frozen=True, kw_only=True, tag_field="type", tag="ok"):
    """The answer to `subscribe`."""

    id: FrameId


class PublishedOk(
    Stored, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="ok"
):
    """The answer to `publish` with one recipient: as over HTTP, with the event's id in `event`."""

    id: FrameId
    event: str


class ManyPublishedOk(Ok, frozen=True, kw_only=True, tag="ok"):
    """The answer to `publish` with several recipients: one result each, in their order."""

    results: list[Published | Rejected]


class ReadOk(Ok, frozen=True, kw_only=True, tag="ok"):
    """The answer to `read`: the `seq` of the event that tells every device, if anything changed."""

    seq: int | None


class TokenAccepted(Ok, frozen=True, kw_only=True, tag="ok"):
    """The answer to `token`."""

    expires_in_ms: Milliseconds


class Pong(Ok, frozen=True, kw_only=True, tag="ok"):
    """The answer to `ping`: the server's time."""

    at: str


class Error(ServerFrame, frozen=True, kw_only=True, tag="error"):
    """A request failed, or a frame was not understood. After a `fatal` one the session closes."""

    id: FrameId | None = None
    code: str
    message: str
    retry_ms: Milliseconds | None = None
    fatal: bool = False


class Goaway(ServerFrame, frozen=True, kw_only=True, tag="goaway"):
    """The server will close this session in `retry_ms`; until then delivery goes on."""

    reason: str
    retry_ms: Milliseconds


AnyServerFrame = Welcome | Events | Gap | Ok | Error | Goaway

# Bytes to frames and back


class Envelope(msgspec.Struct, frozen=True):
    """What every frame has in common; read when the frame as a whole cannot be."""

    type: str
    id: FrameId | None = None


class UnreadEvents(msgspec.Struct, frozen=True):
    """An `events` frame before its events are read, for they may be of newer kinds."""

    stream: str
    epoch: str
    live: bool
    events: list[Raw]


class Kind(msgspec.Struct, frozen=True):
    """What every event has in common."""

    kind: str


Answer = TypeVar("Answer", bound=msgspec.Struct)

_encoder = msgspec.json.Encoder()
_client_frames: msgspec.json.Decoder[AnyClientFrame] = msgspec.json.Decoder(AnyClientFrame)
_server_frames: msgspec.json.Decoder[AnyServerFrame] = msgspec.json.Decoder(AnyServerFrame)
_envelopes = msgspec.json.Decoder(Envelope)
_unread_events = msgspec.json.Decoder(UnreadEvents)
_kinds = msgspec.json.Decoder(Kind)
_events: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)

CLIENT_TYPES = frozenset(str(frame.__struct_config__.tag) for frame in get_args(AnyClientFrame))
EVENT_KINDS = frozenset(str(event.__struct_config__.tag) for event in get_args(AnyEvent))


def encode(frame: msgspec.Struct) -> bytes:
    """A frame as the bytes of one text message."""
    return _encoder.encode(frame)


def encode_events(stream: str, epoch: str, *, live: bool, bodies: Sequence[bytes]) -> bytes:
    """An `events` frame around events that are encoded already: each is encoded only once."""
    head = _encoder.encode(Events(stream=stream, epoch=epoch, live=live, events=[]))
    return head[:-2] + b",".join(bodies) + b"]}"


def decode_client(raw: bytes | str) -> AnyClientFrame:
    """What a client said. Raises `BadRequest`, or `UnknownFrame` for a type of another version."""
    try:
        return decode(raw, _client_frames)
    except BadRequest:
        type_ = decode(raw, _envelopes).type
        if type_ not in CLIENT_TYPES:
            raise UnknownFrame(type=type_) from None
        raise


def decode_server(raw: bytes | str) -> AnyServerFrame | None:
    """What the server said; None for a type that only newer clients know.

    Events of kinds that only newer clients know are left out of their frame.
    """
    try:
        return decode(raw, _server_frames)
    except BadRequest:
        match decode(raw, _envelopes).type:
            case "events":
                return _known_events(raw)
            case "welcome" | "gap" | "ok" | "error" | "goaway":
                raise
            case _:
                return None


def _known_events(raw: bytes | str) -> Events:
    frame = decode(raw, _unread_events)
    known = [event for event in frame.events if decode(event, _kinds).kind in EVENT_KINDS]
    return Events(
        stream=frame.stream,
        epoch=frame.epoch,
        live=frame.live,
        events=[decode(event, _events) for event in known],
    )


def decode_answer(raw: bytes | str, answer: type[Answer]) -> Answer:
    """An `ok` frame with the fields of its request's own answer."""
    return decode(raw, msgspec.json.Decoder(answer))


def frame_id(raw: bytes | str) -> str | int | None:
    """The `id` of a frame that could not be read as a whole, so that its sender gets an answer."""
    try:
        return decode(raw, _envelopes).id
    except BadRequest:
        return None
