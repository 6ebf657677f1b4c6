"""Reads a Dockerfile, by the same rules as Docker's builder.

The builder stops at the first mistake. Here each mistake is told as a `Flaw`, and whatever else can
be read is still there.
"""

import re
from typing import Final

import msgspec

from notifyctl.validate.dockerfile.dockerfile import Dockerfile
from notifyctl.validate.dockerfile.heredocs import OpenHeredocError, read_heredocs
from notifyctl.validate.dockerfile.instruction import Heredoc, Instruction, Pair
from notifyctl.validate.dockerfile.lines import SPACE, Joined, Lines, Word
from notifyctl.validate.dockerfile.stage import WORDS_WITH_NAME, stages_of
from notifyctl.validate.dockerfile.words import (
    NotStringsError,
    split_flags,
    split_json,
    split_pair,
    split_pairs,
    split_plain,
    split_quoted,
)
from notifyctl.validate.source import Flaw, Source, Span
from notifyctl.validate.spelling import closest

_LISTS: Final = frozenset({"ADD", "COPY", "VOLUME"})
_COMMANDS: Final = frozenset({"CMD", "ENTRYPOINT", "RUN", "SHELL"})
_PAIRS: Final = frozenset({"ENV", "LABEL"})
_QUOTED: Final = frozenset({"ARG", "ENV", "LABEL"})
_PLAIN: Final = frozenset({"EXPOSE", "FROM"})
_TEXTS: Final = frozenset({"MAINTAINER", "ONBUILD", "STOPSIGNAL", "USER", "WORKDIR"})
KEYWORDS: Final = _LISTS | _COMMANDS | _QUOTED | _PLAIN | _TEXTS | {"HEALTHCHECK"}
_WITH_HEREDOCS: Final = frozenset({"ADD", "COPY", "RUN"})
_NO_TRIGGERS: Final = frozenset({"FROM", "MAINTAINER", "ONBUILD"})
# `CMD []` takes away the command of the base; the others do no harm.
_MAY_BE_EMPTY: Final = frozenset({"CMD", "ENTRYPOINT", "MAINTAINER"})
_KEYWORD: Final = re.compile(rf"[{SPACE}]*([^\t\v\f\r ]*)[\t\v\f\r ]*")
_END: Final = re.compile(rf"[{SPACE}]*\Z")
# What stands in templates that become a Dockerfile later: of Jinja, ERB, m4, sed and the like.
_TEMPLATE: Final = re.compile(r"\{[{%#]|<%|%%|@\w+@|<\w+>|m4_|__\w+__")
_USUAL_SYNTAX: Final = re.compile(r"(?:docker\.io/)?docker/dockerfile(?:-upstream)?(?:[:@].*)?")


class DockerfileReading(msgspec.Struct, frozen=True):
    """What was read: the Dockerfile, unless there is no stage in it, and what is wrong with it.

    What is a template for a Dockerfile has neither.
    """

    dockerfile: Dockerfile | None
    flaws: list[Flaw]


def read_dockerfile(source: Source) -> DockerfileReading:
    """Everything in a Dockerfile."""
    if "\x00" in source.text:
        at = source.text.index("\x00")
        return DockerfileReading(None, [Flaw("this is not a text file", source.span(at, at + 1))])
    reader = _Reader(source)
    instructions = reader.instructions()
    if reader.is_template:
        return DockerfileReading(None, [])
    flaws = reader.flaws
    if instructions or not flaws:
        flaws = flaws + _flaws_of_stages(source, instructions)
    stages = stages_of(instructions, reader.lines.escape)
    if not stages:
        return DockerfileReading(None, flaws)
    return DockerfileReading(Dockerfile(source, tuple(instructions), stages), flaws)


class _Reader:
    """Goes through the lines of one file."""

    def __init__(self, source: Source) -> None:
        self.flaws: list[Flaw] = []
        self.lines = Lines(source, self.flaws)
        self.is_template = False

    def instructions(self) -> list[Instruction]:
        """All instructions of the file."""
        found = []
        was_known = True
        while (line := self.lines.take()) is not None:
            told = len(self.flaws)
            instruction = self._instruction(line, 0)
            if instruction is not None:
                found.append(instruction)
            elif not was_known:
                # Where a line should have gone on, all of its rest looks like instructions.
                del self.flaws[told:]
            was_known = instruction is not None
        return found

    def _instruction(self, line: Joined, start: int) -> Instruction | None:
        """The instruction that begins here; None, and a flaw, if there is no such instruction."""
        match = _KEYWORD.match(line.text, start)
        assert match is not None, "the pattern matches nothing, too"
        head = line.span(*match.span(1))
        keyword = match[1].upper()
        if keyword not in KEYWORDS:
            self._tell_unknown(match[1], head)
            return None
        if start and keyword in _NO_TRIGGERS:
            self.flaws.append(Flaw(f"`{keyword}` cannot stand behind `ONBUILD`", head))
            return None
        flags, begin = split_flags(line, match.end())
        end = _end_of(line, begin)
        arguments, is_json = self._arguments(keyword, line, begin, end)
        if keyword == "FROM" and any(_TEMPLATE.search(word.text) for word in arguments):
            self.is_template = True
        pairs = self._pairs(keyword, line, begin, end, arguments)
        trigger = self._instruction(line, begin) if keyword == "ONBUILD" and arguments else None
        heredocs = [] if is_json or keyword not in _WITH_HEREDOCS else self._heredocs(line, head)
        last = line.span(match.start(1), max(end, match.end(1)))
        if heredocs:
            last = heredocs[-1].span
        elif trigger:
            last = trigger.span
        if not arguments and not is_json and keyword not in _MAY_BE_EMPTY:
            self.flaws.append(Flaw(f"`{keyword}` has nothing behind it", head))
        return Instruction(
            keyword,
            head,
            Span(head.source, head.start, last.end),
            tuple(flags),
            tuple(arguments),
            is_json,
            tuple(pairs),
            tuple(heredocs),
            trigger,
        )

    def _tell_unknown(self, name: str, at: Span) -> None:
        if _TEMPLATE.match(name):
            self.is_template = True
        elif not self.lines.syntax or _USUAL_SYNTAX.fullmatch(self.lines.syntax):
            guess = closest(name, KEYWORDS)
            self.flaws.append(
                Flaw(
                    f"there is no instruction `{name[:30]}`",
                    at,
                    help=f"did you mean `{guess}`?"
                    if guess
                    else "a line that goes on needs a `\\` at its end",
                )
            )

    def _arguments(
        self, keyword: str, line: Joined, start: int, end: int
    ) -> tuple[list[Word], bool]:
        """What stands behind the flags, and whether it is JSON."""
        if start >= end:
            return [], False
        if keyword == "HEALTHCHECK":
            first, *others = split_plain(line, start, end)
            if not others:
                return [first], False
            behind = start + len(first.text)
            behind += len(line.text[behind:end]) - len(line.text[behind:end].lstrip())
            words, is_json = self._arguments("CMD", line, behind, end)
            return [first, *words], is_json
        if keyword in _LISTS or keyword in _COMMANDS:
            try:
                words_of_json = split_json(line, start, end)
            except NotStringsError:
                self._tell(
                    f"the list of `{keyword}` holds something else than strings", line, start, end
                )
                return [], True
            if words_of_json is not None:
                return words_of_json, True
        if keyword in _LISTS or keyword in _PLAIN:
            return split_plain(line, start, end), False
        if keyword in _QUOTED:
            return split_quoted(line, start, end, self.lines.escape), False
        return [line.word(start, end)], False

    def _tell(self, message: str, line: Joined, start: int, end: int) -> None:
        self.flaws.append(Flaw(message, line.span(start, end)))

    def _pairs(
        self, keyword: str, line: Joined, start: int, end: int, arguments: list[Word]
    ) -> list[Pair]:
        if keyword == "ARG":
            return [split_pair(word) for word in arguments]
        if keyword not in _PAIRS or not arguments:
            return []
        pairs = split_pairs(line, start, end, arguments)
        if isinstance(pairs, Word):
            self.flaws.append(
                Flaw(
                    f"`{pairs.text}` has no value",
                    pairs.span,
                    help="write `NAME=VALUE`, and a value with spaces in quotes",
                )
            )
            return []
        return pairs

    def _heredocs(self, line: Joined, head: Span) -> list[Heredoc]:
        try:
            return read_heredocs(line, self.lines)
        except OpenHeredocError as heredoc:
            self.flaws.append(
                Flaw(
                    f"there is no line with only `{heredoc.name}`, where the heredoc would end",
                    head,
                )
            )
            return []


def _end_of(line: Joined, start: int) -> int:
    match = _END.search(line.text, start)
    return match.start() if match else len(line.text)


def _flaws_of_stages(source: Source, instructions: list[Instruction]) -> list[Flaw]:
    """What stands before the first stage, and stages that name no image."""
    if not instructions:
        return [Flaw("there are no instructions in this file", source.line_span(1))]
    starts = [each for each in instructions if each.keyword == "FROM"]
    if not starts:
        return [Flaw("there is no `FROM` in this file", instructions[0].head)]
    before = instructions[: instructions.index(starts[0])]
    flaws = [
        Flaw(
            f"`{each.keyword}` stands before the first `FROM`",
            each.head,
            help="only `ARG` may stand there",
        )
        for each in before
        if each.keyword != "ARG"
    ]
    for start in starts:
        words = [word.text.upper() for word in start.arguments]
        if len(words) > 1 and (len(words) != WORDS_WITH_NAME or words[1] != "AS"):
            flaws.append(
                Flaw(
                    "`FROM` takes an image, and a name behind `AS`",
                    start.arguments_span,
                    help="write `FROM IMAGE AS NAME`",
                )
            )
    return flaws
