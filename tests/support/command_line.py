"""The command line inside the test's own process."""

import gc
import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec
import pytest

from notifyctl.cli import main
from tests.support import overheard

# What is asked for a token or a key, prints one.
PRINTS_A_SECRET: Final = frozenset({("token", "issue"), ("token", "keygen")})


class Outcome(msgspec.Struct, frozen=True):
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def objects(self) -> list[Any]:
        """The lines of stdout, each of them JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


class Notifyctl(Protocol):
    """Runs a command: `notifyctl("send", "alice", "Hello", stdin=b"...")`."""

    def __call__(self, *arguments: object, stdin: bytes = b"") -> Outcome:
        """How it ended."""


def caller(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Notifyctl:
    """What calls the command line as its script does."""

    def call(*arguments: object, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "argv", ["notifyctl", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        status: Any = 0
        try:
            main()
        except SystemExit as ending:
            status = ending.code or 0
        finally:
            gc.enable()  # A command that ends soon goes without it.
        written = capsys.readouterr()
        if tuple(arguments[:2]) not in PRINTS_A_SECRET:
            overheard.note(f"notifyctl {' '.join(map(str, arguments[:2]))}", "\n".join(written))
        return Outcome(status, written.out, written.err)

    return call


def at_home(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Nothing of the machine's own configuration is seen: an empty home, no variables."""
    from os import environ

    for name in [name for name in environ if "NOTIFY" in name]:
        monkeypatch.delenv(name)
    for name in ("XDG_CONFIG_HOME", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("LOGNAME", "tester")
    monkeypatch.setenv("TERM", "xterm-256color")


@contextmanager
def on_a_terminal(monkeypatch: pytest.MonkeyPatch, *, columns: int = 80) -> Iterator[None]:
    """What is written meanwhile and captured goes to a terminal of this width."""
    with monkeypatch.context() as patched:
        patched.setattr(type(sys.stdout), "isatty", lambda _stream: True)
        patched.setenv("COLUMNS", str(columns))
        yield
