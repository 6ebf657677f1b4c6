"""What Docker's own parser says of a Dockerfile, in a form to compare with."""

from typing import Final

import msgspec
import pytest

from notifyctl.validate.dockerfile import Instruction

dockerfile: Final = pytest.importorskip(
    "dockerfile",
    reason="the parser of Docker's builder has no wheel for this platform: nothing to compare with",
    exc_type=ImportError,
)


class Parsed(msgspec.Struct, frozen=True):
    """One instruction, as both parsers can tell it."""

    keyword: str
    trigger: str | None
    is_json: bool
    line: int
    flags: tuple[str, ...]
    values: tuple[str, ...]
    heredocs: tuple[tuple[str, str], ...]


def parse(text: str) -> list[Parsed] | None:
    """What Docker's parser finds; None if it refuses the file."""
    try:
        commands = dockerfile.parse_string(text)
    except dockerfile.GoParseError:
        return None
    return [
        Parsed(
            command.cmd.upper(),
            command.sub_cmd and command.sub_cmd.upper(),
            command.json,
            command.start_line,
            command.flags,
            command.value,
            tuple((heredoc.name, heredoc.content) for heredoc in command.heredocs),
        )
        for command in commands
        if command.cmd
    ]


def told(instruction: Instruction) -> Parsed:
    """What ours found, told in the same way."""
    inner = instruction.trigger or instruction
    if inner.keyword in ("ENV", "LABEL"):
        pairs = [(pair.name.text, pair.value.text if pair.value else "") for pair in inner.pairs]
        values = tuple(text for pair in pairs for text in pair)
    else:
        values = tuple(word.text for word in inner.arguments)
    return Parsed(
        instruction.keyword,
        instruction.trigger and instruction.trigger.keyword,
        inner.is_json,
        instruction.span.begin.line,
        tuple(f"--{flag.name}={flag.value}" for flag in instruction.flags),
        values,
        tuple((heredoc.name, heredoc.content.text) for heredoc in inner.heredocs),
    )
