"""One instruction of a Dockerfile, taken apart: its flags and arguments, each with its place."""

import msgspec

from notifyctl.validate.dockerfile.lines import Word
from notifyctl.validate.source import Span


class Flag(msgspec.Struct, frozen=True):
    """An option of an instruction: `--from=build`. Without `=`, its value is empty."""

    name: str
    value: str
    span: Span


class Pair(msgspec.Struct, frozen=True):
    """A name and its value, of ENV, LABEL or ARG; an ARG may have no value."""

    name: Word
    value: Word | None

    @property
    def span(self) -> Span:
        """Both, and what stands between them."""
        start = self.name.span
        return Span(start.source, start.start, (self.value or self.name).span.end)


class Heredoc(msgspec.Struct, frozen=True):
    """A text within the Dockerfile: its lines, and `span` with the line that ends it."""

    name: str
    content: Span
    span: Span


class Command(msgspec.Struct, frozen=True):
    """What an instruction runs.

    In exec form `words` are the program and its arguments; in shell form they are one text, which
    a shell reads.
    """

    is_exec: bool
    words: tuple[Word, ...]
    span: Span

    @property
    def text(self) -> str:
        """All of it, as one line."""
        return " ".join(word.text for word in self.words)


class Instruction(msgspec.Struct, frozen=True):
    """One instruction.

    `keyword` is in capitals, however it is written; `head` is its place. `span` is the whole
    instruction, with the heredocs that belong to it. `is_json` tells the exec form. Only ENV, LABEL
    and ARG have `pairs`, and only ONBUILD has a `trigger`.
    """

    keyword: str
    head: Span
    span: Span
    flags: tuple[Flag, ...] = ()
    arguments: tuple[Word, ...] = ()
    is_json: bool = False
    pairs: tuple[Pair, ...] = ()
    heredocs: tuple[Heredoc, ...] = ()
    trigger: "Instruction | None" = None

    def flag(self, name: str) -> Flag | None:
        """The flag of this name; of several the last."""
        return next((flag for flag in reversed(self.flags) if flag.name == name), None)

    @property
    def arguments_span(self) -> Span:
        """All arguments; the keyword if there are none."""
        if not self.arguments:
            return self.head
        first = self.arguments[0].span
        return Span(first.source, first.start, self.arguments[-1].span.end)

    @property
    def command(self) -> Command:
        """What RUN, CMD, ENTRYPOINT or SHELL run; of a HEALTHCHECK what stands behind CMD."""
        words = self.arguments[1:] if self.keyword == "HEALTHCHECK" else self.arguments
        if not words:
            return Command(self.is_json, (), self.arguments_span)
        first = words[0].span
        return Command(self.is_json, words, Span(first.source, first.start, words[-1].span.end))
