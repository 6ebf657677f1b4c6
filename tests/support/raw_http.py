"""Raw conversations with port 8000: bytes that no client library would send, and what they get."""

import http.client
import socket
from collections.abc import Iterable
from typing import Final

import msgspec

from notifyctl.wire import Problem

ANSWER_SECONDS: Final = 20.0
ASK: Final = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


class Answer(msgspec.Struct, frozen=True):
    """What came back. Without an answer `status` is None; `closes` is whether that was the end."""

    status: int | None
    body: bytes
    closes: bool

    @property
    def code(self) -> str | None:
        """The stable code of what was wrong."""
        return msgspec.json.decode(self.body, type=Problem).code if self.body else None


class Caller:
    """A socket that says what it likes."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS)

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def say(self, pieces: Iterable[bytes]) -> bool:
        """Send the pieces; False when the server has heard enough and ended the connection."""
        try:
            for piece in pieces:
                self.socket.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def hear(self) -> Answer:
        """The next answer."""
        response = http.client.HTTPResponse(self.socket)
        try:
            response.begin()
            return Answer(response.status, response.read(), response.will_close)
        except (http.client.HTTPException, ConnectionError):
            return Answer(None, b"", closes=True)

    def hear_all(self) -> bytes:
        """Everything until the connection ends."""
        came = bytearray()
        while chunk := self.socket.recv(2**20):
            came += chunk
        return bytes(came)


def attack(port: int, pieces: Iterable[bytes]) -> Answer:
    """Say the pieces on a connection of its own, and hear the answer.

    A connection that stays open must be in step: its next request is a request.
    """
    with Caller(port) as caller:
        caller.say(pieces)
        answer = caller.hear()
        if not answer.closes:
            caller.say([ASK])
            assert caller.hear().status == 200
        return answer
