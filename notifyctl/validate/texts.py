"""The files that are checked, read when somebody asks for them.

Both mappings list the files that were found. Asked for another one by its path, as a kustomization
or an `extends` names it, they read that, too, if it is there.
"""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from stat import S_ISREG
from typing import Final

from notifyctl.validate.source import Source
from notifyctl.validate.yaml_reader import Reading, read_yaml

LARGEST_BYTES: Final = 16 * 1024 * 1024
_NO_TEXT: Final = "\x00"


class Texts(Mapping[str, Source]):
    """Files by their paths from the folder where the command runs.

    `failures` says of each file that could not be read why, as the end of a sentence.
    """

    def __init__(self, names: Iterable[str], folder: Path | None = None) -> None:
        self._names = dict.fromkeys(names)
        self._folder = folder or Path()
        self._sources: dict[str, Source | None] = {}
        self.failures: dict[str, str] = {}
        # Files that hold bytes which are no UTF-8: read with a mark in their place.
        self.damaged: set[str] = set()

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, name: str) -> Source:
        name = posixpath.normpath(name)
        if name not in self._sources:
            self._sources[name] = self._read(name)
        source = self._sources[name]
        if source is None:
            raise KeyError(name)
        return source

    def _read(self, name: str) -> Source | None:
        path = self._folder / name
        try:
            status = path.stat()
            if not S_ISREG(status.st_mode):
                self.failures[name] = "is not a file"
                return None
            if status.st_size > LARGEST_BYTES:
                self.failures[name] = f"is larger than {LARGEST_BYTES >> 20} MiB"
                return None
            content = path.read_bytes()
        except OSError as error:
            self.failures[name] = f"cannot be read ({error.strerror or error})"
            return None
        text = content.decode(errors="replace")
        if text.encode() != content:
            self.damaged.add(name)
        if _NO_TEXT in text:
            self.failures[name] = "is not a text file"
            return None
        return Source(name, text)


class Documents(Mapping[str, tuple[Source, Reading]]):
    """The YAML of texts: what was read, with its source."""

    def __init__(self, texts: Mapping[str, Source], names: Iterable[str]) -> None:
        self._texts = texts
        self._names = dict.fromkeys(names)
        self._read: dict[str, tuple[Source, Reading]] = {}

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._names if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, name: str) -> tuple[Source, Reading]:
        name = posixpath.normpath(name)
        if name not in self._read:
            source = self._texts[name]
            self._read[name] = source, read_yaml(source)
        return self._read[name]
