"""The runner of a load test as a child process: the spec goes in, lines of JSON come out.

Locust changes Python itself as soon as it is imported. It lives there and never here.
"""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from types import FrameType, TracebackType
from typing import Any, Final, Self

from notifyctl.bundled import bundled

COMMAND: Final = (sys.executable, "-m", "loadtests.runner")
SILENCE_SECONDS: Final = 300.0
"""It tells something each second. One that is silent for so long will not speak again."""

END_SECONDS: Final = 5.0
MARK: Final = "LOADTESTS_MARK"
"""A variable that all processes of a run have, each run with a text of its own."""

_STOPS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Runner:
    """A run under way. What the child started ends with it, whatever happens here.

    The first Ctrl-C is passed on, and the run ends early with what it has; the second one ends
    the child at once.
    """

    def __init__(self, spec: bytes, *, debug: bool = False) -> None:
        self.stops = 0
        self._has_told_all = False
        self.mark = secrets.token_hex(8)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        self._before: dict[signal.Signals, Any] = {}
        self._child = subprocess.Popen(  # noqa: S603
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if debug else self._errors,
            env={**environment(), MARK: self.mark},
            start_new_session=True,  # Ctrl-C comes to this process, which passes it on.
        )
        self._spec = spec

    def __enter__(self) -> Self:
        for number in _STOPS:
            self._before[number] = signal.signal(number, self._on_stop)
        Thread(target=self._feed, daemon=True).start()
        Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._end()
        self._errors.close()

    @property
    def pid(self) -> int:
        """The process id of the child."""
        return self._child.pid

    def lines(self) -> Iterator[bytes]:
        """What the child tells, until it ends, falls silent, or is ended."""
        while True:
            try:
                line = self._lines.get(timeout=SILENCE_SECONDS)
            except Empty:
                return
            if line is None:
                return
            yield line

    def stop(self) -> None:
        """Let the run end early, with what it has by now."""
        with suppress(ProcessLookupError):
            self._child.send_signal(signal.SIGINT)

    def last_words(self) -> str:
        """Why there is no result, as far as the child can tell."""
        # Who has closed the output is about to end, and who is only silent is not.
        if not self._has_told_all or not self._has_ended(END_SECONDS):
            return f"the runner was silent for {SILENCE_SECONDS:.0f} s."
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip().splitlines()
        reason = said[-1] if said else "it said nothing"
        return f"the runner ended with status {self._child.returncode} ({reason})."

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stops += 1
        if self.stops == 1:
            self.stop()
        else:
            self._lines.put(None)

    def _feed(self) -> None:
        assert self._child.stdin is not None
        with suppress(BrokenPipeError), self._child.stdin as stdin:
            stdin.write(self._spec)

    def _read(self) -> None:
        assert self._child.stdout is not None
        with self._child.stdout as stdout:
            for line in stdout:
                self._lines.put(line)
        self._has_told_all = True
        self._lines.put(None)

    def _end(self) -> None:
        """End the child: gently, so that it ends what it started; and then whatever is left."""
        if not self._has_ended(END_SECONDS if self._has_told_all else 0.0):
            self._child.terminate()
            self._has_ended(END_SECONDS)
        for pid in marked(self.mark):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        self._child.wait()

    def _has_ended(self, seconds: float) -> bool:
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


def environment() -> dict[str, str]:
    """Variables with which a process finds our load tests, and no others."""
    paths = [str(bundled()), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        # Not the folder in which the command runs: it may have a loadtests/ of its own.
        "PYTHONSAFEPATH": "1",
    }


def marked(mark: str) -> list[int]:
    """The processes of a run: they have its mark from whoever started them.

    Those, too, whose parent is gone already. Where there is no /proc, none can be seen.
    """
    text = f"\0{MARK}={mark}\0".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # It has ended, or belongs to somebody else.
            if text in b"\0" + path.read_bytes() + b"\0":
                found.append(int(path.parent.name))
    return found
