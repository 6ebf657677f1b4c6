"""The history of a run: each entry is written to a file, and entered into the books."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from loadtests.crash.books import Books
from loadtests.crash.entries import AnyEntry


class History:
    """Takes every entry; times count from when it began."""

    def __init__(self, path: Path, books: Books) -> None:
        self.books = books
        self.path = path
        self._file = path.open("wb")
        self._began = time.monotonic()
        self._encoder = msgspec.json.Encoder()
        self._awaited: type[AnyEntry] | None = None
        self._then: Callable[[], None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    @property
    def seconds(self) -> float:
        """The time of the run."""
        return time.monotonic() - self._began

    def upon(self, kind: type[AnyEntry], then: Callable[[], None]) -> None:
        """Call this as soon as the next entry of a kind is noted, once."""
        self._awaited, self._then = kind, then

    def note(self, entry: AnyEntry) -> None:
        """This happened now."""
        if self._then is not None and type(entry) is self._awaited:
            then, self._then = self._then, None
            then()
        entry.at = round(self.seconds, 6)
        self._file.write(self._encoder.encode(entry) + b"\n")
        self.books.enter(entry)

    def entries(self) -> Iterator[AnyEntry]:
        """All of it, from the beginning, once it is closed."""
        return read(self.path)


def read(path: Path) -> Iterator[AnyEntry]:
    """The entries of a history that a run left behind."""
    decoder = msgspec.json.Decoder(AnyEntry)
    with path.open("rb") as lines:
        for line in lines:
            yield decoder.decode(line)
