"""What a run of the checks came to, and the exit status that says it to a script."""

from collections.abc import Sequence

import msgspec

from notifyctl.errors import FAILED, UNREACHABLE
from notifyctl.validate.finding import Finding, Severity


class Unchecked(msgspec.Struct, frozen=True):
    """A target that could not be looked at; `reason` is why, as the end of a sentence about it."""

    target: str
    reason: str

    @property
    def sentence(self) -> str:
        """`k8s/service.yaml does not exist`."""
        return f"{self.target} {self.reason}"


class Outcome(msgspec.Struct, frozen=True):
    """All findings in a stable order, ignored ones included, and what was looked at.

    `running` is what was asked besides the files: a server by its URL, a cluster.
    """

    findings: Sequence[Finding]
    files: Sequence[str]
    unchecked: Sequence[Unchecked] = ()
    seconds: float = 0.0
    running: Sequence[str] = ()

    @property
    def counted(self) -> list[Finding]:
        """The findings that nobody made an exception for."""
        return [finding for finding in self.findings if finding.ignored is None]

    def exit_status(self, fail_on: Severity) -> int:
        """0 clean, 1 findings at or above the threshold, 3 a target that could not be checked."""
        if self.unchecked:
            return UNREACHABLE
        failing = any(finding.severity.rank <= fail_on.rank for finding in self.counted)
        return FAILED if failing else 0
