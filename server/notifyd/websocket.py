"""One connection on port 8001: the library's WebSocket protocol over an asyncio transport.

The library (`websockets.server.ServerProtocol`) does the handshake, the parsing, the control
frames and the closing; this class moves bytes, and closes what does not close by itself.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final, cast

from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from notifyctl.wire import MAX_FRAME, SUBPROTOCOL

CLOSE_SECONDS: Final = 5.0

# The library would log every request with its headers, and with them the tokens.
_silent: Final = logging.getLogger("notifyd.silent")
_silent.disabled = True


def text_message(payload: bytes) -> bytes:
    """A text message as it travels from the server: one unmasked, unfragmented frame."""
    return Frame(Opcode.TEXT, payload).serialize(mask=False)


class WebSocket(asyncio.Protocol):
    """A connection. Subclasses say what a request, a message and the end mean."""

    def __init__(self) -> None:
        self.protocol = ServerProtocol(
            select_subprotocol=_select,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            max_size=MAX_FRAME,
            logger=_silent,
        )
        self.transport: asyncio.Transport | None = None
        self.is_congested = False
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

    def respond(self, response: Response) -> None:
        """Answer the request; anything but 101 ends the connection."""
        self.protocol.send_response(response)
        self.flush()

    def write(self, message: bytes) -> None:
        """Write an encoded message, if the connection is open at this instant.

        It passes the protocol by: messages are never fragmented, so that between two of the
        protocol's own frames there is always room for a whole one.
        """
        if self.protocol.state is State.OPEN and self.transport is not None:
            self.transport.write(message)
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
        self.protocol.receive_data(data)
        self._handle_events()

    def eof_received(self) -> None:
        """The other side will send nothing more."""
        self.protocol.receive_eof()
        self._handle_events()

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
        if self._closing is not None:
            self._closing.cancel()
        self.on_end()

    # Within

    def flush(self) -> None:
        """Send what the protocol wants sent."""
        transport = self.transport
        if transport is None:
            return
        for data in self.protocol.data_to_send():
            if data:
                transport.write(data)
            elif transport.can_write_eof():
                transport.write_eof()
        if self.protocol.close_expected():
            self._abort_in(CLOSE_SECONDS)
        elif self.is_congested:
            self.on_backlog()  # Pongs that nobody reads pile up like anything else.

    def _handle_events(self) -> None:
        for event in self.protocol.events_received():
            if isinstance(event, Request):
                self.on_request(event)
            elif isinstance(event, Frame):
                self._handle_frame(event)
        self.flush()
        if self.protocol.state is State.CLOSED and self.transport is not None:
            self.transport.close()

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
