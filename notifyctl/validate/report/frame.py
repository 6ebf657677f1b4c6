"""Shows a place in its file: the line, its number, and a caret under each character that is meant.

      --> k8s/service.yaml:14:19
       |
    14 |       targetPort: 8081
       |                   ^^^^ no selected pod declares it
       |

Places near each other share a frame; another file, or another part of the same, gets its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from notifyctl.validate.report.columns import Row, row, shown, width, window
from notifyctl.validate.report.look import Look, Style
from notifyctl.validate.source import Source, Span

# Lines between two places that still share a frame.
_NEAR: Final = 3
# Lines of a long place that are shown at its beginning and at its end.
_FIRST, _LAST = 3, 2
_NARROWEST_LABEL: Final = 40
_ROOM: Final = 20
_ELIDED: Final = "..."

# What must not be shown, by the names of the sources: places that hold a secret.
Hidden = Mapping[str, Sequence[Span]]


class Mark(msgspec.Struct, frozen=True):
    """A place to show: lines from 1, characters in them from 0, and `end` behind the last one."""

    source: Source
    first: int
    start: int
    last: int
    end: int
    label: str
    sign: str
    style: Style


def mark(span: Span, label: str, sign: str, style: Style) -> Mark:
    """A span as lines and characters; line ends behind it do not belong to what is meant."""
    source = span.source
    start = min(max(span.start, 0), len(source.text))
    text = source.text[start : max(span.end, start)]
    if "\n" in text:
        text = text.rstrip()
    first, last = source.position(start), source.position(start + len(text))
    return Mark(
        source, first.line, first.column - 1, last.line, last.column - 1, shown(label), sign, style
    )


def frames(marks: Sequence[Mark], look: Look, hidden: Hidden) -> Iterator[str]:
    """The lines of all frames; the first mark is the problem, the others explain it."""
    gutter = max(len(str(each.last)) for each in marks)
    room = max(look.width - gutter - 3, _ROOM)
    canvas = _Canvas(look, hidden, gutter, room)
    for index, group in enumerate(_groups(marks, canvas)):
        yield from canvas.frame(group, "-->" if index == 0 else ":::")


def location(source: Source, line: int, column: int) -> str:
    """`file:line:column`; what is no file, a cluster's answer, has only its name."""
    return shown(f"{source.name}:{line}:{column}" if has_lines(source) else source.name)


def has_lines(source: Source) -> bool:
    """Whether there is anything to point at."""
    return bool(source.text) and not source.text.isspace()


def _groups(marks: Sequence[Mark], canvas: "_Canvas") -> list[list[Mark]]:
    """The marks that share a frame, in the order in which they were given."""
    groups: list[list[Mark]] = []
    for each in marks:
        home = next((group for group in groups if canvas.joins(each, group)), None)
        if home is None:
            groups.append([each])
        else:
            home.append(each)
    return groups


class _Canvas:
    """Draws the frames of one finding."""

    def __init__(self, look: Look, hidden: Hidden, gutter: int, room: int) -> None:
        self._look = look
        self._hidden = hidden
        self._gutter = gutter
        self._room = room

    def frame(self, group: Sequence[Mark], arrow: str) -> Iterator[str]:
        """Everything about one part of one file."""
        head = group[0]
        place = location(head.source, head.first, head.start + 1)
        yield f"{' ' * self._gutter}{self._look.paint(arrow, Style.BLUE)} {place}"
        if not has_lines(head.source):
            return
        yield self._numbered("")
        if head.first < head.last:
            yield from self._block(head)
        else:
            yield from self._lines(sorted(group, key=lambda each: each.first))
        yield self._numbered("")

    def joins(self, each: Mark, group: Sequence[Mark]) -> bool:
        """Whether a mark belongs into a frame: it is near, and nothing has to be cut off."""
        return (
            group[0].source is each.source
            and any(abs(one.first - each.first) <= _NEAR for one in group)
            and all(self._fits(one) for one in (*group, each))
        )

    def _fits(self, each: Mark) -> bool:
        """Whether a mark is within one line that is shown whole."""
        line = self._row(each.source, each.first)
        return each.first == each.last and len(line.columns) <= self._room

    def _lines(self, group: Sequence[Mark]) -> Iterator[str]:
        """Marked lines, each with its carets below it; and the line before the first."""
        source = group[0].source
        numbers = sorted({each.first for each in group})
        shift = self._shift(group[0])
        before = numbers[0] - 1
        if shift == 0 and source.line(before).strip():
            numbers.insert(0, before)
        previous = numbers[0]
        for number in numbers:
            if number - previous == 2:
                yield self._line(source, number - 1, shift)
            elif number - previous > 2:
                yield self._look.paint(_ELIDED, Style.BLUE)
            yield self._line(source, number, shift)
            for each in group:
                if each.first == number:
                    start, end = self._extent(each, shift)
                    yield from self._carets(each, start, each.sign * (end - start))
            previous = number

    def _block(self, each: Mark) -> Iterator[str]:
        """Several lines, with a bar beside them from the first to the last character."""
        numbers = list(range(each.first, each.last + 1))
        if len(numbers) > _FIRST + _LAST + 1:
            numbers = [*numbers[:_FIRST], 0, *numbers[-_LAST:]]
        for number in numbers:
            bar = self._look.paint("/" if number == each.first else "|", each.style)
            if number:
                yield self._line(each.source, number, 0, f"{bar} ")
            else:
                yield f"{self._look.paint(_ELIDED.ljust(self._gutter + 2), Style.BLUE)} {bar}"
        last = self._row(each.source, each.last).starts
        column = last[min(max(each.end - 1, 0), len(last) - 1)]
        column = min(column, self._room - 3)
        yield from self._carets(each, 0, f"|{'_' * (column + 1)}{each.sign}")

    def _carets(self, each: Mark, start: int, carets: str) -> Iterator[str]:
        """The carets with their label behind them, or below where there is no room behind."""
        drawn = " " * start + self._look.paint(carets, each.style)
        room = self._room - start - len(carets) - 1
        if width(each.label) <= room:
            label = self._look.paint(each.label, each.style)
            yield self._numbered(f"{drawn} {label}".rstrip())
            return
        yield self._numbered(drawn)
        indent = min(start, max(self._room - _NARROWEST_LABEL, 0))
        narrow = Look(columns=self._room - indent)
        for piece in narrow.paragraph(each.label):
            yield self._numbered(" " * indent + self._look.paint(piece, each.style))

    def _extent(self, each: Mark, shift: int) -> tuple[int, int]:
        """The columns of a mark within what is shown; at least one."""
        starts = self._row(each.source, each.first).starts
        start = starts[min(each.start, len(starts) - 1)] - shift
        end = starts[min(each.end, len(starts) - 1)] - shift
        return start, max(min(end, self._room), start + 1)

    def _shift(self, each: Mark) -> int:
        """How many columns of a long line are left out so that the mark can be seen."""
        line = self._row(each.source, each.first)
        if len(line.columns) <= self._room:
            return 0
        start, end = self._extent(each, 0)[0], line.starts[min(each.end, len(line.starts) - 1)]
        if end < self._room:
            return 0
        # A third of the room is for what stands before it.
        return max(start - self._room // 3, 0)

    def _line(self, source: Source, number: int, shift: int, bar: str = "") -> str:
        room = self._room - (2 if bar else 0)
        text = window(self._row(source, number).columns, shift, room)
        return self._numbered(f"{bar}{text}", str(number))

    def _row(self, source: Source, number: int) -> Row:
        """A line with stars where it must not be shown."""
        text = source.line(number)
        for span in self._hidden.get(source.name, ()):
            offset = source.starts[number - 1] if number <= len(source.starts) else 0
            start, end = max(span.start - offset, 0), min(span.end - offset, len(text))
            if start < end:
                text = text[:start] + "*" * (end - start) + text[end:]
        return row(text)

    def _numbered(self, text: str, number: str = "") -> str:
        gutter = self._look.paint(f"{number:>{self._gutter}} |", Style.BLUE)
        return f"{gutter} {text}".rstrip()
