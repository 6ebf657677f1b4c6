"""Runs of the real runner, as a process of its own, as `notifyctl load` starts it."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from loadtests.defaults import thresholds_of
from loadtests.judgement import Figures
from loadtests.lines import AnyLine, Failed, Phase, Result, decode_line
from loadtests.report.conclusion import checks
from loadtests.report.document import judged
from loadtests.spec import Spec
from loadtests.verdict import Verdict, overall
from tests.support.sources import ROOT

PATIENCE_SECONDS = 60.0


class LoadRun:
    """A run under way, and what it tells."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.told: list[AnyLine] = []

    def until(self, phase: str) -> None:
        """Wait until a part of the run begins."""
        for line in self._lines():
            if isinstance(line, Phase) and line.name == phase:
                return
        raise AssertionError(f"the run ended before {phase}")

    def result(self) -> Result:
        """What it found in the end."""
        (found,) = [line for line in self._lines() if isinstance(line, Result)]
        assert self.process.wait(PATIENCE_SECONDS) == 0
        return found

    def failure(self) -> str:
        """Why it found nothing."""
        (found,) = [line for line in self._lines() if isinstance(line, Failed)]
        assert self.process.wait(PATIENCE_SECONDS) != 0
        return found.reason

    def phases(self) -> list[str]:
        """The parts of the run so far."""
        return [line.name for line in self.told if isinstance(line, Phase)]

    def _lines(self) -> Iterator[AnyLine]:
        assert self.process.stdout is not None
        for text in self.process.stdout:
            self.told.append(decode_line(text))
            yield self.told[-1]


@contextmanager
def load_run(**fields: Any) -> Iterator[LoadRun]:
    """A short run: 20 users with two devices each, unless something else is said."""
    usual = {"users": 20, "connections": 40, "duration": 1, "warmup": 0}
    spec = Spec(**{"scenario": "delivery", "run": "2f6c01ab", **usual, **fields})
    with subprocess.Popen(
        [sys.executable, "-m", "loadtests.runner"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        try:
            assert process.stdin is not None
            process.stdin.write(msgspec.json.encode(spec))
            process.stdin.close()
            yield LoadRun(process)
        finally:
            if process.poll() is None:
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(PATIENCE_SECONDS)
            process.kill()


def played(**fields: Any) -> Result:
    """What a run found."""
    with load_run(**fields) as run:
        return run.result()


def counted(result: Result) -> Figures:
    """What the ledger of a run counted."""
    judgement = judged(result)
    assert judgement is not None
    return judgement.figures


def verdicts(result: Result) -> dict[str, Verdict]:
    """What became of each threshold that a delivery has by itself."""
    found = checks(result, thresholds_of("delivery"))
    return {check.threshold: check.verdict for check in found}


def outcome(result: Result) -> Verdict:
    """What became of all of them together."""
    return overall([*verdicts(result).values()])
