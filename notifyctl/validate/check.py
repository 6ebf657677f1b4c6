"""The engine: gives every rule all that it is about, and collects what the rules say."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fnmatch import fnmatch
from typing import Any, Final

from notifyctl.validate.finding import Finding, Severity
from notifyctl.validate.ignoring import Judged, apply
from notifyctl.validate.outcome import Unchecked
from notifyctl.validate.rule import Rule
from notifyctl.validate.rules import RULES
from notifyctl.validate.settings import Settings
from notifyctl.validate.workspace import Workspace, subjects_of, waivers_of

# Whether these find something depends on which files are looked at together, or on what runs.
_WITH_OTHERS: Final = ("XF", "LV", "CL")
_SCHEMA: Final = "NV002"


def check(
    workspace: Workspace, today: date, failures: list[Unchecked] | None = None
) -> list[Finding]:
    """All findings about a workspace, in a stable order, each once; ignored ones are marked.

    A rule that fails is a mistake of ours, and no reason to keep quiet about all others: with a
    list for `failures` it is noted there, without one it is raised.
    """
    settings = workspace.settings
    chosen = chosen_rules(settings)
    rules = chosen.values()
    judgeable = {name for name in chosen if name[:2] not in _WITH_OTHERS}
    found: list[Finding] = []
    judged: list[Judged] = []
    for manifests in workspace.sets:
        # What an object says of itself holds in its own set: two overlays may differ.
        of_set = findings_about(subjects_of(manifests), rules, settings, failures)
        marked, judgements = apply(of_set, waivers_of(manifests), judgeable, today)
        found += marked
        judged += judgements
    across = findings_about(workspace.subjects(), rules, settings, failures)
    objects = [waiver for manifests in workspace.sets for waiver in waivers_of(manifests)]
    found += apply(across, objects, (), today)[0]
    found, judgements = apply(found, workspace.waivers(), judgeable, today)
    found += findings_about([*judged, *judgements], rules, settings, failures)
    return sorted(_once(found), key=lambda finding: finding.order)


def chosen_rules(settings: Settings) -> dict[str, Rule]:
    """The rules that these settings ask for, by their ids."""
    return {
        name: rule
        for name, rule in sorted(RULES.items())
        if (settings.is_production or not rule.only_production)
        and (not settings.select or name.startswith(settings.select))
        and not (settings.ignore and name.startswith(settings.ignore))
    }


def findings_about(
    subjects: Iterable[Any],
    rules: Iterable[Rule],
    settings: Settings,
    failures: list[Unchecked] | None = None,
) -> list[Finding]:
    """What rules say about each subject of theirs; see `check` for `failures`."""
    by_subject: dict[type, list[Rule]] = {}
    for rule in rules:
        by_subject.setdefault(rule.subject, []).append(rule)
    concerned: dict[type, list[Rule]] = {}
    found: list[Finding] = []
    for subject in subjects:
        kind = type(subject)
        if kind not in concerned:
            concerned[kind] = [
                rule for each, its in by_subject.items() if issubclass(kind, each) for rule in its
            ]
        for rule in concerned[kind]:
            try:
                found += _ask(rule, subject, settings)
            except Exception as error:
                if failures is None:
                    raise
                failures.append(Unchecked(rule.id, f"failed ({error!r}); please report this"))
    return found


def _ask(rule: Rule, subject: Any, settings: Settings) -> Iterator[Finding]:
    about = getattr(subject, "about", None)
    for problem in rule.check(subject, settings):
        name = problem.span.source.name
        if _is_ignored_in(rule.id, name, settings.per_file_ignores):
            continue
        severity = problem.severity or rule.severity_in(settings.profile)
        configured = settings.severity.get(rule.id)
        yield Finding(rule.id, Severity(configured or severity), problem, problem.about or about)


def _is_ignored_in(rule: str, name: str, ignores: Mapping[str, tuple[str, ...]]) -> bool:
    return any(
        rule.startswith(prefixes) for pattern, prefixes in ignores.items() if fnmatch(name, pattern)
    )


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Each finding once, though two overlays may hold the same file.

    Where another rule knows more about a place, that it does not fit the schema is not said.
    """
    every = list(findings)
    explained = {finding.span for finding in every if finding.rule != _SCHEMA}
    seen: dict[tuple[Any, ...], Finding] = {}
    for finding in every:
        if finding.rule == _SCHEMA and finding.span in explained:
            continue
        kept = seen.setdefault(finding.order, finding)
        if _weight(finding) < _weight(kept):
            seen[finding.order] = finding
    yield from seen.values()


def _weight(finding: Finding) -> tuple[bool, int]:
    """What counts more comes first: an exception in one overlay does not speak for another, and
    what is an error for production is one though it is only a warning for development."""
    return (finding.ignored is not None, finding.severity.rank)
