"""The lines of a Dockerfile as its instructions see them: continued ones joined, comments gone.

A joined text remembers where each of its characters stands in the file. So whatever is cut out of
it later can be pointed at, even where a comment stands between two halves of a word.
"""

import re
from bisect import bisect_right
from typing import Final

import msgspec

from notifyctl.validate.source import Flaw, Source, Span

# What the builder takes for space; Python would add four control characters.
SPACE: Final = "\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
SPACES: Final = re.compile(f"[{SPACE}]*")
_DIRECTIVE: Final = re.compile(
    rf"#[{SPACE}]*([a-zA-Z][a-zA-Z0-9]*)[{SPACE}]*=[{SPACE}]*(.+?)[{SPACE}]*"
)
_DIRECTIVES: Final = frozenset({"check", "escape", "syntax"})
_ESCAPES: Final = ("\\", "`")


class Word(msgspec.Struct, frozen=True):
    """A piece of an instruction, and its place.

    `text` is what the builder is given: of two halves on two lines one word, and of JSON the
    string. Quotes and variables are still in it everywhere else.
    """

    text: str
    span: Span


class Joined:
    """One logical line: a text, and where its pieces come from."""

    __slots__ = ("_pieces", "_starts", "source", "text")

    def __init__(self, source: Source, pieces: list[tuple[int, int]]) -> None:
        """`pieces` are places in the source, as pairs of offsets; none of them is empty."""
        self.source = source
        self._pieces = pieces
        self._starts = [0]
        for start, end in pieces:
            self._starts.append(self._starts[-1] + end - start)
        self.text = "".join([source.text[start:end] for start, end in pieces])

    def _offset(self, at: int) -> int:
        """Where a character of the text stands in the file."""
        piece = min(bisect_right(self._starts, at), len(self._pieces)) - 1
        return self._pieces[piece][0] + at - self._starts[piece]

    def span(self, start: int, end: int) -> Span:
        """The place of a part of the text; it may reach over several lines of the file."""
        first = self._offset(start)
        return Span(self.source, first, self._offset(end - 1) + 1 if end > start else first)

    def word(self, start: int, end: int) -> Word:
        """A part of the text as it is."""
        return Word(self.text[start:end], self.span(start, end))


class Lines:
    """The physical lines of a file, taken one logical line at a time."""

    def __init__(self, source: Source, flaws: list[Flaw]) -> None:
        self.source = source
        self._flaws = flaws
        self._next = 1
        self._directives: dict[str, Span] | None = {}
        self.escape = _ESCAPES[0]
        # The frontend that a `# syntax=` asks for; another one may know other instructions.
        self.syntax = ""

    def take(self) -> Joined | None:
        """The next line with something on it; None at the end of the file."""
        pieces: list[tuple[int, int]] = []
        is_continued = False
        while (place := self.take_physical()) is not None:
            start, end = place
            text = self.source.text
            first = _skip_space(text, start, end)
            if self._directives is not None:
                self._look_for_directive(first, end)
            if text.startswith("#", first, end) or (is_continued and first == end):
                continue
            if not is_continued:
                start = first
            end, is_continued = self._without_continuation(start, end)
            if end > start:
                pieces.append((start, end))
            if pieces and not is_continued:
                break
        return Joined(self.source, pieces) if pieces else None

    def take_physical(self) -> tuple[int, int] | None:
        """The next line of the file as it is, without its end."""
        starts = self.source.starts
        if self._next > len(starts):
            return None
        start = starts[self._next - 1]
        end = starts[self._next] if self._next < len(starts) else len(self.source.text)
        self._next += 1
        if start == len(self.source.text):
            return None
        text = self.source.text
        while end > start and text[end - 1] in "\r\n":
            end -= 1
        return start, end

    def _without_continuation(self, start: int, end: int) -> tuple[int, bool]:
        """Where the line ends without the sign that it goes on, and whether it had one.

        A sign that is escaped itself is none.
        """
        text = self.source.text
        last = end
        while last > start and text[last - 1] in " \t":
            last -= 1
        last -= 1
        if last < start or text[last] != self.escape:
            return end, False
        if last > start and text[last - 1] == self.escape:
            return end, False
        return last, True

    def _look_for_directive(self, start: int, end: int) -> None:
        """Directives stand at the top; the first line that is none ends them."""
        assert self._directives is not None
        match = _DIRECTIVE.fullmatch(self.source.text, start, end)
        name = match[1].lower() if match else ""
        if match is None or name not in _DIRECTIVES:
            self._directives = None
            return
        span = self.source.span(start, end)
        value = match[2]
        if first := self._directives.get(name):
            self._flaws.append(
                Flaw(f"there can be only one `{name}` directive", span, first, "keep one of them")
            )
        elif name == "escape" and value not in _ESCAPES:
            where = self.source.span(*match.span(2))
            self._flaws.append(Flaw("the escape character can only be ` or \\", where))
        elif name == "escape":
            self.escape = value
        elif name == "syntax":
            self.syntax = value
        self._directives[name] = span


def _skip_space(text: str, start: int, end: int) -> int:
    match = SPACES.match(text, start, end)
    return match.end() if match else start
