"""Fills the variables of a compose file in: `$NAME`, `${NAME:-default}` and their relatives.

Only what the files themselves say is filled in. A variable that comes from elsewhere stays
unknown, and so does every value that needs it: rules do not guess.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from notifyctl.validate.source import Span
from notifyctl.validate.tree import Entry, Node, Scalar, Sequence, mapping_at, sequence_at
from notifyctl.validate.tree import Mapping as MappingNode

# Stands in a filled value for what is not known; no compose file has it.
UNKNOWN: Final = "\x00"
_DEEPEST: Final = 20
# What Linux hands to a process at most in one variable; names that double each other grow past it.
_LONGEST: Final = 131_072
_START: Final = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<named>[A-Za-z_][A-Za-z0-9_]*)"
    r"|\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*)(?P<operator>:?[-?+])?)?"
)
_BRACE: Final = re.compile(r"\$\{|\}")


class Reference(msgspec.Struct, frozen=True):
    """One place of a text that names a variable.

    `operator` is `:-`, `-`, `:?`, `?`, `:+`, `+`, or empty; `operand` is what follows it. A
    reference without a name is a `$` that compose refuses to read.
    """

    start: int
    end: int
    name: str
    operator: str = ""
    operand: str = ""


class Interpolated(Scalar):
    """A scalar that names variables.

    `filled` is its text with all that is known, and `UNKNOWN` for the rest. Where everything is
    known, that is its value, too; otherwise the value stays as it is written.
    """

    __slots__ = ("filled",)

    def __init__(self, scalar: Scalar, filled: str) -> None:
        raw = scalar.raw if UNKNOWN in filled else filled
        super().__init__(scalar.source, scalar.start, scalar.end, raw, scalar.style)
        self.head = scalar.head
        self.tag = scalar.tag
        self.filled = filled


def references(text: str) -> Iterator[Reference]:
    """Every reference of a text; those within a default are found in its operand."""
    at = 0
    while match := _START.search(text, at):
        at = match.end()
        if match["escaped"]:
            continue
        if match["named"]:
            yield Reference(match.start(), at, match["named"])
            continue
        end = _closing(text, at) if match["braced"] else None
        if end is None or (not match["operator"] and end != at):
            # Compose refuses the text; nothing behind a brace that stays open can be read.
            yield Reference(match.start(), at, "")
            at = len(text) if match["braced"] and end is None else at
            continue
        operand = text[at:end]
        at = end + 1
        operator = match["operator"] or ""
        yield Reference(match.start(), at, match["braced"], operator, operand)


def _closing(text: str, at: int) -> int | None:
    """Where the brace closes that was opened before a place."""
    depth = 1
    for match in _BRACE.finditer(text, at):
        depth += 1 if match[0] == "${" else -1
        if not depth:
            return match.start()
    return None


def fill(text: str, variables: Mapping[str, str], depth: int = 0) -> str:
    """A text with its variables filled in, and `UNKNOWN` where one is not known.

    What would become longer than any variable can be is not known, either.
    """
    if depth > _DEEPEST:
        return UNKNOWN
    parts: list[str] = []
    at = 0
    for reference in references(text):
        parts.append(text[at : reference.start].replace("$$", "$"))
        parts.append(_value(reference, variables, depth))
        at = reference.end
    parts.append(text[at:].replace("$$", "$"))
    return "".join(parts) if sum(map(len, parts)) <= _LONGEST else UNKNOWN


def _value(reference: Reference, variables: Mapping[str, str], depth: int) -> str:
    value = variables.get(reference.name)
    wants_text = reference.operator.startswith(":")
    match reference.operator:
        case ":-" | "-" if value is None or (wants_text and not value):
            return fill(reference.operand, variables, depth + 1)
        case ":+" | "+" if value is not None:
            return "" if wants_text and not value else fill(reference.operand, variables, depth + 1)
        case ":?" if not value:
            return UNKNOWN
        case _:
            return UNKNOWN if value is None else value


def interpolate(root: Node, variables: Mapping[str, str]) -> Node:
    """A tree with the variables of its values filled in; keys are no values."""
    return _interpolate(root, variables, {})


def _interpolate(node: Node, variables: Mapping[str, str], done: dict[int, Node]) -> Node:
    """What is aliased is filled in once, and stays one node."""
    if id(node) not in done:
        done[id(node)] = _filled(node, variables, done)
    return done[id(node)]


def _filled(node: Node, variables: Mapping[str, str], done: dict[int, Node]) -> Node:
    match node:
        case Scalar(text=str() as text) if "$" in text:
            return Interpolated(node, fill(text, variables))
        case MappingNode():
            entries = {
                name: Entry(entry.key, _interpolate(entry.value, variables, done))
                for name, entry in node.entries.items()
            }
            return mapping_at(node, entries)
        case Sequence():
            return sequence_at(node, (_interpolate(item, variables, done) for item in node.items))
        case _:
            return node


def filled(node: Node) -> str:
    """A scalar's text with `UNKNOWN` for what is not known; empty for anything else."""
    return node.filled if isinstance(node, Interpolated) else node.string


def known(node: Node) -> str | None:
    """A scalar's text if all of it is known; None otherwise."""
    text = node.filled if isinstance(node, Interpolated) else node.text
    return None if text is None or UNKNOWN in text else text


def is_unknown(node: Node) -> bool:
    """Whether the value, or a part of it, comes from elsewhere."""
    return isinstance(node, Interpolated) and UNKNOWN in node.filled


def written_references(node: Scalar) -> Iterator[tuple[Reference, Span]]:
    """The references of a scalar as they stand in the file, with their places."""
    for reference in references(node.span.text):
        start = node.start + reference.start
        yield reference, Span(node.source, start, node.start + reference.end)
