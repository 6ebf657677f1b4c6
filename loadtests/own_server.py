"""A server of the run's own: a child process on free ports, with a secret and data of its own.

The runner and the crash test share it. It blocks while it waits, so that it serves gevent as
well as a thread; after a crash the server comes back on the same ports and data.
"""

import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from loadtests.bench.loopback import LOOPBACK, listens
from loadtests.spec import Target
from notifyd.auth import issue
from notifyd.keys import secret_key

START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 30.0
TOKEN_SECONDS: Final = 7 * 86_400.0
# The kernel gives the ports above to clients. One that tries to reach a server which is down
# could be given the server's own port, talk to itself, and keep the server from coming back.
_PORTS: Final = range(16_000, 32_000)

# Publishers of a load run send as fast as they are asked to; nothing that they send is removed.
SETTINGS: Final = {
    "NOTIFYD_PUBLISH_RATE": "1000000000",
    "NOTIFYD_PUBLISH_BURST": "1000000000",
    "NOTIFYD_INBOX_MAX_EVENTS": "1000000000",
    "NOTIFYD_LOG_FORMAT": "json",
    "NOTIFYD_LOG_LEVEL": "warning",
}


class NotRunning(RuntimeError):
    """The server ended by itself, or never began to answer; its last words follow."""


class OwnServer:
    """`notifyctl serve` with its data in `folder`, and how to reach it."""

    def __init__(
        self, folder: Path, *, store: str = "sqlite:", settings: Mapping[str, str] | None = None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log_path = folder / "server.log"
        self.secret = secrets.token_urlsafe(32)
        self.http_port, self.ws_port = free_ports(2)
        self.http_url = f"http://{LOOPBACK}:{self.http_port}"
        self.ws_url = f"ws://{LOOPBACK}:{self.ws_port}/ws"
        self._command = [sys.executable, "-m", "notifyctl", "serve", "--store", store]
        self._command += ["--data-dir", str(folder), "--host", LOOPBACK]
        self._command += ["--http-port", str(self.http_port), "--ws-port", str(self.ws_port)]
        # Whatever is set for another server does not concern this one.
        foreign = {name: value for name, value in os.environ.items() if "NOTIFY" not in name}
        own = {"NOTIFYD_JWT_SECRET": self.secret}
        self._environment = foreign | SETTINGS | own | dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        return self._running.pid

    @property
    def target(self) -> Target:
        """Where it answers, and the secret for tokens."""
        return Target(http_url=self.http_url, ws_url=self.ws_url, secret=self.secret)

    def token(self, user: str, *scopes: str) -> str:
        """A token that it accepts, for all topics."""
        return issue(
            secret_key(self.secret.encode()),
            user,
            scopes=scopes,
            topics=("*",),
            now=time.time(),
            ttl_seconds=TOKEN_SECONDS,
            token_id=secrets.token_hex(8),
        )

    def start(self) -> None:
        """Start it and wait until both ports answer. Raises `NotRunning`."""
        self.launch()
        self.await_ready()

    def launch(self) -> None:
        """Start it without waiting for it."""
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,  # Ctrl-C ends the run, which then ends the server.
            )

    def await_ready(self) -> None:
        """Wait until both ports answer. Raises `NotRunning`."""
        deadline = time.monotonic() + START_SECONDS
        while not (listens(self.http_port) and listens(self.ws_port)):
            if self._running.poll() is not None or time.monotonic() > deadline:
                raise NotRunning(f"The server did not start: {self.last_words()}")
            time.sleep(0.01)

    def freeze(self) -> None:
        """Let it stand still, as when its machine has no time for it."""
        self._running.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._running.send_signal(signal.SIGCONT)

    def drain(self) -> None:
        """Ask it to send everybody away, and to end."""
        self._running.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """Wait until it has ended by itself; its exit status."""
        status = self._running.wait(STOP_SECONDS)
        self._process = None
        return status

    def strike(self) -> None:
        """Send the signal of `kill`, and wait for nothing."""
        self._running.kill()

    def kill(self) -> None:
        """End it with SIGKILL, frozen or not."""
        if self._process is not None:
            self.strike()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_SECONDS)
            self._process = None

    def complaints(self) -> list[str]:
        """What it logged as warnings and errors, or died of: the log of a good run is empty."""
        return [line for line in self._written() if line.startswith(("{", "Traceback"))]

    def last_words(self) -> str:
        """The end of what it wrote, for people."""
        return " / ".join(self._written()[-5:]) or "it said nothing"

    def _written(self) -> list[str]:
        if not self.log_path.exists():
            return []
        return [line for line in self.log_path.read_text(errors="replace").splitlines() if line]

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise NotRunning("The server is not running.")
        return self._process


def free_ports(count: int) -> Sequence[int]:
    """Ports of the loopback that nobody has, and that the kernel gives to nobody by itself."""
    found: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            break
    return found
