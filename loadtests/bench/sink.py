"""The receivers: one native process (`sink.c`) that is never the limit."""

import atexit
import select
import shutil
import subprocess
from array import array
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Final, NamedTuple, Self

from loadtests.bench.machine import LOADING, pinned
from loadtests.bench.process import cpu_seconds

SOURCE: Final = Path(__file__).with_name("sink.c")
READY_SECONDS: Final = 120.0
# Fewer than the 100 that a listening socket keeps waiting by default.
AT_ONCE: Final = 64
EVENT: Final = b'"seq":'
STAMPED: Final = b'"title":"'


class Step(NamedTuple):
    """What a client says, and what it waits for before it goes on."""

    say: bytes
    wait_for: bytes


class Reached(NamedTuple):
    """How many events had come, when the last one did, and how many connections were closed."""

    events: int
    at: float
    closed: int


@cache
def program() -> Path:
    """The compiled sink. Raises `RuntimeError` where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise RuntimeError("the receivers are written in C; install a compiler (gcc or clang)")
    folder = Path(mkdtemp(prefix="notifyctl-sink-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "sink"
    subprocess.run([compiler, "-O2", "-o", path, SOURCE], check=True)  # noqa: S603
    return path


class Sink:
    """Connections to one port that all say their steps and then count events.

    `acknowledges` and `retries` are those of `sink.c`. With `stamps` the events carry 16
    digits in their title, which are kept in that file with the time they came.
    """

    def __init__(
        self,
        port: int,
        clients: Iterable[Sequence[Step]],
        folder: Path,
        *,
        acknowledges: bool = False,
        retries: bool = False,
        stamps: Path | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        said = [list(steps) for steps in clients]
        path = folder / f"steps-{id(self)}"
        with path.open("wb") as file:
            for step in (step for steps in said for step in steps):
                file.write(len(step.say).to_bytes(4, "little") + step.say)
        options = ["-a"] * acknowledges + ["-r"] * retries
        options += [] if stamps is None else ["-s", str(stamps)]
        numbers = [str(port), str(path), str(len(said)), str(at_once)]
        markers = [EVENT if stamps is None else STAMPED, *(step.wait_for for step in said[0])]
        with pinned(LOADING):
            self._process = subprocess.Popen(  # noqa: S603
                [str(program()), *options, *numbers, *(marker.decode() for marker in markers)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
            )
        self._stamps = stamps
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def await_ready(self, seconds: float = READY_SECONDS) -> float:
        """Wait until every client has said everything; when that was."""
        word, at = self._line(seconds)
        assert word == "ready"
        return float(at)

    def expect(self, count: int) -> None:
        """Ask when `count` events have come, counted from the beginning."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"expect %d\n" % count)

    def await_reached(self, seconds: float = 60.0) -> Reached:
        """Wait for what was expected. Raises `RuntimeError` when connections were closed."""
        _, count, at, closed = self._line(seconds)
        reached = Reached(int(count), float(at), int(closed))
        if reached.closed:
            raise RuntimeError(f"{reached.closed} receivers were closed after {count} events")
        return reached

    def cpu_seconds(self) -> float:
        """What the receivers have spent so far."""
        return cpu_seconds(self._process.pid)

    def _line(self, seconds: float) -> list[str]:
        assert self._process.stdout is not None
        while b"\n" not in self._rest:
            if not select.select([self._process.stdout], [], [], seconds)[0]:
                raise RuntimeError(f"the receivers are not done after {seconds:.0f} s")
            piece = self._process.stdout.read(4096)
            if not piece:
                raise RuntimeError("the receivers gave up; the line above says why")
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode().split()

    def close(self) -> None:
        """Close all connections."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait(30.0)

    def stamps(self) -> list[tuple[int, int]]:
        """The digits of each event and when it came, in microseconds; after `close`."""
        assert self._stamps is not None
        numbers = array("q", self._stamps.read_bytes())
        return list(zip(numbers[::2], numbers[1::2], strict=True))
