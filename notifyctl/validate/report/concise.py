"""`concise`: one line per finding, as editors and `grep` know it."""

from notifyctl.validate.finding import Finding
from notifyctl.validate.outcome import Outcome
from notifyctl.validate.report.columns import shown
from notifyctl.validate.report.frame import location
from notifyctl.validate.report.summary import summary


def concise(outcome: Outcome) -> str:
    """`path:line:column: severity[RULE] message`, and the sum at the end."""
    lines = [_line(finding) for finding in outcome.counted]
    lines += [f"not checked: {shown(each.sentence)}" for each in outcome.unchecked]
    return "\n".join([*lines, summary(outcome)]) + "\n"


def _line(finding: Finding) -> str:
    at = finding.span.begin
    place = location(finding.span.source, at.line, at.column)
    return f"{place}: {finding.severity}[{finding.rule}] {shown(finding.problem.message)}"
