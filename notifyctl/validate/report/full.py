"""`full`: every finding with its places in the files, for a person at a terminal."""

from collections.abc import Iterator

from notifyctl.validate.finding import Finding
from notifyctl.validate.outcome import Outcome
from notifyctl.validate.report.columns import shown
from notifyctl.validate.report.frame import Hidden, frames, mark
from notifyctl.validate.report.look import OF_SEVERITY, PLAIN, Look, Style
from notifyctl.validate.report.summary import summary
from notifyctl.validate.source import Span


def full(outcome: Outcome, look: Look = PLAIN) -> str:
    """All findings that count, what could not be checked, and the sum of it."""
    hidden = secrets(outcome)
    explained: set[str] = set()
    blocks = []
    for finding in outcome.counted:
        blocks.append(_finding(finding, look, hidden, explain=finding.rule not in explained))
        explained.add(finding.rule)
    if outcome.unchecked:
        blocks.append(_unchecked(outcome, look))
    blocks.append([look.paint(summary(outcome), Style.BOLD)])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def secrets(outcome: Outcome) -> Hidden:
    """Where secrets stand. A finding beside one must not show it either."""
    hidden: dict[str, list[Span]] = {}
    for finding in outcome.findings:
        if finding.problem.secret:
            hidden.setdefault(finding.span.source.name, []).append(finding.span)
    return hidden


def _finding(finding: Finding, look: Look, hidden: Hidden, *, explain: bool) -> list[str]:
    style = OF_SEVERITY[finding.severity]
    problem = finding.problem
    title = look.paint(f"{finding.severity}[{finding.rule}]", style)
    marks = [
        mark(finding.span, problem.label, "^", style),
        *(mark(each.span, each.label, "-", Style.BLUE) for each in problem.related),
    ]
    gutter = max(len(str(each.last)) for each in marks)
    return [
        f"{title} {look.paint(shown(problem.message), Style.BOLD)}",
        *frames(marks, look, hidden),
        *_notes(finding, look, " " * gutter, explain=explain),
    ]


def _notes(finding: Finding, look: Look, gutter: str, *, explain: bool) -> Iterator[str]:
    """What to do, what happens otherwise, and where to read more."""
    problem = finding.problem
    advice = problem.help
    if problem.fix:
        advice = f"{advice or problem.fix.title} (safe fix available: --fix)"
    notes = [("help", advice), ("note", problem.note)]
    if explain:
        notes.append(("explain", f"notifyctl validate --explain {finding.rule}"))
    for word, text in notes:
        first = f"{gutter} = {word}: "
        indent = " " * len(first)
        for line in text.splitlines():
            lines = look.paragraph(shown(line), indent, first)
            lines[0] = lines[0].replace(f"{word}:", look.paint(f"{word}:", Style.BOLD), 1)
            yield from lines
            first = indent


def _unchecked(outcome: Outcome, look: Look) -> list[str]:
    word = look.paint("not checked:", Style.RED)
    return [f"{word} {shown(each.sentence)}" for each in outcome.unchecked]
