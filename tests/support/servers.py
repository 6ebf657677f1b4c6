"""Real server processes: started, killed, started again, on the same ports and data."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from loadtests.bench.loopback import free_port, listens
from notifyd.auth import issue
from notifyd.keys import secret_key
from notifyd.secret import FILE
from tests.support import overheard

START_SECONDS = 20.0
STOP_SECONDS = 30.0


class ServerProcess:
    """`notifyctl serve` as a process of its own. Its JSON log is kept in the data directory."""

    def __init__(
        self, data_dir: Path, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> None:
        self.data_dir = data_dir
        self.log_path = data_dir.parent / f"{data_dir.name}.log"
        self.http_port, self.ws_port = free_port(), free_port()
        self.http_url = f"http://127.0.0.1:{self.http_port}"
        self.ws_url = f"ws://127.0.0.1:{self.ws_port}/ws"
        self._arguments = arguments
        self._environment = dict(environment or {})
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
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the process and wait until both ports answer."""
        self.launch()
        self.await_ready()

    def launch(self) -> None:
        """Start the process without waiting for it."""
        command = [sys.executable, "-m", "notifyctl", "serve"]
        command += ["--http-port", str(self.http_port), "--ws-port", str(self.ws_port)]
        command += ["--data-dir", str(self.data_dir), *self._arguments]
        environment = {
            **{name: value for name, value in os.environ.items() if "NOTIFY" not in name},
            "NOTIFYD_LOG_FORMAT": "json",
            "NOTIFYD_LOG_LEVEL": "debug",
            **self._environment,
        }
        overheard.note_file(self.log_path)
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)

    def await_ready(self) -> None:
        """Wait until the server says that it is ready; fail with its log when it does not."""
        assert self._process is not None
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if listens(self.http_port) and listens(self.ws_port):
                self._keep_its_secret()
                return
            if self._process.poll() is not None:
                raise AssertionError(f"the server ended at once:\n{self.log_path.read_text()}")
            time.sleep(0.01)
        raise AssertionError(f"the server did not start:\n{self.log_path.read_text()}")

    def _keep_its_secret(self) -> None:
        if (path := self.data_dir / FILE).exists():
            overheard.keep_secret(path.read_text().strip())

    def kill(self) -> None:
        """End it as a power cut would: `kill -9`."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(STOP_SECONDS)
            self._process = None

    def terminate(self) -> int:
        """Ask it to drain and stop; its exit status."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        status = self._process.wait(STOP_SECONDS)
        self._process = None
        return status

    def token(
        self,
        user: str,
        *scopes: str,
        topics: tuple[str, ...] = ("*",),
        ttl_seconds: float = 3600.0,
    ) -> str:
        """A token signed with the secret that the server generated."""
        secret = (self.data_dir / FILE).read_bytes().strip()
        return issue(
            secret_key(secret),
            user,
            scopes=scopes or ("subscribe", "publish"),
            topics=topics,
            now=time.time(),
            ttl_seconds=ttl_seconds,
            token_id=os.urandom(8).hex(),
        )

    def log(self) -> list[dict[str, Any]]:
        """What the server logged for operators; what is no JSON is a line of its own."""
        lines = self.log_path.read_text().splitlines()
        read = [json.loads(line) if line.startswith("{") else {"message": line} for line in lines]
        return [line for line in read if line.get("level") != "debug"]


@contextmanager
def running(data_dir: Path, *arguments: str, **environment: str) -> Iterator[ServerProcess]:
    """A server that runs as long as the block."""
    with ServerProcess(data_dir, *arguments, environment=environment) as server:
        yield server
