"""Reads `.env` files: names, and their values where they stand."""

import re
from collections.abc import Mapping
from typing import Final

from notifyctl.validate.compose.interpolation import UNKNOWN, fill
from notifyctl.validate.source import Source, Span, Written

_LINE: Final = re.compile(
    r"^[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_.]*)[ \t]*"
    r"""(?:[=:][ \t]*(?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>[^']*)'|(?P<plain>[^\n]*))"""
    r"|(?P<inherited>(?=\r?$)))",
    re.MULTILINE,
)
_COMMENTED: Final = re.compile(r"^[ \t]*#[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)=", re.M)
_TRAILING_COMMENT: Final = re.compile(r"(?:^|\s+)#.*")
_ESCAPE: Final = re.compile(r"\\(.)")
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t"}


def read_env(source: Source, known: Mapping[str, str] | None = None) -> dict[str, Written]:
    """The variables of a file, in its order. A value may use those above it, and `known` ones."""
    found: dict[str, Written] = {}
    texts = dict(known or {})
    for match in _LINE.finditer(source.text):
        name = match["name"]
        kind = match.lastgroup or "name"
        text = _text(match, kind, texts)
        span = _span(source, match, kind)
        found[name] = Written(text, span)
        if text is not None:
            texts[name] = text
    return found


def documented_names(source: Source) -> set[str]:
    """The names that an example of a `.env` file tells of; what is commented out is told, too."""
    return {*read_env(source), *_COMMENTED.findall(source.text)}


def _text(match: re.Match[str], kind: str, texts: Mapping[str, str]) -> str | None:
    if kind == "single":
        return match["single"]
    if kind == "double":
        text = _ESCAPE.sub(lambda escape: _ESCAPES.get(escape[1], escape[1]), match["double"])
    elif kind == "plain":
        text = _TRAILING_COMMENT.sub("", match["plain"]).strip()
    else:
        return None
    value = fill(text, texts) if "$" in text else text
    return None if UNKNOWN in value else value


def _span(source: Source, match: re.Match[str], kind: str) -> Span:
    """Where the value stands; where there is none, its name."""
    part = kind if kind in ("single", "double", "plain") else "name"
    text = match[part]
    start = match.start(part) + len(text) - len(text.lstrip())
    if part == "plain":
        text = _TRAILING_COMMENT.sub("", text)
    end = start + len(text.strip())
    return Span(source, start, end) if start < end else Span(source, *match.span("name"))
