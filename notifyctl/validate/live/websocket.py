"""One WebSocket, spoken to in turns: every wait has its end, and every word is written down."""

import socket
import ssl
import time
from collections import deque
from typing import Final
from urllib.parse import urlsplit

from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.typing import Origin, Subprotocol
from websockets.uri import parse_uri
from websockets.utils import accept_key

from notifyctl.validate.live.exchange import Transcript
from notifyctl.validate.live.server import ABNORMAL, Handshake

TIMEOUT_SECONDS: Final = 5.0
_LARGEST_MESSAGE: Final = 16 * 1024 * 1024
_READ_BYTES: Final = 65_536


class LiveSocket:
    """A client's end of a WebSocket. `handshake` is what the server answered to the upgrade.

    What a conversation brought is told by numbers and sizes, because it may be somebody's; the
    text is written down only if the socket `shows_text`.
    """

    def __init__(
        self,
        url: str,
        transcript: Transcript,
        *,
        subprotocol: str = "",
        token: str = "",
        origin: str | None = None,
        shows_text: bool = False,
    ) -> None:
        self.transcript = transcript
        self.ended = False
        self.messages: list[str] = []
        self._shows_text = shows_text
        self._received: deque[Frame] = deque()
        self._close_code: int | None = None
        self._protocol = ClientProtocol(
            parse_uri(url),
            origin=None if origin is None else Origin(origin),
            subprotocols=[Subprotocol(subprotocol)] if subprotocol else None,
            max_size=_LARGEST_MESSAGE,
        )
        self._socket = _connected(url)
        self.handshake = self._shake_hands(subprotocol, token)

    @property
    def close_code(self) -> int | None:
        """None while the connection is open; 1006 if it ended without a close frame."""
        return (self._close_code or ABNORMAL) if self.ended else None

    def say(self, text: str, shown: str) -> None:
        """Send a text message."""
        self.transcript.add(f"> {shown}", "said")
        self._protocol.send_text(text.encode())
        self._flush()

    def ping(self, payload: bytes) -> None:
        """Send a ping."""
        self._protocol.send_ping(payload)
        self._flush()

    def receive(self, until: float) -> Frame | None:
        """The next frame; None at the moment `until` (monotonic), and when the connection ended."""
        while not self._received and not self.ended:
            left = until - time.monotonic()
            if left <= 0:
                return None
            self._read(left)
        return self._received.popleft() if self._received else None

    def listen(self, until: float) -> None:
        """Take what comes until then, or until the end."""
        while self.receive(until) is not None:
            pass

    def close(self) -> None:
        """Say goodbye and leave, without waiting for an answer."""
        if not self.ended and self.handshake.is_open:
            self._protocol.send_close(1000)
            self._flush()
        self._socket.close()

    def _shake_hands(self, subprotocol: str, token: str) -> Handshake:
        request = self._protocol.connect()
        if token:
            request.headers["Authorization"] = f"Bearer {token}"
        self.transcript.add(f"GET {urlsplit(request.path).path} HTTP/1.1", "request")
        self.transcript.headers(request.headers.raw_items())
        self._protocol.send_request(request)
        self._flush()
        deadline = time.monotonic() + TIMEOUT_SECONDS
        response: Response | None = None
        while response is None and not self.ended and time.monotonic() < deadline:
            response = self._read(deadline - time.monotonic())
        if response is None:
            self.transcript.add("(no answer in HTTP)", "status")
            return Handshake(self.transcript.finish(), None, problem="no answer in HTTP")
        line = f"HTTP/1.1 {response.status_code} {response.reason_phrase}"
        self.transcript.add(line, "status")
        self.transcript.headers(response.headers.raw_items())
        return Handshake(
            self.transcript.finish(),
            response.status_code,
            _value(response.headers, "Sec-WebSocket-Accept"),
            accept_key(self._protocol.key),
            subprotocol,
            _value(response.headers, "Sec-WebSocket-Protocol"),
            str(self._protocol.handshake_exc or ""),
        )

    def _read(self, seconds: float) -> Response | None:
        """Wait for bytes and take them; the answer to the upgrade, when that is among them."""
        self._socket.settimeout(max(seconds, 0.001))
        try:
            data = self._socket.recv(_READ_BYTES)
        except TimeoutError:
            return None
        except OSError:
            data = b""
        if data:
            self._protocol.receive_data(data)
        else:
            self._protocol.receive_eof()
        response: Response | None = None
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._take(event)
            elif isinstance(event, Response):
                response = event
        if not data and not self.ended:
            self.ended = True
            self.transcript.add("(the connection ended without a close frame)", "close")
        self._flush()
        return response

    def _take(self, frame: Frame) -> None:
        """Write a frame down; messages and the end are remembered."""
        match frame.opcode:
            case Opcode.CLOSE:
                received = self._protocol.close_rcvd
                self._close_code = received.code if received else None
                self.ended = True
                reason = received.reason if received else ""
                self.transcript.add(f"< close {self._close_code} {reason}".rstrip(), "close")
            case Opcode.PING | Opcode.PONG:
                pass
            case _:
                text = bytes(frame.data).decode(errors="replace")
                self.messages.append(text)
                shown = text if self._shows_text else f"(a message of {len(frame.data)} bytes)"
                self.transcript.add(f"< {shown}", "message")
        self._received.append(frame)

    def _flush(self) -> None:
        """Send what waits. A server that heard enough may have left; reading tells how."""
        try:
            self._socket.settimeout(TIMEOUT_SECONDS)
            for data in self._protocol.data_to_send():
                if data:
                    self._socket.sendall(data)
        except OSError:
            return


def _connected(url: str) -> socket.socket:
    """A connection to the host of a URL, encrypted if it says so. Raises `OSError`."""
    parts = urlsplit(url)
    secure = parts.scheme == "wss"
    host = parts.hostname or ""
    plain = socket.create_connection((host, parts.port or (443 if secure else 80)), TIMEOUT_SECONDS)
    if not secure:
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except OSError:
        plain.close()
        raise


def _value(headers: Headers, name: str) -> str | None:
    return ", ".join(headers.get_all(name)) or None
