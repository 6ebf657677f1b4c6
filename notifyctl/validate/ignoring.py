"""Exceptions that people make in their files, each with its reason, and perhaps until a day.

    # notifyctl: ignore[K8308] reason="the proxy waits for us" until=2027-01-31
    # notifyctl: ignore-file[CO203] reason="only ever runs on this machine"

The first kind stands at the end of the line that is complained about, or above it; the second
anywhere in its file. A Kubernetes object can carry them, too, one per line of an annotation:

    notifyctl.dev/ignore: K8310 one replica is all that SQLite can have
"""

import re
from collections.abc import Container, Iterable, Iterator
from datetime import date
from typing import Final

import msgspec

from notifyctl.validate.finding import Finding, Ignored, Named
from notifyctl.validate.source import Source, Span
from notifyctl.validate.tree import Node

ANNOTATION: Final = "notifyctl.dev/ignore"

_COMMENT: Final = re.compile(
    r"#[ \t]*notifyctl:[ \t]*(?P<scope>ignore-file|ignore)"
    r"(?:\[(?P<rules>[^\]\n]*)\])?(?P<rest>[^\r\n]*)"
)
_REASON: Final = re.compile(r"reason=(?:\"([^\"]*)\"|'([^']*)'|(\S+))")
_UNTIL: Final = re.compile(r"until=(\S+)")
_SEPARATORS: Final = re.compile(r"[,\s]+")


class Waiver(msgspec.Struct, frozen=True):
    """One exception: for which rules, why, until when, and where it is written.

    It holds for a `line` of its file, for an `object` of Kubernetes, or without either for the
    whole file.
    """

    rules: tuple[str, ...]
    reason: str
    until: str
    span: Span
    line: int | None = None
    object: Named | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether the exception is for this finding."""
        if finding.rule not in self.rules:
            return False
        if self.object is not None:
            return finding.about is not None and _same(finding.about, self.object)
        if finding.span.source.name != self.span.source.name:
            return False
        return self.line is None or self.line == finding.span.begin.line

    def is_over(self, today: date) -> bool:
        """Whether its day has passed. A day that cannot be read has."""
        try:
            return bool(self.until) and date.fromisoformat(self.until) < today
        except ValueError:
            return True


class Judged(msgspec.Struct, frozen=True):
    """A waiver after the checks: which of its rules found nothing, and whether its day is over."""

    waiver: Waiver
    unused: tuple[str, ...]
    over: bool


def _same(one: Named, other: Named) -> bool:
    return (one.kind, one.name, one.namespace) == (other.kind, other.name, other.namespace)


def waivers_in(source: Source) -> Iterator[Waiver]:
    """The exceptions that a file's comments make."""
    for match in _COMMENT.finditer(source.text):
        span = source.span(match.start(), match.start() + len(match[0].rstrip()))
        number = span.begin.line
        before = source.text[source.starts[number - 1] : match.start()]
        if before and not before[-1].isspace():
            continue  # Not a comment: a part of a word.
        rules = tuple(name.upper() for name in _SEPARATORS.split(match["rules"] or "") if name)
        reason = _REASON.search(match["rest"])
        until = _UNTIL.search(match["rest"])
        line = number if before.strip() else _line_below(source, number)
        yield Waiver(
            rules,
            next((group for group in reason.groups() if group), "") if reason else "",
            until[1] if until else "",
            span,
            None if match["scope"] == "ignore-file" else line,
        )


def _line_below(source: Source, line: int) -> int:
    """The first line below a comment that is neither blank nor a comment itself."""
    for number in range(line + 1, len(source.starts) + 1):
        text = source.line(number).strip()
        if text and not text.startswith("#"):
            return number
    return line


def waivers_on(annotation: Node, about: Named) -> Iterator[Waiver]:
    """The exceptions that an object's annotation makes for all that the object holds."""
    for line in annotation.string.splitlines():
        rules, _, reason = line.strip().partition(" ")
        if rules:
            names = tuple(name.upper() for name in _SEPARATORS.split(rules) if name)
            yield Waiver(names, reason.strip(), "", annotation.span, object=about)


def apply(
    findings: Iterable[Finding], waivers: Iterable[Waiver], ran: Container[str], today: date
) -> tuple[list[Finding], list[Judged]]:
    """Mark the findings that somebody made an exception for, and judge the exceptions.

    An exception without a reason is none, nor is one whose day has passed. Only of rules that
    `ran` can be said that an exception was not needed.
    """
    every = list(waivers)
    used: set[tuple[int, str]] = set()
    marked: list[Finding] = []
    for finding in findings:
        ignored = finding.ignored
        for waiver in every:
            if waiver.covers(finding):
                used.add((id(waiver), finding.rule))
                if waiver.reason and not waiver.is_over(today):
                    ignored = Ignored(waiver.reason, waiver.span)
        marked.append(msgspec.structs.replace(finding, ignored=ignored))
    judged = [
        Judged(
            waiver,
            tuple(name for name in waiver.rules if name in ran and (id(waiver), name) not in used),
            waiver.is_over(today),
        )
        for waiver in every
    ]
    return marked, judged
