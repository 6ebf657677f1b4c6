"""Everything that a run of the tests writes, searched for what nobody may read there.

Servers, nodes and commands are overheard while they say as much as they can. What must not be
among it is known from those who make it: every token that is signed, every secret that is
generated. The check looks behind the net of `logs.py`, too: wherever `[token]` stands, somebody
tried to log one.
"""

import logging
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import jwt

from notifyd.logs import JsonLines

# How much of a signature is as good as all of it.
PART: Final = 12
LONGEST_EXCERPT: Final = 200

_FORBIDDEN: Final[Mapping[str, re.Pattern[str]]] = {
    "a token": re.compile(r"eyJ[\w-]{8,}"),
    "a private key": re.compile(r"PRIVATE KEY-----"),
    "something that the log's net had to catch": re.compile(r"\[(token|secret|private key)\]"),
}
_WORD: Final = re.compile(rf"[\w-]{{{PART},}}")
# Who speaks in this process. The tests of the net itself use a logger of their own.
_LOGGERS: Final = ("notifyd", "notifyctl", "aiohttp", "asyncio", "websockets")
_OF_THE_NET: Final = "notifyd.test"


class Ear:
    """Keeps what is written and what is secret in a folder, for one process of the run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._handler = _Notes(self)

    def listen(self) -> None:
        """Hear everything that is logged in this process; asked again, it goes on."""
        for name in _LOGGERS:
            logger = logging.getLogger(name)
            if self._handler not in logger.handlers:
                logger.addHandler(self._handler)
        for name in ("notifyd", "notifyctl"):
            logging.getLogger(name).setLevel(logging.DEBUG)

    def watch_tokens(self) -> None:
        """Know every token that is signed in this process."""
        sign = jwt.encode

        def encode(*arguments: Any, **options: Any) -> str:
            token = sign(*arguments, **options)
            self.keep_secret(token.rpartition(".")[2])
            return token

        jwt.encode = encode

    def note(self, source: str, text: str) -> None:
        """Somebody wrote this."""
        lines = "".join(f"{source}\t{line}\n" for line in text.splitlines())
        self._append("written", lines)

    def note_file(self, path: Path) -> None:
        """Somebody writes into this file until the run ends."""
        self._append("files", f"{path}\n")

    def keep_secret(self, secret: str) -> None:
        """Nobody may write this, nor a part of it."""
        self._append("secrets", f"{secret}\n")

    def _append(self, kind: str, text: str) -> None:
        with (self.folder / f"{os.getpid()}.{kind}").open("a") as file:
            file.write(text)


class _Notes(logging.Handler):
    def __init__(self, ear: Ear) -> None:
        super().__init__()
        self._ear = ear
        self.setFormatter(JsonLines())

    def emit(self, record: logging.LogRecord) -> None:
        if record.name != _OF_THE_NET:
            self._ear.note(f"log of {record.name}", self.format(record))


_ears: list[Ear] = []


def begin(folder: Path) -> Ear:
    """Overhear this process from now on."""
    _ears[:] = [Ear(folder)]
    _ears[0].watch_tokens()
    _ears[0].listen()
    return _ears[0]


def ear() -> Ear | None:
    """The ear of this process; None where no run of the tests began."""
    return _ears[0] if _ears else None


def note(source: str, text: str) -> None:
    """Somebody wrote this."""
    for one in _ears:
        one.note(source, text)


def note_file(path: Path) -> None:
    """Somebody writes into this file until the run ends."""
    for one in _ears:
        one.note_file(path)


def keep_secret(secret: str) -> None:
    """Nobody may write this, nor a part of it."""
    for one in _ears:
        one.keep_secret(secret)


def leaks(folder: Path) -> list[str]:
    """Each line that tells a token or a secret: who wrote it, what it tells, and the line."""
    parts = {
        secret[start : start + PART]
        for path in folder.glob("*.secrets")
        for secret in path.read_text().splitlines()
        for start in range(max(1, len(secret) - PART + 1))
        if len(secret) >= PART
    }
    return [
        f"{source} tells {what}: {line[:LONGEST_EXCERPT]}"
        for source, line in _written(folder)
        for what in _told(line, parts)
    ]


def _written(folder: Path) -> Iterator[tuple[str, str]]:
    for path in folder.glob("*.written"):
        for line in path.read_text().splitlines():
            source, _, text = line.partition("\t")
            yield source, text
    for path in folder.glob("*.files"):
        for name in set(path.read_text().splitlines()):
            if Path(name).exists():
                for line in Path(name).read_text(errors="replace").splitlines():
                    yield name, line


def _told(line: str, parts: set[str]) -> Iterator[str]:
    for what, pattern in _FORBIDDEN.items():
        if pattern.search(line):
            yield what
    if parts and any(
        word[start : start + PART] in parts
        for word in _WORD.findall(line)
        for start in range(len(word) - PART + 1)
    ):
        yield "a part of a secret"
