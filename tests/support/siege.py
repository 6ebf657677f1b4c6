"""A server under attack, with well-behaved clients beside the attackers."""

import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from notifyctl import wire
from tests.support.bystanders import Listener, Publisher, wait_until
from tests.support.raw_websocket import request, said
from tests.support.servers import ServerProcess, running

# What an attack may leave behind; Python keeps some of what it once used.
MEMORY_KIB: Final = 48 * 1024


class Siege:
    """The server, those beside the attackers, and what the attacks have cost."""

    def __init__(self, server: ServerProcess, listener: Listener, publisher: Publisher) -> None:
        self.server = server
        self.listener = listener
        self.publisher = publisher
        self._memory = self.memory_kib()

    def greeted(self, user: str = "intruder") -> bytes:
        """The request and the hello that make an attacker a session."""
        return request() + said(wire.Hello(token=self.server.token(user)))

    def memory_kib(self) -> int:
        """The server's resident memory."""
        status = Path(f"/proc/{self.server.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1])

    def files(self) -> int:
        """How many files the server has open."""
        return len(list(Path(f"/proc/{self.server.pid}/fd").iterdir()))

    def figure(self, name: str) -> float:
        """A figure of the server's metrics."""
        with urllib.request.urlopen(f"{self.server.http_url}/metrics") as answer:
            found = re.search(rf"^{name} (\S+)$", answer.read().decode(), re.MULTILINE)
        assert found is not None
        return float(found[1])

    def assert_unharmed(self, kib: int = MEMORY_KIB) -> None:
        """The others go on, the attackers are gone, and neither memory nor log shows them."""
        for bystander in (self.listener, self.publisher):
            bystander.assert_going_on()
        wait_until(lambda: self.figure("notifyd_connections") == 1)
        assert self.memory_kib() < self._memory + kib
        log = self.server.log_path.read_text()
        assert "Traceback" not in log
        assert not re.search(r'"level": ?"(error|warning)"', log), log[-2000:]


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
        listener, publisher = Listener(server), Publisher(server)
        for bystander in (listener, publisher):
            bystander.start()
        try:
            yield Siege(server, listener, publisher)
        finally:
            for bystander in (listener, publisher):
                bystander.stop()
