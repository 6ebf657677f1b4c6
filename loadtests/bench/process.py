"""A program of the run: started on its cores, weighed, and ended with the run."""

import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from loadtests.bench.loopback import listens
from loadtests.bench.machine import Cores, pinned

START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 30.0
# Quiet is who spends less than 5 % of its time during a tenth of a second.
QUIET: Final = 0.05
QUIET_SECONDS: Final = 0.1


class Process:
    """A program that listens on a port of the loopback."""

    def __init__(
        self,
        command: Sequence[str],
        port: int,
        *,
        cores: Cores,
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.port = port
        self._log = log
        with pinned(cores), log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def await_listening(self) -> None:
        """Wait until its port answers; raise what it said when it does not."""
        deadline = time.monotonic() + START_SECONDS
        while not listens(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = self._log.read_text(errors="replace").strip()[-2000:]
                raise RuntimeError(f"{self._process.args!r} does not listen: {said}")
            time.sleep(0.002)

    def cpu_seconds(self) -> float:
        """What all its threads have spent so far, to the nanosecond."""
        return cpu_seconds(self.pid)

    def memory_kib(self) -> int:
        """Its own memory, without files it has mapped: others who map them change their share."""
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        return sum(
            int(size) for size in re.findall(r"^Anonymous: +(\d+) kB$", rollup, re.MULTILINE)
        )

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.wait(STOP_SECONDS)

    def stop(self) -> None:
        """End it, politely at first."""
        with suppress(subprocess.TimeoutExpired):
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(2.0)
        self.kill()


def cpu_seconds(pid: int) -> float:
    """What all threads of a process have spent so far, to the nanosecond."""
    # The clock of a process has this number, see clock_getcpuclockid(3).
    return time.clock_gettime_ns((~pid << 3) | 2) / 1e9


def settle(process: Process) -> None:
    """Wait until a process has (nearly) nothing left to do, such as closing its connections."""
    deadline = time.monotonic() + STOP_SECONDS
    before, spent = process.cpu_seconds(), 1.0
    while spent > QUIET and time.monotonic() < deadline:
        time.sleep(QUIET_SECONDS)
        now = process.cpu_seconds()
        before, spent = now, (now - before) / QUIET_SECONDS
