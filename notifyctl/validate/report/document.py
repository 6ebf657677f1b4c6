"""`json`: everything about a run as one document on one line, for programs.

Fields are only added; whatever would surprise a program that knows `version` 1 brings a 2.
"""

import json
from typing import Any, Final

from notifyctl.validate.finding import Finding, Fix
from notifyctl.validate.outcome import Outcome
from notifyctl.validate.report.fingerprint import fingerprints
from notifyctl.validate.report.summary import sums
from notifyctl.validate.source import Span

VERSION: Final = 1


def document(outcome: Outcome) -> str:
    """The whole outcome. What somebody made an exception for stands apart, under `ignored`."""
    counted, ignored = [], []
    for finding, name in zip(outcome.findings, fingerprints(outcome.findings), strict=True):
        if finding.ignored is None:
            counted.append(_finding(finding, name))
        else:
            ignored.append({**_finding(finding, name), "reason": finding.ignored.reason})
    sum_of = sums(outcome)
    value = {
        "version": VERSION,
        "findings": counted,
        "ignored": ignored,
        "files": list(outcome.files),
        "unchecked": [{"target": each.target, "reason": each.reason} for each in outcome.unchecked],
        "summary": {name: getattr(sum_of, name) for name in sum_of.__struct_fields__},
    }
    # Without any character beyond ASCII it is safe on every terminal and in every locale.
    return json.dumps(value) + "\n"


def _finding(finding: Finding, fingerprint: str) -> dict[str, Any]:
    problem, about = finding.problem, finding.about
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": problem.message,
        **_place(finding.span),
        "label": problem.label,
        "related": [{**_place(each.span), "label": each.label} for each in problem.related],
        "help": problem.help,
        "note": problem.note,
        "fix": _fix(problem.fix) if problem.fix else None,
        "fingerprint": fingerprint,
        "object": {name: getattr(about, name) for name in about.__struct_fields__}
        if about
        else None,
    }


def _place(span: Span) -> dict[str, Any]:
    """The file and the range in it: lines and columns from 1, the end behind the last character."""
    begin, end = span.begin, span.finish
    return {"file": span.source.name, "range": {"start": begin._asdict(), "end": end._asdict()}}


def _fix(fix: Fix) -> dict[str, Any]:
    edits = [{**_place(edit.span), "text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "safety": "safe", "edits": edits}
