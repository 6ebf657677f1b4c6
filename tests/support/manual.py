"""Pages of the documentation: their blocks of code, their headings, their links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from docs.generate.page import anchor
from tests.support.sources import ROOT

_FENCE: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK: Final = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A block of code on a page; `line` is where it begins."""

    language: str
    text: str
    line: int


def pages() -> list[Path]:
    """Every page that people read."""
    elsewhere = [ROOT / "server" / "README.md", *sorted((ROOT / "manifests").rglob("*.md"))]
    return [*sorted(ROOT.glob("*.md")), *elsewhere, *documents()]


def documents() -> list[Path]:
    """Every page below `docs/`."""
    return sorted((ROOT / "docs").rglob("*.md"))


def name(page: Path) -> str:
    """How a person calls the page: `docs/tutorial.md`."""
    return str(page.relative_to(ROOT))


def blocks(page: Path) -> list[Block]:
    """The blocks of code of a page, in their order."""
    text = page.read_text()
    return [
        Block(found[1], found[2], text.count("\n", 0, found.start()) + 1)
        for found in _FENCE.finditer(text)
    ]


def anchors(page: Path) -> set[str]:
    """Where links to the page's headings may lead."""
    return {anchor(heading) for heading in _HEADING.findall(_prose(page))}


def links(page: Path) -> Iterator[str]:
    """Every link of the page, as it is written."""
    yield from _LINK.findall(_prose(page))


def _prose(page: Path) -> str:
    return _FENCE.sub("", page.read_text())
