"""Raw conversations with port 8001: bytes that no client library would send, and what they get."""

import base64
import socket
import struct
import time
from collections.abc import Iterable
from typing import Final

import msgspec

from notifyctl import wire

TEXT: Final = 0x1
BINARY: Final = 0x2
CONTINUATION: Final = 0x0
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA

MASK: Final = b"\x01\x02\x03\x04"


def request(path: str = "/ws", *, method: str = "GET", without: str = "", **headers: str) -> bytes:
    """A request for an upgrade; headers are added, replaced or left out. `_` stands for `-`."""
    names = {
        "Host": "localhost",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode(),
        "Sec-WebSocket-Version": "13",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in names.items() if name != without]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode()


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    reserved: int = 0,
    masked: bool = True,
    announced: int | None = None,
) -> bytes:
    """A frame as a client sends it, or as it never should."""
    length = len(payload) if announced is None else announced
    head = bytes([fin << 7 | reserved << 4 | opcode])
    flag = masked << 7
    if length < 126:
        head += bytes([flag | length])
    elif length < 65536:
        head += struct.pack("!BH", flag | 126, length)
    else:
        head += struct.pack("!BQ", flag | 127, length)
    if not masked:
        return head + payload
    repeated = (MASK * (len(payload) // 4 + 1))[: len(payload)]
    mixed = int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")
    return head + MASK + mixed.to_bytes(len(payload), "big")


def said(value: msgspec.Struct | str | bytes) -> bytes:
    """A text frame with what a client says."""
    if isinstance(value, msgspec.Struct):
        value = wire.encode(value)
    return frame(TEXT, value.encode() if isinstance(value, str) else value)


class Answer(msgspec.Struct):
    """What the server said until it ended the conversation, or nothing more came.

    `status` is the HTTP status, `code` the close code; `ended` whether the connection is over.
    """

    status: int | None = None
    frames: list[tuple[int, bytes]] = []
    code: int | None = None
    ended: bool = False

    @property
    def errors(self) -> list[str]:
        """The codes of the `error` frames."""
        texts = [payload for opcode, payload in self.frames if opcode == TEXT]
        found = [msgspec.json.decode(text) for text in texts]
        return [one["code"] for one in found if one["type"] == "error"]


class Intruder:
    """A socket that says what it likes. One that is `deaf` soon has no room for what comes."""

    def __init__(self, port: int, *, deaf: bool = False) -> None:
        self._socket = socket.socket()
        if deaf:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.connect(("127.0.0.1", port))
        self._came = b""
        self._is_open = False
        self.answer = Answer()

    def __enter__(self) -> "Intruder":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave."""
        self._socket.close()

    def say(self, *pieces: bytes) -> bool:
        """Send the pieces; False when the server has heard enough and ended the connection."""
        self._socket.settimeout(None)
        try:
            for piece in pieces:
                self._socket.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def half_close(self) -> None:
        """Say that nothing more comes."""
        self._socket.shutdown(socket.SHUT_WR)

    def hear(self, *, seconds: float = 20.0, until: bytes | None = None) -> Answer:
        """Listen until the end, a close frame, a text with `until` in it, or the time is over."""
        deadline = time.monotonic() + seconds
        while not self.answer.ended and self.answer.code is None:
            if until and any(until in payload for _, payload in self.answer.frames):
                break
            self._socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                chunk = self._socket.recv(65536)
            except ConnectionResetError:
                chunk = b""
            except TimeoutError:
                break
            self.answer.ended = not chunk
            self._came += chunk
            self._understand()
        return self.answer

    def _understand(self) -> None:
        if not self._is_open and b"\r\n\r\n" in self._came:
            head, _, rest = self._came.partition(b"\r\n\r\n")
            self.answer.status = int(head.split(b" ")[1])
            self._is_open = self.answer.status == 101
            self._came = rest
        while self._is_open and (taken := _first_frame(self._came)) is not None:
            opcode, payload, size = taken
            self._came = self._came[size:]
            self.answer.frames.append((opcode, payload))
            if opcode == CLOSE:
                self.answer.code = int.from_bytes(payload[:2], "big") if payload else 1005


def _first_frame(data: bytes) -> tuple[int, bytes, int] | None:
    """Opcode, payload and size of the first frame, if it is there as a whole."""
    if len(data) < 2:
        return None
    length, start = data[1] & 0x7F, 2
    if length >= 126:
        start = 4 if length == 126 else 10
        length = int.from_bytes(data[2:start], "big")
    if len(data) < start + length:
        return None
    return data[0] & 0x0F, data[start : start + length], start + length


def attack(port: int, pieces: Iterable[bytes], *, until: bytes | None = None) -> Answer:
    """Say the pieces on a connection of its own, and listen."""
    with Intruder(port) as intruder:
        intruder.say(*pieces)
        return intruder.hear(until=until)
