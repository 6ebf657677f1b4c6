"""What a person or a program sees: results on stdout, status on stderr."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from shutil import get_terminal_size
from typing import Any, Final

import typer

_UNITS: Final = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
# Besides what moves a cursor, what changes the direction of the text after it.
_DIRECTIONS: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_BREAKS: Final = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
_UNSEEN: Final = re.compile(f"[\x00-\x1f\x7f-\x9f{_DIRECTIONS}\ufeff\ufff9-\ufffb]")
# JSON escapes the first 32 by itself.
_UNSEEN_IN_JSON: Final = re.compile(f"[\x7f-\x9f\u2028\u2029{_DIRECTIONS}\ufeff\ufff9-\ufffb]")


def clean(text: str) -> str:
    """Received text as one line that can do nothing to a terminal."""
    return _UNSEEN.sub("", _BREAKS.sub(" ", text))


def as_json(value: Any) -> str:
    """A value as one line of JSON; characters that a terminal would obey are escaped."""
    import msgspec

    text = msgspec.json.encode(value).decode()
    return _UNSEEN_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def show(value: Any, text: str, *, json: bool) -> None:
    """Print a result: as JSON, or in the words for people."""
    emit(as_json(value) if json else clean(text))


def emit(line: str) -> None:
    """Print one line of a result, at once: the reader may be a program that waits for it."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """Tell a person something beside the result."""
    sys.stderr.write(clean(text) + "\n")
    sys.stderr.flush()


def show_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under their columns: drawn on a terminal, plain elsewhere."""
    cleaned = [[clean(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _draw(columns, cleaned)
        return
    widths = [max(map(len, cells)) for cells in zip(columns, *cleaned, strict=True)]
    for row in ([column.upper() for column in columns], *cleaned):
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        emit("  ".join(padded).rstrip())


def _draw(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


@contextmanager
def progress(count: int, label: str) -> Iterator[Callable[[], None]]:
    """A bar on stderr, if that is a terminal; call what it yields for each step done."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    with typer.progressbar(length=count, label=label, file=sys.stderr) as bar:
        yield lambda: bar.update(1)


class StatusLine:
    """One line on stderr that tells what is going on: in place on a terminal.

    Elsewhere each status is a line of its own, without those that pass by themselves.
    """

    def __init__(self) -> None:
        self._in_place = sys.stderr.isatty()
        self._shown = ""

    def update(self, text: str, *, passing: bool = False) -> None:
        """Replace what is shown. What is `passing` only a person at a terminal wants to know."""
        text = clean(text)
        if self._in_place:
            # A line that wraps could not be taken back.
            room = get_terminal_size().columns - 1
            fitting = text if len(text) <= room else text[: room - 1] + "…"
            sys.stderr.write("\r\x1b[K" + _dimmed(fitting))
            sys.stderr.flush()
        elif not passing:
            say(text)
        self._shown = text

    def clear(self) -> None:
        """Make room for a line of the result."""
        if self._in_place and self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
        self._shown = ""


def in_words(seconds: float) -> str:
    """`in 59 minutes`, `3 days ago`: rounded to the largest unit that (nearly) fits."""
    near = abs(seconds) * 1.01
    size, name = next((unit for unit in _UNITS if near >= unit[0]), _UNITS[-1])
    count = round(abs(seconds) / size)
    words = f"{count} {name}{'' if count == 1 else 's'}"
    return f"in {words}" if seconds >= 0 else f"{words} ago"


def _dimmed(text: str) -> str:
    return text if os.environ.get("NO_COLOR") else f"\x1b[2m{text}\x1b[0m"
