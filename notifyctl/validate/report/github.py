"""`github`: annotations beside the lines of a pull request, as workflow commands."""

from typing import Final

from notifyctl.validate.finding import Finding, Severity
from notifyctl.validate.outcome import Outcome
from notifyctl.validate.report.columns import shown

COMMANDS: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}


def github(outcome: Outcome) -> str:
    """One command per finding, and one for each target that could not be checked."""
    lines = [_command(finding) for finding in outcome.counted]
    lines += [f"::error title=not checked::{_data(each.sentence)}" for each in outcome.unchecked]
    return "".join(f"{line}\n" for line in lines)


def _command(finding: Finding) -> str:
    begin, end = finding.span.begin, finding.span.finish
    properties = {
        "file": finding.span.source.name,
        "line": begin.line,
        "col": begin.column,
        "endLine": end.line,
        # GitHub takes columns of both ends only within one line.
        **({"endColumn": end.column} if begin.line == end.line else {}),
        "title": finding.rule,
    }
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    problem = finding.problem
    advice = f"help: {problem.help}" if problem.help else ""
    words = _data(problem.message, *advice.splitlines())
    return f"::{COMMANDS[finding.severity]} {listed}::{words}"


def _data(*lines: str) -> str:
    """Lines as one; a percent sign would begin an escaped character."""
    return "%0A".join(shown(line).replace("%", "%25") for line in lines)


def _property(text: str) -> str:
    """A value that ends neither itself nor the properties."""
    return shown(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
