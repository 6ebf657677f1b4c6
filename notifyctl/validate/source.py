"""A text that remembers its lines, the places in it that a finding points at, and what is there.

A place is kept as two offsets and turned into lines and columns only where somebody looks at it.
"""

from bisect import bisect_right
from typing import NamedTuple

import msgspec

BYTE_ORDER_MARK = "\ufeff"


class Position(NamedTuple):
    """Where a person finds a character: line and column, both from 1, the column in characters."""

    line: int
    column: int


class Source:
    """One text: a file, or what a cluster answered.

    `name` is what findings call it: for a file its path from the folder where the command runs.
    """

    __slots__ = ("_starts", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        # The mark would be counted as a column that no editor shows.
        self.text = text.removeprefix(BYTE_ORDER_MARK)
        self._starts: list[int] | None = None

    @property
    def starts(self) -> list[int]:
        """The offset of each line's first character."""
        if self._starts is None:
            starts = [0]
            at = self.text.find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = self.text.find("\n", at + 1)
            self._starts = starts
        return self._starts

    def position(self, offset: int) -> Position:
        """Line and column of a character."""
        line = bisect_right(self.starts, offset)
        return Position(line, offset - self.starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The line of this number, without its end; empty beyond the last."""
        if not 1 <= number <= len(self.starts):
            return ""
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end].rstrip("\r\n")

    def span(self, start: int, end: int) -> "Span":
        """The place from one offset up to, and without, another."""
        return Span(self, start, end)

    def line_span(self, number: int) -> "Span":
        """A whole line without its indentation, its end and what is blank before that."""
        line = self.line(number)
        start = self.starts[min(number, len(self.starts)) - 1]
        indent = len(line) - len(line.lstrip())
        return Span(self, start + indent, start + max(indent, len(line.rstrip())))


class Span(msgspec.Struct, frozen=True, eq=False):
    """A place in a source: the characters from `start` up to, and without, `end`."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """What stands there."""
        return self.source.text[self.start : self.end]

    @property
    def begin(self) -> Position:
        """Line and column of the first character."""
        return self.source.position(self.start)

    @property
    def finish(self) -> Position:
        """Line and column right behind the last character."""
        return self.source.position(self.end)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Span):
            return NotImplemented
        mine, theirs = (self.source.name, self.start, self.end), (other.source.name, *other.range)
        return mine == theirs

    def __ne__(self, other: object) -> bool:
        # A struct brings its own, which is not the opposite of what is written above.
        return not self == other

    def __hash__(self) -> int:
        return hash((self.source.name, self.start, self.end))

    @property
    def range(self) -> tuple[int, int]:
        """Both offsets."""
        return self.start, self.end


class Written(msgspec.Struct, frozen=True):
    """A text that a file sets - a variable, a label, a user - and its place.

    `text` is None if only whoever builds or runs it will know.
    """

    text: str | None
    span: Span


class Flaw(msgspec.Struct, frozen=True):
    """Something in a file that cannot be read, or cannot mean what its author thinks.

    `first` is the place that it clashes with: of two equal keys, the one above.
    """

    message: str
    span: Span
    first: Span | None = None
    help: str = ""
