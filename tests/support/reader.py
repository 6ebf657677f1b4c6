"""A reader who does what a page says: in a fresh folder, on ports of their own."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from loadtests.bench.loopback import free_port
from tests.support import overheard
from tests.support.manual import Block
from tests.support.sources import ROOT

PATIENCE_SECONDS: Final = 30.0

# What runs until somebody stops it; everything else ends by itself.
_ENDLESS: Final = re.compile(
    r"^(make serve|wscat|websocat|notifyctl tail (?!.*--(count|timeout)))", re.MULTILINE
)
_CONNECTS: Final = re.compile(r"^(wscat|websocat|notifyctl tail)", re.MULTILINE)
_STARTS_SERVER: Final = re.compile(r"\bserve\b")
_TIME: Final = re.compile(r"\d\d:\d\d:\d\d")
# Variables of the tests themselves, and of the `make check` that may have started them.
_OURS: Final = re.compile(r"NOTIFY|VIRTUAL_ENV|MAKE|MFLAGS|ARGS$")
ANY_TIME: Final = r"(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d"


class Reader:
    """Follows a page block by block, and compares what it shows with what happens.

    `sh` blocks are run, in one shell's variables and folder; `python` blocks that begin with
    a file's name are saved under it; `text` blocks are what has been printed by then, in which
    `…` stands for anything and a time for any time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkout"
        self.home = folder / "home"
        self.http_port, self.ws_port = free_port(), free_port()
        self._state = folder / "shell"
        self._outputs = folder / "outputs"
        self._running: list[subprocess.Popen[bytes]] = []
        self._expected: list[str] = []

    def __enter__(self) -> Self:
        self._outputs.mkdir()
        self.home.mkdir()
        self.folder.mkdir()
        for path in ROOT.iterdir():
            if path.name not in {".git", ".venv"}:
                (self.folder / path.name).symlink_to(path)
        (self.folder / ".venv").symlink_to(sys.prefix)
        self._state.write_text(f"cd '{self.folder}'\n")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop what still runs: the terminals left open, and what a page put into a `.pid` file."""
        for process in self._running:
            with contextlib.suppress(ProcessLookupError):  # A script that failed has ended.
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
        for path in self.folder.parent.rglob("*.pid"):
            if is_ours(pid := int(path.read_text())):
                os.kill(pid, signal.SIGKILL)

    @property
    def environment(self) -> Mapping[str, str]:
        """A new user's variables, and the ports."""
        return {
            **{name: text for name, text in os.environ.items() if not _OURS.match(name)},
            "HOME": str(self.home),
            "PATH": f"{sys.prefix}/bin:{os.environ['PATH']}",
            "NOTIFYD_HTTP_PORT": str(self.http_port),
            "NOTIFYD_WS_PORT": str(self.ws_port),
            "NOTIFYCTL_WS_URL": f"ws://127.0.0.1:{self.ws_port}/ws",
        }

    def follow(self, block: Block) -> None:
        """Do what one block says."""
        text = self.translate(block.text)
        match block.language:
            case "sh":
                self.run(text, is_endless=_ENDLESS.search(block.text) is not None)
            case "text":
                self.expect(text)
            case "python" if found := re.match(r"# (\w+\.py)\n", text):
                (self.folder / found[1]).write_text(text)

    def translate(self, text: str) -> str:
        """The same on this reader's ports and folders; `make` neither installs nor checks."""
        for theirs, ours in {
            "127.0.0.1:8000": f"127.0.0.1:{self.http_port}",
            "127.0.0.1:8001": f"127.0.0.1:{self.ws_port}",
            "Client(token": f'Client("ws://127.0.0.1:{self.ws_port}/ws", token',
            "Api(token": f'Api("http://127.0.0.1:{self.http_port}", token',
            "/tmp/tutorial": str(self.folder.parent / "tutorial"),
            "make serve": "make --old-file .venv/.runtime serve",
            "make check": "make --old-file .venv/.development --dry-run check",
        }.items():
            text = text.replace(theirs, ours)
        return text

    def serve(self) -> None:
        """Start the server that a page takes for granted."""
        self.run("notifyctl serve", is_endless=True)

    def run(self, script: str, *, is_endless: bool) -> None:
        """Run a script; one that does not end by itself goes on in the background."""
        sessions = self.sessions()
        process, output = self._begin(script, subprocess.PIPE if is_endless else subprocess.DEVNULL)
        if not is_endless:
            status = process.wait(PATIENCE_SECONDS)
            assert status == 0, f"{script}\nended with {status}:\n{output.read_text()}"
            self._running.remove(process)
        if is_endless and _CONNECTS.search(script):
            self.wait_until(lambda: self.sessions() > sessions, f"nobody connected: {script}")
        if _STARTS_SERVER.search(script):
            self.wait_until(self.answers, f"no server answers: {script}")

    def _begin(self, script: str, stdin: int) -> tuple[subprocess.Popen[bytes], Path]:
        output = self._outputs / f"{len(list(self._outputs.iterdir()))}.txt"
        if _STARTS_SERVER.search(script):  # Others may be asked for a token, and print it.
            overheard.note_file(output)
        remember = f"export -p > '{self._state}'\necho \"cd '$PWD'\" >> '{self._state}'"
        with output.open("wb") as file:
            process = subprocess.Popen(
                ["sh", "-c", f"set -e\n. '{self._state}'\n{script}\n{remember}\n"],
                env=self.environment,
                stdin=stdin,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._running.append(process)
        return process, output

    def expect(self, text: str) -> None:
        """Wait until each line was printed; what was expected once is not expected again."""
        for line in text.splitlines():
            self._expected.append(line)
            is_so = partial(self._was_printed, pattern_of(line), self._expected.count(line))
            self.wait_until(is_so, f"{line!r} was not printed")

    def _was_printed(self, pattern: str, times: int) -> bool:
        found = [line for line in self.output().splitlines() if re.fullmatch(pattern, line)]
        return len(found) >= times

    def output(self) -> str:
        """Everything that was printed so far, on any of the reader's terminals."""
        paths = sorted(self._outputs.iterdir(), key=lambda path: int(path.stem))
        return "".join(path.read_text() for path in paths)

    def wait_until(self, is_so: Callable[[], bool], otherwise: str) -> None:
        """Wait for something that a command brings about."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            assert time.monotonic() < deadline, f"{otherwise}\n{self.output()}"
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether the reader's server is ready."""
        return self._get("/readyz") is not None

    def sessions(self) -> int:
        """How many sessions the reader's server has."""
        found = re.search(r"^notifyd_sessions (\d+)", self._get("/metrics") or "", re.MULTILINE)
        return int(found[1]) if found else 0

    def _get(self, path: str) -> str | None:
        connection = HTTPConnection("127.0.0.1", self.http_port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        except OSError:
            return None
        finally:
            connection.close()


def pattern_of(line: str) -> str:
    """What a line of a page matches: `…` anything, and a time of day any time, of any day."""
    return _TIME.sub(lambda _: ANY_TIME, re.escape(line).replace("…", ".*"))


def is_ours(pid: int) -> bool:
    """Whether a process is a server that a page started, and not a later one of that number."""
    try:
        return b"notifyctl" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
