"""Load tests whose runner is a fake one: it tells what a test wants to be told."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from loadtests.lines import AnyLine
from notifyctl.cli import load_runner

PROGRAM = Path(__file__).with_name("fake_runner.py")


class Told:
    """What the runner will tell, and what it was asked."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._lines = folder / "lines.jsonl"
        self._spec = folder / "spec.json"
        self._monkeypatch = monkeypatch

    def by(self, lines: Sequence[AnyLine], *manners: str) -> None:
        """From now on, the runner tells this; the last line is the result."""
        self._lines.write_bytes(b"\n".join(map(msgspec.json.encode, lines)) + b"\n")
        files = (str(self._lines), str(self._spec))
        command = (sys.executable, str(PROGRAM), *files, *manners)
        self._monkeypatch.setattr(load_runner, "COMMAND", command)

    def by_program(self, program: str) -> None:
        """From now on, the runner is this Python program."""
        self._monkeypatch.setattr(load_runner, "COMMAND", (sys.executable, "-c", program))

    @property
    def spec(self) -> Any:
        """What the runner was asked to do."""
        return json.loads(self._spec.read_bytes())
