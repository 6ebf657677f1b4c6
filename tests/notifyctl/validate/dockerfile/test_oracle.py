"""Docker's own parser, which reads lines and no columns, and ours find the same."""

import re
from typing import Any, Final

import msgspec
import pytest
from hypothesis import example, given, settings

from notifyctl.validate.dockerfile import Instruction
from notifyctl.validate.dockerfile.reader import KEYWORDS
from tests.support.dockerfiles import TEXTS, read
from tests.support.sources import ROOT

oracle: Final[Any] = pytest.importorskip(
    "dockerfile",
    reason="the parser of Docker's builder has no wheel for this platform: nothing to compare with",
    exc_type=ImportError,
)
FOREIGN: Final = ROOT / "tests" / "notifyctl" / "validate" / "foreign"
# Lines without a word of an instruction: comments, blank ones, and lone continuations.
NOTHING: Final = re.compile(r"\s*(?:#.*|[\\`]?\s*)")


class Told(msgspec.Struct, frozen=True):
    """One instruction, as both parsers can tell it."""

    keyword: str
    trigger: str | None
    is_json: bool
    line: int
    flags: tuple[str, ...]
    values: tuple[str, ...]
    heredocs: tuple[tuple[str, str], ...]


def told_by_docker(text: str) -> list[Told] | None:
    """What Docker's parser finds; None if it refuses the file."""
    try:
        commands = oracle.parse_string(text)
    except oracle.GoParseError:
        return None
    return [
        Told(
            command.cmd.upper(),
            command.sub_cmd and command.sub_cmd.upper(),
            command.json,
            command.start_line,
            tuple(flag if "=" in flag else f"{flag}=" for flag in command.flags),
            command.value,
            tuple((heredoc.name, heredoc.content) for heredoc in command.heredocs),
        )
        for command in commands
        if command.cmd and command.cmd.upper() in KEYWORDS
    ]


def told(instruction: Instruction) -> Told:
    """What ours found."""
    inner = instruction.trigger or instruction
    values = [word.text for word in inner.arguments]
    if inner.keyword in ("ENV", "LABEL"):
        pairs = [(pair.name.text, pair.value.text if pair.value else "") for pair in inner.pairs]
        values = [text for pair in pairs for text in pair]
    return Told(
        instruction.keyword,
        instruction.trigger.keyword if instruction.trigger else None,
        inner.is_json,
        instruction.head.begin.line,
        tuple(f"--{flag.name}={flag.value}" for flag in instruction.flags),
        tuple(values),
        # Docker's parser does not tell of those behind ONBUILD.
        tuple((heredoc.name, heredoc.content.text) for heredoc in instruction.heredocs),
    )


def lines_aside(found: list[Told], text: str) -> list[Told]:
    """Docker counts lines that hold nothing but a continuation to the instruction below them."""
    lines = text.split("\n")
    moved = []
    for each in found:
        line = each.line
        while line < len(lines) and NOTHING.fullmatch(lines[line - 1]):
            line += 1
        moved.append(msgspec.structs.replace(each, line=line))
    return moved


@settings(max_examples=300, deadline=None)
@given(TEXTS.map("FROM a\n".__add__))
@example("FROM a\nRUN <<A cat <<-'B'\nx\nA\n\ty\n\tB\nUSER b")
@example("FROM a\nONBUILD RUN <<EOF\nEOF\n")
@example("# escape=`\nFROM a\nENV b=c\\ d=e\nRUN f `\n\n# g\n h\\\n")
def test_both_find_the_same(text: str) -> None:
    wanted = told_by_docker(text)
    reading = read(text)
    if wanted is None or reading.dockerfile is None:
        return

    found = [told(each) for each in reading.dockerfile.instructions]

    assert lines_aside(found, text) == lines_aside(wanted, text)


@settings(max_examples=200, deadline=None)
@given(TEXTS.map("FROM a\n".__add__))
def test_what_docker_refuses_has_a_flaw(text: str) -> None:
    if told_by_docker(text) is None:
        assert read(text).flaws


@pytest.mark.parametrize(
    "path",
    [*sorted(FOREIGN.rglob("Dockerfile*")), ROOT / "Dockerfile"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_both_find_the_same_in_the_files_of_projects(path: Any) -> None:
    text = path.read_text("utf-8-sig")
    reading = read(text)
    if reading.dockerfile is not None:
        assert [told(each) for each in reading.dockerfile.instructions] == told_by_docker(text)
