"""Shows on a terminal what fixes would change."""

from typing import Final

from notifyctl.validate.report.columns import row
from notifyctl.validate.report.look import Look, Style

_STYLES: Final = {
    "---": Style.BOLD,
    "+++": Style.BOLD,
    "@": Style.BLUE,
    "-": Style.RED,
    "+": Style.GREEN,
}


def painted(diff: str, look: Look) -> str:
    """A diff in colours, with nothing in it that a terminal would obey. No longer a patch."""
    return "".join(f"{_line(line, look)}\n" for line in diff.split("\n")[:-1])


def _line(line: str, look: Look) -> str:
    text = "".join(row(line.rstrip("\r")).columns)
    style = next((style for start, style in _STYLES.items() if line.startswith(start)), None)
    return look.paint(text, style) if style else text
