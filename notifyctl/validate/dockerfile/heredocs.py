"""Texts within a Dockerfile: `RUN <<EOF`, up to the line that says `EOF`."""

import re
from typing import Final

from notifyctl.validate.dockerfile.instruction import Heredoc
from notifyctl.validate.dockerfile.lines import SPACE, Joined, Lines

_WORD: Final = re.compile(
    rf"""(?:[^{SPACE}'"\\]|\\[\s\S]?|'[^']*'|"(?:[^"\\]|\\[\s\S])*")+""",
)
_START: Final = re.compile(r"\d*<<(-?)([^<]+)")
_QUOTING: Final = re.compile(r"""\\([\s\S])|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)\"""")


class OpenHeredocError(Exception):
    """A heredoc without its last line."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def read_heredocs(line: Joined, lines: Lines) -> list[Heredoc]:
    """The heredocs that a logical line starts, taken from the lines behind it."""
    return [_read(name, is_indented, lines) for name, is_indented in names_in(line.text)]


def names_in(text: str) -> list[tuple[str, bool]]:
    """The heredocs that a line starts: each with its name, and whether tabs go before its lines."""
    names = []
    words = list(_WORD.finditer(text))
    if re.sub(rf"[{SPACE}]", "", _WORD.sub("", text)):
        # A quote is never closed: nothing of the line is understood as a heredoc.
        return []
    for word in words:
        match = _START.fullmatch(word[0])
        if match:
            name = _QUOTING.sub(lambda part: part[1] or part[2] or part[3] or "", match[2])
            if name:
                names.append((name, bool(match[1])))
    return names


def _read(name: str, is_indented: bool, lines: Lines) -> Heredoc:
    """Take the lines of one heredoc, and the one that ends it."""
    first: int | None = None
    while (place := lines.take_physical()) is not None:
        start, end = place
        first = start if first is None else first
        text = lines.source.text[start:end]
        if (text.lstrip("\t") if is_indented else text) == name:
            return Heredoc(name, lines.source.span(first, start), lines.source.span(first, end))
    raise OpenHeredocError(name)
