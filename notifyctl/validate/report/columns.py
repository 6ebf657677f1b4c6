"""What a terminal makes of characters: how wide each is, and which must never reach it."""

import re
from typing import Final, NamedTuple
from unicodedata import category, east_asian_width

TAB: Final = "    "
# Stands for a character that would be invisible, or that a terminal would obey.
UNSEEN: Final = "\ufffd"
CUT: Final = "…"
_BREAKS: Final = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_PICTURES: Final = 0x2400
_DELETE: Final = "\x7f"
# Parts of a Korean syllable that stand within the one before.
_JOINED_JAMO: Final = ("\u1160", "\u11ff")


class Row(NamedTuple):
    """A line as a terminal shows it: what is in each column, and where each character begins.

    A wide character has a second, empty column; an accent stands in the column of its letter.
    `starts` has one entry more than there are characters: where the next one would begin.
    """

    columns: list[str]
    starts: list[int]


def shown(text: str) -> str:
    """Words from anywhere as one line that can do nothing to a terminal."""
    if text.isprintable():
        return text
    return "".join(map(_visible, _BREAKS.sub(" ", text).strip()))


def row(line: str) -> Row:
    """Lay a line out in columns."""
    if line.isascii() and line.isprintable():
        return Row(list(line), list(range(len(line) + 1)))
    columns: list[str] = []
    starts: list[int] = []
    for character in line:
        text = _visible(character)
        wide = _width(text)
        if wide == 0 and columns:
            starts.append(starts[-1])
            # The second column of a wide letter is empty, its accents belong to the first.
            columns[-1 if columns[-1] else -2] += text
            continue
        starts.append(len(columns))
        columns += text if text == TAB else [text, ""][: max(wide, 1)]
    starts.append(len(columns))
    return Row(columns, starts)


def width(text: str) -> int:
    """How many columns a text takes."""
    return len(row(text).columns)


def window(columns: list[str], start: int, room: int) -> str:
    """The columns from `start` on that there is room for, with a mark wherever something is cut."""
    part = columns[start : start + room]
    # Half of a wide character cannot be shown without the other half.
    if start > 0 and part:
        part[0] = CUT
        part[1:2] = [part[1] or " "] if len(part) > 1 else []
    if start + room < len(columns) and part:
        if part[-1] == "" and len(part) > 1:
            part[-2] = " "
        part[-1] = CUT
    return "".join(part).rstrip()


def _visible(character: str) -> str:
    """The character, or what stands for it."""
    if character == "\t":
        return TAB
    if character.isprintable():
        return character
    if character < " ":
        return chr(_PICTURES + ord(character))
    return chr(_PICTURES + 0x21) if character == _DELETE else UNSEEN


def _width(text: str) -> int:
    if text == TAB:
        return len(TAB)
    if category(text) in ("Mn", "Me") or _JOINED_JAMO[0] <= text <= _JOINED_JAMO[1]:
        return 0
    return 2 if east_asian_width(text) in "WF" else 1
