"""Puts right what can safely be put right: applies the edits of findings to the texts.

A fix is applied whole or not at all, and never on top of another one. What had to wait can be
tried in the next round, when the files were checked again.
"""

from collections.abc import Iterable
from difflib import unified_diff

import msgspec

from notifyctl.validate.finding import Edit, Finding, Fix
from notifyctl.validate.source import Source


class Fixed(msgspec.Struct, frozen=True):
    """What came of it: the new text of each file that changes, and whose fixes are in it."""

    texts: dict[str, str]
    applied: list[Finding]
    waiting: list[Finding]


def fix(findings: Iterable[Finding]) -> Fixed:
    """Apply the fixes of all findings that count, in their order, as far as they fit together."""
    accepted: dict[str, list[Edit]] = {}
    sources: dict[str, Source] = {}
    applied, waiting = [], []
    for finding in findings:
        wanted = finding.problem.fix
        if wanted is None or finding.ignored:
            continue
        if not _fits(wanted, accepted):
            waiting.append(finding)
            continue
        applied.append(finding)
        for edit in wanted.edits:
            source = edit.span.source
            sources[source.name] = source
            if edit not in accepted.setdefault(source.name, []):
                accepted[source.name].append(edit)
    edited = {name: edit_text(sources[name], edits) for name, edits in accepted.items()}
    texts = {name: text for name, text in edited.items() if text != sources[name].text}
    return Fixed(texts, applied, waiting)


def edit_text(source: Source, edits: Iterable[Edit]) -> str:
    """The text with edits that do not overlap; from the end, so that the places stay right."""
    text = source.text
    for edit in sorted(edits, key=lambda edit: edit.span.range, reverse=True):
        text = text[: edit.span.start] + _with_line_ends(edit.text, source) + text[edit.span.end :]
    return text


def diff(before: str, after: str, name: str) -> str:
    """What changes in a file, as `git apply` and `patch -p1` take it; empty if nothing does."""
    lines = unified_diff(_lines(before), _lines(after), f"a/{name}", f"b/{name}")
    return "".join(_ended(line) for line in lines)


def _fits(wanted: Fix, accepted: dict[str, list[Edit]]) -> bool:
    """Whether each edit has its own place in a text that is there.

    Two findings may want the very same edit. Two different insertions at one place do not fit:
    nobody knows which one comes first.
    """
    others = {name: [*edits] for name, edits in accepted.items()}
    for edit in wanted.edits:
        if not 0 <= edit.span.start <= edit.span.end <= len(edit.span.source.text):
            return False
        there = others.setdefault(edit.span.source.name, [])
        if any(other != edit and _overlap(other, edit) for other in there):
            return False
        there.append(edit)
    return True


def _overlap(one: Edit, other: Edit) -> bool:
    """Whether two edits begin at the same place, or one begins within the other."""
    (start, end), (other_start, other_end) = one.span.range, other.span.range
    return start == other_start or start < other_start < end or other_start < start < other_end


def _with_line_ends(text: str, source: Source) -> str:
    """An edit's text with the line ends of the file that it comes into."""
    first = source.text.find("\n")
    return text.replace("\n", "\r\n") if first > 0 and source.text[first - 1] == "\r" else text


def _lines(text: str) -> list[str]:
    """The lines with their ends; `splitlines` would also split at what is no line end to others."""
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop().removesuffix("\n")
    return [*lines, last] if last else lines


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
