"""A server under attack, with a well-behaved session beside the attackers."""

import re
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
from websockets.sync.client import ClientConnection, connect

from notifyctl import wire
from tests.support.raw import request, said
from tests.support.servers import ServerProcess, running

PATIENCE: Final = 20.0
# What an attack may leave behind; Python keeps some of what it once used.
MEMORY_KIB: Final = 48 * 1024


class Bystander(threading.Thread):
    """Publishes to itself over one session and waits for each event, as long as the siege lasts."""

    def __init__(self, server: ServerProcess) -> None:
        super().__init__(daemon=True)
        self.received = 0
        self.error: Exception | None = None
        self._url = server.ws_url
        self._token = server.token("bystander")
        self._stopping = threading.Event()

    def run(self) -> None:
        """Say hello, then publish and receive."""
        try:
            with connect(self._url, compression=None) as socket:
                socket.send(_text(wire.Hello(token=self._token)))
                while not self._stopping.is_set():
                    socket.send(_text(wire.Publish(id=1, to="me", title="Still here")))
                    self._await_event(socket)
                    self.received += 1
                    self._stopping.wait(0.01)
        except Exception as error:  # The test that waits for the next event tells of it.
            self.error = error

    def _await_event(self, socket: ClientConnection) -> None:
        while True:
            frame = wire.decode_server(socket.recv(PATIENCE))
            if isinstance(frame, wire.Events):
                assert [event.seq for event in frame.events] == [self.received + 1]
                return

    def stop(self) -> None:
        """Leave."""
        self._stopping.set()
        self.join(PATIENCE)


class Siege:
    """The server, what its session beside the attackers gets, and what the attacks have cost."""

    def __init__(self, server: ServerProcess, bystander: Bystander) -> None:
        self.server = server
        self.bystander = bystander
        self._memory = self.memory_kib()

    @property
    def port(self) -> int:
        """Where to attack."""
        return self.server.ws_port

    def greeted(self, user: str = "intruder") -> bytes:
        """The request and the hello that make an attacker a session."""
        return request() + said(wire.Hello(token=self.server.token(user)))

    def memory_kib(self) -> int:
        """The server's resident memory."""
        status = Path(f"/proc/{self.server.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1])

    def figure(self, name: str) -> float:
        """A figure of the server's metrics."""
        with urllib.request.urlopen(f"{self.server.http_url}/metrics") as answer:
            found = re.search(rf"^{name} (\S+)$", answer.read().decode(), re.MULTILINE)
        assert found is not None
        return float(found[1])

    def assert_unharmed(self, kib: int = MEMORY_KIB) -> None:
        """The bystander goes on, the attackers are gone, and neither memory nor log shows them."""
        before = self.bystander.received
        await_(lambda: self.bystander.received > before or self.bystander.error is not None)
        assert self.bystander.error is None, self.bystander.error
        await_(lambda: self.figure("notifyd_connections") == 1)
        assert self.memory_kib() < self._memory + kib
        log = self.server.log_path.read_text()
        assert "Traceback" not in log
        assert not re.search(r'"level": ?"(error|warning)"', log), log[-2000:]


def _text(frame: msgspec.Struct) -> str:
    return wire.encode(frame).decode()


def await_(true: Callable[[], bool]) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


@contextmanager
def siege(data_dir: Path, **environment: str) -> Iterator[Siege]:
    """A server whose patience is short: a second for `hello`, and for an answer to a ping."""
    settings = {
        "NOTIFYD_HELLO_SECONDS": "1",
        "NOTIFYD_PING_SECONDS": "1",
        "NOTIFYD_PONG_SECONDS": "2",
        **environment,
    }
    with running(data_dir, **settings) as server:
        bystander = Bystander(server)
        bystander.start()
        try:
            yield Siege(server, bystander)
        finally:
            bystander.stop()
