"""How a text may look on the terminal it goes to: its colours and its width."""

from enum import StrEnum
from textwrap import wrap
from typing import Final

import msgspec

from notifyctl.validate.finding import Severity

NARROWEST: Final = 40


class Style(StrEnum):
    """What a terminal is told before a word."""

    BOLD = "\x1b[1m"
    RED = "\x1b[1;31m"
    GREEN = "\x1b[32m"
    YELLOW = "\x1b[1;33m"
    BLUE = "\x1b[1;34m"


OF_SEVERITY: Final = {
    Severity.ERROR: Style.RED,
    Severity.WARNING: Style.YELLOW,
    Severity.INFO: Style.BLUE,
}
_RESET: Final = "\x1b[0m"


class Look(msgspec.Struct, frozen=True):
    """Whether there may be colours, and how many columns there are."""

    color: bool = False
    columns: int = 100

    @property
    def width(self) -> int:
        """The columns to write in; on a very narrow terminal, lines wrap."""
        return max(self.columns, NARROWEST)

    def paint(self, text: str, style: Style) -> str:
        """The text in a style, if there may be colours."""
        return f"{style.value}{text}{_RESET}" if self.color and text else text

    def paragraph(self, text: str, indent: str = "", first: str | None = None) -> list[str]:
        """Text in lines that fit, each behind an indentation; the first one perhaps another."""
        begin = indent if first is None else first
        lines = wrap(
            text,
            self.width,
            initial_indent=begin,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return lines or [begin.rstrip()]


PLAIN: Final = Look()
