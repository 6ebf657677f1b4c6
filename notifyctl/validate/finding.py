"""What a rule says: a problem, and everything a person needs to put it right."""

from enum import StrEnum
from typing import Final

import msgspec

from notifyctl.validate.source import Span
from notifyctl.validate.tree import Node


class Severity(StrEnum):
    """How bad it is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return _ORDER.index(self)


_ORDER: Final = tuple(Severity)


class Related(msgspec.Struct, frozen=True):
    """Another place that explains the problem, often in another file."""

    span: Span
    label: str


class Edit(msgspec.Struct, frozen=True):
    """Replace what stands at a place; an empty place is where to insert."""

    span: Span
    text: str


class Fix(msgspec.Struct, frozen=True):
    """Edits that are right whatever else the file says, and belong together."""

    title: str
    edits: tuple[Edit, ...]


class Named(msgspec.Struct, frozen=True):
    """The thing that a finding is about: a Kubernetes object, a service of compose, a stage."""

    kind: str
    name: str
    namespace: str = ""
    path: str = ""


class Problem(msgspec.Struct, frozen=True):
    """What a rule yields.

    `message` says what is wrong, in one sentence without a full stop; names from files stand in
    backticks. `at` is the place, as a span or as a node (a `Missing` node points at what is
    nearest). `label` is the word beside the caret. `help` says what to do, `note` what happens
    otherwise. `severity` is given only where it differs from the rule's, and `about` where the
    problem is of another thing than the rule's subject. What stands `at` the place
    of a `secret` is never shown.
    """

    message: str
    at: Span | Node
    label: str = ""
    related: tuple[Related, ...] = ()
    help: str = ""
    note: str = ""
    fix: Fix | None = None
    severity: Severity | None = None
    secret: bool = False
    about: Named | None = None

    @property
    def span(self) -> Span:
        """The place."""
        if isinstance(self.at, Span):
            return self.at
        return self.at.span if self.at.exists else self.at.head


class Ignored(msgspec.Struct, frozen=True):
    """Why a finding does not count: who wrote the exception where, and why."""

    reason: str
    span: Span | None = None


class Finding(msgspec.Struct, frozen=True):
    """A problem as it is reported: with its rule, its severity, and whether it is ignored."""

    rule: str
    severity: Severity
    problem: Problem
    about: Named | None = None
    ignored: Ignored | None = None

    @property
    def span(self) -> Span:
        """Where it is."""
        return self.problem.span

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """By file, place and rule: the same in every run."""
        span = self.span
        return (span.source.name, span.start, span.end, self.rule, self.problem.message)
