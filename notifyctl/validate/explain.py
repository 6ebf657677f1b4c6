"""The manual of the rules: the page of one, and the list of all.

Both come from the rules' docstrings, as does the reference page of the documentation.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from notifyctl.validate.report.look import OF_SEVERITY, PLAIN, Look, Style
from notifyctl.validate.rule import FAMILIES, Rule
from notifyctl.validate.spelling import closest

_INDENT: Final = "    "
_ITEM: Final = re.compile(r"(?:[-*]|[0-9]+\.) +")


def find(word: str, rules: Iterable[Rule]) -> Rule | None:
    """The rule that somebody names by its id or its name, in capitals or not."""
    wanted = word.lower().replace("_", "-")
    return next((rule for rule in rules if wanted in (rule.id.lower(), rule.name)), None)


def meant(word: str, rules: Iterable[Rule]) -> str:
    """The id of the rule that somebody probably means; empty if nobody can tell."""
    ids = {known: rule.id for rule in rules for known in (rule.id, rule.name)}
    return ids.get(closest(word.replace("_", "-"), ids), "")


def explain(rule: Rule, look: Look = PLAIN) -> str:
    """The manual page of a rule."""
    manual = rule.manual
    title = f"{look.paint(rule.id, OF_SEVERITY[rule.severity])} {look.paint(rule.name, Style.BOLD)}"
    lines = [title, f"{FAMILIES[rule.id[:2]]} · {when(rule)}", ""]
    lines += look.paragraph(manual.summary)
    for part in paragraphs(manual.explanation):
        lines += ["", *_wrapped(part, look)]
    for word, style, example in (
        ("Bad", Style.RED, manual.bad),
        ("Good", Style.GREEN, manual.good),
    ):
        if example:
            lines += ["", look.paint(f"{word}:", style), ""]
            lines += [f"{_INDENT}{line}".rstrip() for line in example.splitlines()]
    return "\n".join(lines) + "\n"


def when(rule: Rule) -> str:
    """Its severity, and what changes under the production profile."""
    if rule.only_production:
        return f"{rule.production}, only with --profile production"
    if rule.production is not rule.severity:
        return f"{rule.severity}, {rule.production} with --profile production"
    return rule.severity


def paragraphs(text: str) -> Iterator[list[str]]:
    """The lines of each paragraph."""
    for part in text.split("\n\n"):
        lines = [line for line in part.splitlines() if line.strip()]
        if lines:
            yield lines


def list_rules(rules: Iterable[Rule], look: Look = PLAIN) -> str:
    """All rules under the headings of their families, a line each."""
    known = sorted(rules, key=lambda rule: rule.id)
    lines: list[str] = []
    for family, subject in FAMILIES.items():
        members = [rule for rule in known if rule.id.startswith(family)]
        if members:
            lines += ["", look.paint(subject[0].upper() + subject[1:], Style.BOLD)]
            lines += [_listed(rule, look) for rule in members]
    return "\n".join(lines[1:]) + "\n"


def rules_as_json(rules: Iterable[Rule]) -> str:
    """All rules with their manuals as one document on one line."""
    known = sorted(rules, key=lambda rule: rule.id)
    return json.dumps({"version": 1, "rules": [_document(rule) for rule in known]}) + "\n"


def _listed(rule: Rule, look: Look) -> str:
    severity = look.paint(f"{rule.severity:<7}", OF_SEVERITY[rule.severity])
    profile = " (production)" if rule.only_production else ""
    return f"  {rule.id}  {severity}  {rule.name}{profile}"


def _document(rule: Rule) -> dict[str, Any]:
    manual = rule.manual
    return {
        "id": rule.id,
        "name": rule.name,
        "family": FAMILIES[rule.id[:2]],
        "severity": rule.severity.value,
        "severity_in_production": rule.production.value,
        "only_in_production": rule.only_production,
        "summary": manual.summary,
        "explanation": manual.explanation,
        "bad": manual.bad,
        "good": manual.good,
    }


def _wrapped(lines: list[str], look: Look) -> Iterator[str]:
    """A paragraph in lines that fit; lists and what is indented keep their lines."""
    if all(line.startswith(" ") for line in lines):
        yield from lines
        return
    if not _ITEM.match(lines[0]):
        yield from look.paragraph(" ".join(line.strip() for line in lines))
        return
    items: list[str] = []
    for line in lines:
        if _ITEM.match(line):
            items.append(line)
        else:
            items[-1] += f" {line.strip()}"
    for item in items:
        found = _ITEM.match(item)
        yield from look.paragraph(item, " " * (found.end() if found else 0), "")
