"""What every reference page is made of: a notice, paragraphs, tables, blocks of code."""

from collections.abc import Iterable, Sequence

NOTICE = "<!-- Written by `make docs` from {source}. Change it there. -->"


def page(title: str, source: str, *parts: str) -> str:
    """A whole page; `source` is the file that it is written from."""
    return "\n\n".join([NOTICE.format(source=source), f"# {title}", *parts]) + "\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar within a cell would end it, so it is escaped."""
    lines = [_row(headings), _row(["---"] * len(headings))]
    lines += [_row([cell.replace("|", "\\|") for cell in row]) for row in rows]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def block(language: str, text: str) -> str:
    """A block of code."""
    return f"```{language}\n{text}\n```"


def code(text: object) -> str:
    """A word of code within a sentence."""
    return f"`{text}`"


def anchor(heading: str) -> str:
    """Where a link to a heading of the same page leads, as most renderers have it."""
    kept = (letter for letter in heading.lower() if letter.isalnum() or letter in " -_")
    return "".join(kept).replace(" ", "-")
