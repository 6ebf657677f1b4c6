"""Those beside the attackers of a siege, who must get on with what they do."""

import http.client
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from contextlib import closing
from typing import Final

import msgspec
from websockets.sync.client import ClientConnection, connect

from notifyctl import wire
from tests.support.servers import ServerProcess

PATIENCE: Final = 20.0
# A bystander takes its time: it shall notice what attackers do, and be no attacker itself.
PAUSE: Final = 0.01


def wait_until(true: Callable[[], bool]) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


class Bystander(threading.Thread, ABC):
    """Does one thing after the other as long as the siege lasts; `times` says how often so far."""

    def __init__(self, server: ServerProcess) -> None:
        super().__init__(daemon=True)
        self.server = server
        self.times = 0
        self._error: Exception | None = None
        self._stopping = threading.Event()

    @abstractmethod
    def turns(self) -> Generator[None, None, None]:
        """Do it again and again; each `yield` is one time that went well."""

    def run(self) -> None:
        """Go on until told to stop; what goes wrong ends it."""
        try:
            with closing(self.turns()) as turns:
                while not self._stopping.wait(PAUSE):
                    next(turns)
                    self.times += 1
        except Exception as error:  # The test that waits for the next time tells of it.
            self._error = error

    def assert_going_on(self) -> None:
        """It gets on, now that the attack is over."""
        before = self.times
        wait_until(lambda: self.times > before or self._error is not None)
        assert self._error is None, self._error

    def stop(self) -> None:
        """Leave."""
        self._stopping.set()
        self.join(PATIENCE)


class Listener(Bystander):
    """Publishes to itself over one session on port 8001, and waits for each event."""

    def turns(self) -> Generator[None, None, None]:
        """Say hello, then publish and receive."""
        with connect(self.server.ws_url, compression=None) as socket:
            socket.send(_text(wire.Hello(token=self.server.token("bystander"))))
            while True:
                socket.send(_text(wire.Publish(id=1, to="me", title="Still here")))
                self._await_event(socket)
                yield

    def _await_event(self, socket: ClientConnection) -> None:
        while True:
            frame = wire.decode_server(socket.recv(PATIENCE))
            if isinstance(frame, wire.Events):
                assert [event.seq for event in frame.events] == [self.times + 1]
                return


class Publisher(Bystander):
    """Publishes one notification after the other on port 8000, each on a new connection."""

    def turns(self) -> Generator[None, None, None]:
        """Publish, and be answered."""
        headers = {"Authorization": f"Bearer {self.server.token('publisher')}"}
        while True:
            port = self.server.http_port
            with closing(http.client.HTTPConnection("127.0.0.1", port, PATIENCE)) as connection:
                body = b'{"to":"me","title":"Still here"}'
                connection.request("POST", "/v1/notifications", body, headers)
                answer = connection.getresponse()
                assert answer.status == 201, answer.read()
            yield


def _text(frame: msgspec.Struct) -> str:
    return wire.encode(frame).decode()
