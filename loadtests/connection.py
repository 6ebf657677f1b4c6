"""One WebSocket over a gevent socket: whoever reads the messages, moves it."""

import socket as sockets
import ssl
import struct
from contextlib import suppress
from typing import Any, Final

import msgspec
from gevent import socket
from gevent.ssl import SSLContext
from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.exceptions import InvalidStatus, ProtocolError, WebSocketException
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.typing import Subprotocol
from websockets.uri import WebSocketURI

from notifyctl.wire import SUBPROTOCOL

TIMEOUT_SECONDS: Final = 20.0
LOST: Final = 1006
_CHUNK: Final = 65536
_AT_ONCE: Final = struct.pack("ii", 1, 0)


class Refused(Exception):
    """No WebSocket could be opened; `status` if the server answered with one."""

    def __init__(self, reason: str, status: int | None = None, after: str | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.retry_ms = int(after) * 1000 if after is not None and after.isdecimal() else None


class Dial(msgspec.Struct, frozen=True, kw_only=True):
    """Where to connect, and how."""

    uri: WebSocketURI
    compress: bool = False
    timeout: float = TIMEOUT_SECONDS
    tls: Any = None


def tls_context() -> SSLContext:
    """What every connection to a `wss://` URL shares; the server's certificate is verified."""
    context = SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    return context


class Connection:
    """A WebSocket that is open.

    Compared with the library's own clients this takes half the time and a third of the memory;
    a greenlet that waits anyway, reads.
    """

    __slots__ = ("_is_writing", "_parts", "_protocol", "_socket")

    def __init__(self, sock: Any, protocol: ClientProtocol) -> None:
        self._socket = sock
        self._protocol = protocol
        self._is_writing = False
        self._parts: list[bytes] = []

    @classmethod
    def open(cls, dial: Dial, source_ip: str | None = None) -> "Connection":
        """Connect and upgrade. Raises `Refused`."""
        uri = dial.uri
        source = None if source_ip is None else (source_ip, 0)
        sock = None
        try:
            sock = socket.create_connection((uri.host, uri.port), dial.timeout, source)
            sock.setsockopt(sockets.IPPROTO_TCP, sockets.TCP_NODELAY, 1)
            if uri.secure:
                sock = (dial.tls or tls_context()).wrap_socket(sock, server_hostname=uri.host)
            connection = cls(sock, _protocol(dial))
            connection._upgrade()
        except (OSError, WebSocketException) as error:
            if sock is not None:
                sock.close()
            raise _refused(error) from None
        sock.settimeout(None)
        return connection

    def _upgrade(self) -> None:
        protocol = self._protocol
        protocol.send_request(protocol.connect())
        self._flush()
        while protocol.state is State.CONNECTING and protocol.handshake_exc is None:
            data = self._socket.recv(_CHUNK)
            if not data:
                protocol.receive_eof()
                raise ConnectionResetError("it was closed during the handshake")
            protocol.receive_data(data)
        if protocol.handshake_exc is not None:
            raise protocol.handshake_exc
        self._flush()  # A ping may have come in one packet with the answer.

    # Both directions

    def send(self, *texts: bytes) -> None:
        """Send messages, one after the other. Does nothing if the connection is closing."""
        if self._protocol.state is not State.OPEN:
            return
        for text in texts:
            self._protocol.send_text(text)
        self._flush()

    def receive(self) -> list[bytes] | None:
        """Wait for messages; those that one read brings, maybe none. None: it has ended."""
        protocol = self._protocol
        # What came in one packet with the answer to the upgrade, such as a welcome.
        if messages := self._complete():
            return messages
        if protocol.close_rcvd is not None or protocol.state is State.CLOSED:
            self._hang_up()
            return None
        try:
            data = self._socket.recv(_CHUNK)
        except OSError:
            data = b""
        if data:
            protocol.receive_data(data)
        else:
            protocol.receive_eof()
        messages = self._complete()
        self._flush()
        return messages

    def _complete(self) -> list[bytes]:
        messages = []
        for event in self._protocol.events_received():
            if not isinstance(event, Frame) or event.opcode not in _DATA:
                continue
            if event.fin and not self._parts:
                messages.append(bytes(event.data))
                continue
            self._parts.append(bytes(event.data))
            if event.fin:
                messages.append(b"".join(self._parts))
                self._parts = []
        return messages

    def _flush(self) -> None:
        # Two greenlets that write at once would mix their frames when the socket is full. Who
        # comes second leaves it to the first, whose loop takes everything that is there by then.
        if self._is_writing:
            return
        self._is_writing = True
        try:
            while chunks := self._protocol.data_to_send():
                self._socket.sendall(b"".join(chunks))
        except OSError:
            pass  # Who reads will hear of it.
        finally:
            self._is_writing = False

    # The end

    @property
    def close_code(self) -> int:
        """Why it ended: what the server said, or 1006."""
        return self._protocol.close_code or LOST

    @property
    def close_reason(self) -> str:
        """What the server said beside the code."""
        return self._protocol.close_reason or ""

    def close(self) -> None:
        """Say goodbye; the reader ends when the server has answered."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(1000)
            self._flush()

    def reset(self) -> None:
        """Break the connection, as a device does that loses its network: no goodbye."""
        try:
            self._socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, _AT_ONCE)
        except OSError:
            return  # It is closed already.
        self._socket.close()

    def _hang_up(self) -> None:
        protocol = self._protocol
        with suppress(ProtocolError):
            protocol.receive_eof()
        self._socket.close()


_DATA: Final = frozenset({Opcode.TEXT, Opcode.BINARY, Opcode.CONT})


class _Protocol(ClientProtocol):
    """Forgets the answer to the upgrade once it was checked: 2 KB of every connection."""

    def process_response(self, response: Response) -> None:
        super().process_response(response)
        response.headers = _NOTHING


_NOTHING: Final = Headers()


def _protocol(dial: Dial) -> ClientProtocol:
    return _Protocol(
        dial.uri,
        subprotocols=[Subprotocol(SUBPROTOCOL)],
        extensions=[ClientPerMessageDeflateFactory()] if dial.compress else None,
        max_size=None,
    )


def _refused(error: Exception) -> Refused:
    if isinstance(error, InvalidStatus):
        response = error.response
        return Refused(str(error), response.status_code, response.headers.get("Retry-After"))
    return Refused(str(error) or type(error).__name__)
