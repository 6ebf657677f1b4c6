"""Raw conversations with port 8000: bytes that no client library would send, and what they get."""

import http.client
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from notifyctl.wire import Problem
from tests.support.servers import ServerProcess
from tests.support.siege import PATIENCE, Siege, await_, siege

ASK: Final = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


class Said(msgspec.Struct, frozen=True):
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
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)

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

    def hear(self) -> Said:
        """The next answer."""
        response = http.client.HTTPResponse(self.socket)
        try:
            response.begin()
            return Said(response.status, response.read(), response.will_close)
        except (http.client.HTTPException, ConnectionError):
            return Said(None, b"", closes=True)

    def hear_all(self) -> bytes:
        """Everything until the connection ends."""
        came = bytearray()
        while chunk := self.socket.recv(2**20):
            came += chunk
        return bytes(came)


def attack(port: int, pieces: Iterable[bytes]) -> Said:
    """Say the pieces on a connection of its own, and hear the answer.

    A connection that stays open must be in step: its next request is a request.
    """
    with Caller(port) as caller:
        caller.say(pieces)
        said = caller.hear()
        if not said.closes:
            caller.say([ASK])
            assert caller.hear().status == 200
        return said


class Publisher(threading.Thread):
    """Publishes one notification after the other, each on a new connection."""

    def __init__(self, server: ServerProcess) -> None:
        super().__init__(daemon=True)
        self.published = 0
        self.error: Exception | None = None
        self._port = server.http_port
        self._headers = {"Authorization": f"Bearer {server.token('publisher')}"}
        self._stopping = threading.Event()

    def run(self) -> None:
        """Publish until it is told to stop; what goes wrong ends it."""
        try:
            while not self._stopping.wait(0.02):
                self._publish()
                self.published += 1
        except Exception as error:  # The test that waits for the next one tells of it.
            self.error = error

    def _publish(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        try:
            body = b'{"to":"me","title":"Still here"}'
            connection.request("POST", "/v1/notifications", body, self._headers)
            answer = connection.getresponse()
            assert answer.status == 201, answer.read()
        finally:
            connection.close()

    def stop(self) -> None:
        """Leave."""
        self._stopping.set()
        self.join(PATIENCE)


class HttpSiege:
    """A server that is attacked on port 8000, beside a publisher there and a session on 8001."""

    def __init__(self, here: Siege, publisher: Publisher) -> None:
        self._here = here
        self._publisher = publisher
        self.token = here.server.token
        self.port = here.server.http_port

    @property
    def published(self) -> int:
        """How often the publisher beside the attackers was answered."""
        return self._publisher.published

    def files(self) -> int:
        """How many files the server has open."""
        return len(list(Path(f"/proc/{self._here.server.pid}/fd").iterdir()))

    def assert_unharmed(self) -> None:
        """The publisher and the session go on, and neither memory nor log shows the attackers."""
        before = self.published
        await_(lambda: self.published > before or self._publisher.error is not None)
        assert self._publisher.error is None, self._publisher.error
        self._here.assert_unharmed()


@contextmanager
def http_siege(data_dir: Path) -> Iterator[HttpSiege]:
    """A server, and those who want nothing but to publish and to listen."""
    with siege(data_dir) as here:
        publisher = Publisher(here.server)
        publisher.start()
        try:
            yield HttpSiege(here, publisher)
        finally:
            publisher.stop()
