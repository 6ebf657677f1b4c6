"""Reads of nginx's configuration what decides over WebSockets: locations and their proxies."""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from notifyctl.validate.source import Source, Span

_TOKEN: Final = re.compile(
    r"(?P<space>\s+)|(?P<comment>#[^\n]*)|(?P<mark>[{};])"
    r"|(?P<quoted>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')|(?P<word>(?:\$\{\w*\}|[^\s{};\"'#])(?:\$\{\w*\}|[^\s{};])*)|(?P<odd>.)",
    re.DOTALL,
)


class Directive(msgspec.Struct, frozen=True):
    """One directive: its words without quotes, its place, and what is in its braces."""

    words: tuple[str, ...]
    span: Span
    block: tuple["Directive", ...] = ()

    def find(self, name: str) -> "Directive | None":
        """The last directive of a name right within this one."""
        return next((each for each in reversed(self.block) if each.words[0] == name), None)


def read_nginx(source: Source) -> Directive:
    """A configuration as one directive that holds all others. What cannot be read is left out."""
    stack: list[tuple[tuple[str, ...], int, list[Directive]]] = [(("",), 0, [])]
    words: list[str] = []
    start = 0
    for match in _TOKEN.finditer(source.text):
        if match["space"] or match["comment"]:
            continue
        if not match["mark"]:
            if not words:
                start = match.start()
            words.append(match[0][1:-1] if match["quoted"] else match[0])
            continue
        if match["mark"] == ";" and words:
            stack[-1][2].append(Directive(tuple(words), source.span(start, match.start())))
        elif match["mark"] == "{":
            stack.append((tuple(words) or ("",), start, []))
        elif match["mark"] == "}" and len(stack) > 1:
            name, began, block = stack.pop()
            stack[-1][2].append(Directive(name, source.span(began, match.end()), tuple(block)))
        words = []
    return Directive(("",), source.span(0, len(source.text)), tuple(stack[0][2]))


class Proxied(msgspec.Struct, frozen=True):
    """A location that is proxied, with the blocks around it, the nearest first."""

    location: Directive
    around: tuple[Directive, ...]

    @property
    def head(self) -> Span:
        """The word `location`."""
        start = self.location.span.start
        return self.location.span.source.span(start, start + len(self.location.words[0]))

    @property
    def path(self) -> str:
        """The path; the last word, behind `=`, `~` or `^~`."""
        return self.location.words[-1]

    @property
    def target(self) -> str:
        """Where it goes: `http://notify:8001`."""
        found = self.location.find("proxy_pass")
        return found.words[1] if found and len(found.words) > 1 else ""

    @property
    def includes(self) -> bool:
        """Whether a part of it, or of what is around it, stands in a file of its own."""
        blocks = (self.location, *self.around)
        return any(
            line.words[0] == "include" and not line.words[-1].endswith("mime.types")
            for block in blocks
            for line in block.block
        )

    def inherited(self, name: str) -> Directive | None:
        """A directive of the location, or of the nearest block around it that has one."""
        for each in (self.location, *self.around):
            if found := each.find(name):
                return found
        return None

    def headers(self) -> dict[str, str]:
        """What it tells the server, by small names; its own hide all those around it."""
        for each in (self.location, *self.around):
            own = [line.words for line in each.block if line.words[0] == "proxy_set_header"]
            if own:
                return {words[1].lower(): words[2] for words in own if len(words) > 2}
        return {}


def proxied_in(whole: Directive) -> Iterator[Proxied]:
    """The locations of a configuration that are proxied."""
    for each, around in below(whole):
        if each.words[0] == "location" and each.find("proxy_pass"):
            yield Proxied(each, around)


def below(whole: Directive) -> Iterator[tuple[Directive, tuple[Directive, ...]]]:
    """Every directive of a configuration with the blocks around it, the nearest first."""
    waiting: list[tuple[Directive, tuple[Directive, ...]]] = [
        (each, (whole,)) for each in reversed(whole.block)
    ]
    while waiting:
        each, around = waiting.pop()
        yield each, around
        waiting += [(inner, (each, *around)) for inner in reversed(each.block)]
