"""One connection on port 8001: the library's WebSocket protocol over an asyncio transport.

The library (`websockets.server.ServerProtocol`) does the handshake, the parsing, the control
frames and the closing; this class moves bytes, as many in a turn of the loop as are fair to
others, and closes what does not close by itself.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from typing import Final, cast

from websockets.exceptions import InvalidMessage
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from notifyctl.wire import MAX_FRAME, SUBPROTOCOL
from notifyd.upgrade import Head

CLOSE_SECONDS: Final = 5.0
# One read of the socket can bring tens of thousands of frames. A turn of the loop parses so many
# bytes at once, and stops when it has handled so many frames: then it is the others' turn.
MORSEL: Final = 2 * 1024
FRAMES_PER_TURN: Final = 64
NO_REQUEST: Final = "This is no HTTP request, or none without a body.\n"
HEAD_TOO_LONG: Final = "The head of the request is longer than 32 KiB.\n"

# The library would log every request with its headers, and with them the tokens.
_silent: Final = logging.getLogger("notifyd.silent")
_silent.disabled = True


def text_message(payload: bytes) -> bytes:
    """A text message as it travels from the server: one unmasked, unfragmented frame."""
    return Frame(Opcode.TEXT, payload).serialize(mask=False)


class WebSocket(asyncio.Protocol):
    """A connection. Subclasses say what a request, a message and the end mean."""

    # What a write to thousands of connections looks at lies close together.
    __slots__ = (
        "_arrived",
        "_closing",
        "_frames",
        "_head",
        "_is_paused",
        "_message",
        "_opcode",
        "_turn",
        "_writable",
        "is_congested",
        "protocol",
        "transport",
    )

    def __init__(self, max_size: int = MAX_FRAME) -> None:
        self.protocol = ServerProtocol(
            select_subprotocol=_select,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            max_size=max_size,
            logger=_silent,
        )
        self.transport: asyncio.Transport | None = None
        self.is_congested = False
        # The transport while messages can be sent: one look for each of thousands of writes.
        self._writable: asyncio.Transport | None = None
        self._head: Head | None = Head()
        self._arrived = bytearray()
        self._frames: deque[Frame] = deque()
        self._is_paused = False
        self._turn: asyncio.Handle | None = None
        self._opcode = Opcode.TEXT
        self._message = bytearray()
        self._closing: asyncio.TimerHandle | None = None

    # For subclasses

    def on_request(self, request: Request) -> None:
        """A request arrived: answer it with `respond`."""
        self.respond(self.protocol.accept(request))

    def on_text(self, message: bytes) -> None:
        """A text message arrived; it is valid UTF-8."""

    def on_binary(self, message: bytes) -> None:
        """A binary message arrived."""

    def on_data(self) -> None:
        """Bytes arrived, whatever they mean."""

    def on_frames(self, count: int) -> None:
        """So many frames were parsed, of whatever kind, and are about to be handled."""

    @property
    def is_ready(self) -> bool:
        """Whether further messages may come; who says no, calls `read_on` when they may again."""
        return True

    def on_room(self) -> None:
        """The socket, congested before, takes data again."""

    def on_backlog(self) -> None:
        """More was written to the socket although it is congested."""

    def on_end(self) -> None:
        """The connection is gone."""

    # What subclasses do

    @property
    def is_open(self) -> bool:
        """Whether messages can be sent."""
        return self.protocol.state is State.OPEN

    def read_on(self) -> None:
        """Handle what has arrived, as much as one turn of the loop may take."""
        left = FRAMES_PER_TURN
        while left and self.is_ready:
            if self._frames:
                left -= 1
                self._handle_frame(self._frames.popleft())
            elif self._arrived:
                morsel = self._arrived[:MORSEL]
                del self._arrived[:MORSEL]
                self._parse(morsel)
            else:
                break
        self._heed_backlog()

    def respond(self, response: Response) -> None:
        """Answer the request; anything but 101 ends the connection."""
        self.protocol.send_response(response)
        self.flush()

    def write(self, message: bytes) -> None:
        """Write an encoded message, if the connection is open at this instant.

        It passes the protocol by: messages are never fragmented, so that between two of the
        protocol's own frames there is always room for a whole one.
        """
        transport = self._writable
        if transport is not None:
            transport.write(message)
            if self.is_congested:
                self.on_backlog()

    def ping(self) -> None:
        """Send a ping frame."""
        if self.is_open:
            self.protocol.send_ping(b"")
            self.flush()

    def close(self, code: int, reason: str, *, within: float = CLOSE_SECONDS) -> None:
        """Begin the closing handshake; the connection is aborted when it takes too long."""
        if self.protocol.state is State.CONNECTING:
            self.abort()
        else:
            self._abort_in(within)
            if self.is_open:
                self.protocol.send_close(code, reason)
                self.flush()

    def abort(self) -> None:
        """Drop the connection at once."""
        if self.transport is not None:
            self.transport.abort()

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection was accepted."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Bytes arrived."""
        self.on_data()
        if self.protocol.state is State.CONNECTING:
            data = self._open(data)
        if self._arrived or len(data) > MORSEL:
            self._arrived += data
        else:
            self._parse(data)
        self.read_on()

    def eof_received(self) -> bool:
        """The other side will send nothing more. True keeps the connection open for an answer."""
        if self._is_asked:
            return True
        self.protocol.receive_eof()
        self.flush()
        self.read_on()
        return False

    def pause_writing(self) -> None:
        """The socket takes no more for now."""
        self.is_congested = True

    def resume_writing(self) -> None:
        """The socket takes data again."""
        self.is_congested = False
        self.on_room()

    def connection_lost(self, _error: Exception | None) -> None:
        """The connection is gone."""
        self.transport = None
        self._writable = None
        self._frames.clear()
        self._arrived.clear()
        for handle in (self._closing, self._turn):
            if handle is not None:
                handle.cancel()
        self.on_end()

    # Within

    def flush(self) -> None:
        """Send what the protocol wants sent."""
        transport = self.transport
        if transport is None:
            return
        self._writable = transport if self.protocol.state is State.OPEN else None
        for data in self.protocol.data_to_send():
            if data:
                transport.write(data)
            elif transport.can_write_eof():
                transport.write_eof()
        if self.protocol.close_expected():
            self._abort_in(CLOSE_SECONDS)
        elif self.is_congested:
            self.on_backlog()  # Pongs that nobody reads pile up like anything else.

    def _open(self, data: bytes) -> bytes:
        """Take the request from `data`; what is left of it are frames, if it was accepted.

        The protocol must not see what follows a request before it is answered: it would
        answer that first.
        """
        head = self._head
        if head is None:  # The request is being answered, or was refused.
            return b""
        part, rest = head.take(data)
        if head.is_too_long:
            self._head = None
            self.respond(self.protocol.reject(431, HEAD_TOO_LONG))
            return b""
        self.protocol.receive_data(part)
        if head.is_complete or self.protocol.eof_sent:
            self._head = None
        for request in self.protocol.events_received():
            assert isinstance(request, Request)
            self.on_request(request)
        if isinstance(self.protocol.handshake_exc, InvalidMessage) and self.transport is not None:
            # The library would end the connection without a word.
            self.transport.write(self.protocol.reject(400, NO_REQUEST).serialize())
        self.flush()
        return b"" if self.protocol.state is State.CONNECTING else rest

    @property
    def _is_asked(self) -> bool:
        """Whether a request waits for its answer."""
        protocol = self.protocol
        return self._head is None and protocol.state is State.CONNECTING and not protocol.eof_sent

    def _parse(self, morsel: bytes | bytearray) -> None:
        self.protocol.receive_data(morsel)
        events = self.protocol.events_received()
        self.flush()  # A pong comes before the answer to what came behind its ping.
        if events:
            self._frames += cast(list[Frame], events)
            self.on_frames(len(events))

    def _heed_backlog(self) -> None:
        """Read no further while something is left to handle, and go on with it in the next turn."""
        transport = self.transport
        if transport is None or transport.is_closing():
            return
        if self._frames or self._arrived:
            if not self._is_paused:
                self._is_paused = True
                transport.pause_reading()
            if self._turn is None and self.is_ready:
                self._turn = asyncio.get_running_loop().call_soon(self._next_turn)
        elif self.protocol.state is State.CLOSED:
            transport.close()
        elif self._is_paused:
            self._is_paused = False
            transport.resume_reading()

    def _next_turn(self) -> None:
        self._turn = None
        self.read_on()

    def _handle_frame(self, frame: Frame) -> None:
        match frame.opcode:
            case Opcode.TEXT | Opcode.BINARY if frame.fin:
                self._handle_message(frame.opcode, bytes(frame.data))
            case Opcode.TEXT | Opcode.BINARY:
                self._opcode, self._message = frame.opcode, bytearray(frame.data)
            case Opcode.CONT:
                self._message += frame.data
                if frame.fin:
                    message, self._message = bytes(self._message), bytearray()
                    self._handle_message(self._opcode, message)
            case _:
                pass  # The protocol answers control frames itself.

    def _handle_message(self, opcode: Opcode, message: bytes) -> None:
        if opcode is Opcode.BINARY:
            self.on_binary(message)
            return
        try:
            message.decode()
        except UnicodeDecodeError:
            self.protocol.fail(1007, "a text message must be UTF-8")
            self._frames.clear()  # What came behind it counts for nothing.
            self._arrived.clear()
            self.flush()
        else:
            self.on_text(message)

    def _abort_in(self, seconds: float) -> None:
        if self._closing is None:
            self._closing = asyncio.get_running_loop().call_later(seconds, self.abort)


def _select(_protocol: ServerProtocol, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """Ours if it is offered. Another one is accepted only to be closed with 4506 right away.

    A browser sees a close code, but not why an upgrade was refused.
    """
    if not offered:
        return None
    return Subprotocol(SUBPROTOCOL) if SUBPROTOCOL in offered else offered[0]
