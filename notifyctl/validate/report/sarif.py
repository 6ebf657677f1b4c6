"""`sarif`: the Static Analysis Results Interchange Format, version 2.1.0, for code scanning.

The names are those of the standard; columns count characters, from 1, and end behind the last.
"""

import json
import re
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import quote

from notifyctl.validate.finding import Finding, Fix, Ignored, Severity
from notifyctl.validate.outcome import Outcome, Unchecked
from notifyctl.validate.report.fingerprint import fingerprints
from notifyctl.validate.report.frame import has_lines
from notifyctl.validate.rule import FAMILIES, RULES, Rule
from notifyctl.validate.source import Span

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
# What paths are relative to: the folder where the command runs, for code scanning the checkout.
BASE: Final = "%SRCROOT%"
FINGERPRINT: Final = "notifyctl/v1"
_URL: Final = re.compile(r"[a-z][a-z0-9+.-]*://")


def sarif(outcome: Outcome) -> str:
    """A log of one run. Without findings it says so, with no results."""
    ids = sorted({finding.rule for finding in outcome.findings})
    results = [
        _result(finding, ids.index(finding.rule), name)
        for finding, name in zip(outcome.findings, fingerprints(outcome.findings), strict=True)
    ]
    run = {
        "tool": {
            "driver": {
                "name": "notifyctl validate",
                "version": version("notifyctl"),
                "rules": [_descriptor(each) for each in ids],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not outcome.unchecked,
                "toolExecutionNotifications": [_unchecked(each) for each in outcome.unchecked],
            }
        ],
        "originalUriBaseIds": {
            BASE: {"description": {"text": "The folder where the command was run."}}
        },
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log) + "\n"


def _descriptor(id: str) -> dict[str, Any]:  # noqa: A002 - the word of the standard
    """What there is to know about a rule."""
    rule = RULES.get(id)
    if rule is None:
        return {"id": id}
    manual = rule.manual
    return {
        "id": id,
        "name": rule.name,
        "shortDescription": {"text": manual.summary},
        "fullDescription": {"text": manual.explanation or manual.summary},
        "help": {"text": f"notifyctl validate --explain {id}", "markdown": _markdown(rule)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": [FAMILIES[id[:2]]]},
    }


def _markdown(rule: Rule) -> str:
    """The manual page as Markdown."""
    manual = rule.manual
    examples = [
        f"**{word}**\n\n```\n{text}\n```"
        for word, text in (("Bad", manual.bad), ("Good", manual.good))
        if text
    ]
    return "\n\n".join(part for part in (manual.summary, manual.explanation, *examples) if part)


def _result(finding: Finding, rule_index: int, fingerprint: str) -> dict[str, Any]:
    problem, about = finding.problem, finding.about
    location: dict[str, Any] = {"physicalLocation": _physical(finding.span)}
    if about:
        full = "/".join(part for part in (about.kind, about.namespace, about.name) if part)
        location["logicalLocations"] = [{"fullyQualifiedName": full, "kind": about.kind}]
    related = [
        {
            "id": number,
            "physicalLocation": _physical(each.span),
            "message": {"text": each.label or "here"},
        }
        for number, each in enumerate(problem.related, 1)
    ]
    advice = f"\nhelp: {problem.help}" if problem.help else ""
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": LEVELS[finding.severity],
        "message": {"text": f"{problem.message}{advice}"},
        "locations": [location],
        "relatedLocations": related,
        "partialFingerprints": {FINGERPRINT: fingerprint},
        "fixes": [_fix(problem.fix)] if problem.fix else [],
        "suppressions": [_suppression(finding.ignored)] if finding.ignored else [],
    }


def _physical(span: Span) -> dict[str, Any]:
    """The file, and the region in it; what a cluster answered has no lines that anybody knows."""
    place: dict[str, Any] = {"artifactLocation": _artifact(span.source.name)}
    if has_lines(span.source):
        place["region"] = _region(span)
    return place


def _region(span: Span) -> dict[str, int]:
    begin, end = span.begin, span.finish
    return {
        "startLine": begin.line,
        "startColumn": begin.column,
        "endLine": end.line,
        "endColumn": end.column,
    }


def _artifact(name: str) -> dict[str, str]:
    """A path as a URI: relative to the base, unless it is absolute or a URL already."""
    if _URL.match(name):
        return {"uri": quote(name, safe="/:?&=#@[]%", errors="surrogateescape")}
    path = quote(name, errors="surrogateescape")
    return {"uri": f"file://{path}"} if path.startswith("/") else {"uri": path, "uriBaseId": BASE}


def _fix(fix: Fix) -> dict[str, Any]:
    """The edits, gathered by the files that they change."""
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        changes.setdefault(edit.span.source.name, []).append(
            {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
        )
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {"artifactLocation": _artifact(name), "replacements": replacements}
            for name, replacements in changes.items()
        ],
    }


def _suppression(ignored: Ignored) -> dict[str, Any]:
    """An exception: from a comment in the file, or from the settings."""
    if ignored.span is None:
        return {"kind": "external", "justification": ignored.reason}
    return {
        "kind": "inSource",
        "justification": ignored.reason,
        "location": {"physicalLocation": _physical(ignored.span)},
    }


def _unchecked(each: Unchecked) -> dict[str, Any]:
    return {"level": "error", "message": {"text": f"not checked: {each.sentence}"}}
