"""`python -m loadtests.crash`: takes a spec as JSON on stdin, and tells how it goes.

`notifyctl load crash` is the command for people; it starts this as a child.
"""

import asyncio
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import msgspec

from loadtests.crash.outcome import INTERRUPTED, Outcome, Progress
from loadtests.crash.report import conclusion, round_line, table
from loadtests.crash.run import Run
from loadtests.crash.spec import Spec

RESULT: Final = "result.json"
# How often a file or a pipe hears of rounds; a terminal hears of each.
TELL_SECONDS: Final = 5.0
SQLITE: Final = "sqlite:"
SUFFIXES: Final = ("", "-wal", "-shm", ".lock")


class Screen:
    """Tells how it goes: JSON on stdout, or the result there and the rounds on stderr."""

    def __init__(self, *, json: bool) -> None:
        self._json = json
        self._told = -TELL_SECONDS

    def tell(self, progress: Progress) -> None:
        """A round is over."""
        if self._json:
            _put(progress)
            return
        now = time.monotonic()
        is_last = progress.round == progress.rounds
        if sys.stderr.isatty() or is_last or now - self._told >= TELL_SECONDS:
            self._told = now
            print(round_line(progress), file=sys.stderr, flush=True)  # noqa: T201

    def conclude(self, outcome: Outcome) -> None:
        """The run is over."""
        if self._json:
            _put(outcome)
            return
        for line in (*table(outcome.figures), *conclusion(outcome)):
            print(line, flush=True)  # noqa: T201


def main() -> int:
    """Run what stdin asks for; the exit status."""
    spec = msgspec.json.decode(sys.stdin.buffer.read(), type=Spec)
    screen = Screen(json=spec.json)
    folder = Path(spec.out or tempfile.mkdtemp(prefix="notifyctl-crash-"))
    folder.mkdir(parents=True, exist_ok=True)
    keeps = spec.out is not None
    store = _new_files(spec.store)
    try:
        outcome = asyncio.run(_play(spec, folder, screen))
        # What shows a failure is worth its space.
        keeps = keeps or outcome.verdict == "violated"
        outcome = msgspec.structs.replace(outcome, kept=str(folder) if keeps else None)
        if keeps:
            (folder / RESULT).write_bytes(msgspec.json.format(msgspec.json.encode(outcome)))
        screen.conclude(outcome)
    except (KeyboardInterrupt, asyncio.CancelledError):
        return INTERRUPTED
    finally:
        if not keeps:
            shutil.rmtree(folder, ignore_errors=True)
            for path in store:
                path.unlink(missing_ok=True)
    return outcome.exit_status


async def _play(spec: Spec, folder: Path, screen: Screen) -> Outcome:
    """Play the run. The first Ctrl-C ends it early, the second one at once."""
    run = Run(spec, folder, screen.tell)
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def interrupt() -> None:
        if run.interrupted.is_set():
            task.cancel()
        run.interrupted.set()

    loop.add_signal_handler(signal.SIGINT, interrupt)
    loop.add_signal_handler(signal.SIGTERM, task.cancel)
    return await run.play()


def _new_files(store: str) -> list[Path]:
    """The files that a store outside the run's folder will have, if it is not there yet."""
    path = store.removeprefix(SQLITE)
    if not path or path == store or Path(path).expanduser().exists():
        return []
    return [Path(f"{path}{suffix}").expanduser() for suffix in SUFFIXES]


def _put(line: Progress | Outcome) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
