"""Effects: what a session asks of the world. `ws.py` performs them, in their order."""

import msgspec

from notifyctl import wire
from notifyctl.wire import CloseCode
from notifyd.auth import Identity
from notifyd.stream import Cursor


class Send(msgspec.Struct, frozen=True):
    """Send a frame."""

    frame: msgspec.Struct


class SendPage(msgspec.Struct, frozen=True):
    """Send stored events, as they were encoded when they were published."""

    name: str
    epoch: str
    live: bool
    bodies: list[bytes]


class Attach(msgspec.Struct, frozen=True):
    """Follow the streams, look up where this session stands, and give it to `attached`."""

    user: str
    device: str | None
    streams: list[str]


class Join(msgspec.Struct, frozen=True):
    """Follow one more stream, look it up, and give it to `subscribed` with the request."""

    user: str
    device: str | None
    request: wire.Subscribe


class Leave(msgspec.Struct, frozen=True):
    """Follow a stream no longer."""

    stream: str


class Load(msgspec.Struct, frozen=True):
    """Read the next page after `after` and give it to `loaded`, when the socket has room."""

    stream: str
    after: int


class Advance(msgspec.Struct, frozen=True):
    """Store the device's cursor, soon: it acknowledged, or it is still in use."""

    cursor: Cursor


class Publish(msgspec.Struct, frozen=True):
    """Publish for the caller and answer the request."""

    caller: Identity
    request: wire.Publish


class MarkRead(msgspec.Struct, frozen=True):
    """Mark notifications of the caller's inbox read and answer the request."""

    caller: Identity
    request: wire.MarkRead


class PingSocket(msgspec.Struct, frozen=True):
    """Send a WebSocket ping: is the other side still there?"""


class Close(msgspec.Struct, frozen=True):
    """End the session with a close code; the client comes back after `retry_ms`, if at all."""

    code: CloseCode
    retry_ms: int | None = None


class Abort(msgspec.Struct, frozen=True):
    """The other side is gone: drop the connection without a word."""


Effect = (
    Send
    | SendPage
    | Attach
    | Join
    | Leave
    | Load
    | Advance
    | Publish
    | MarkRead
    | PingSocket
    | Close
    | Abort
)
