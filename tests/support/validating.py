"""Checks texts as the command checks files."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from notifyctl.validate.check import check
from notifyctl.validate.discover import Kind, kind_of
from notifyctl.validate.finding import Finding
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Source
from notifyctl.validate.texts import Documents
from notifyctl.validate.workspace import Workspace, read_workspace

TODAY: Final = date(2026, 6, 1)


def workspace(files: Mapping[str, str], **settings: Any) -> Workspace:
    """What the files of these names and texts are, read as the command reads them."""
    sources = {name: Source(name, text) for name, text in files.items()}
    kinds = {name: kind_of(name, text.encode()) for name, text in files.items()}
    return read_workspace(
        dockerfiles=[sources[name] for name, kind in kinds.items() if kind is Kind.DOCKERFILE],
        compose=Documents(sources, [name for name, kind in kinds.items() if kind is Kind.COMPOSE]),
        kubernetes=Documents(
            sources, [name for name, kind in kinds.items() if kind is Kind.KUBERNETES]
        ),
        texts=sources,
        settings=Settings(**settings),
    )


def findings(files: Mapping[str, str], **settings: Any) -> list[Finding]:
    """All findings about these files, ignored ones included, in their stable order."""
    return check(workspace(files, **settings), TODAY)


def rules_found(files: Mapping[str, str], **settings: Any) -> list[str]:
    """The ids of the rules that find something, once each, in the order of their ids."""
    counted = (finding for finding in findings(files, **settings) if finding.ignored is None)
    return sorted({finding.rule for finding in counted})


def found(files: Mapping[str, str], rule: str, **settings: Any) -> list[tuple[str, int, str]]:
    """Where a rule finds something: the file, the line, and the text that the carets are under."""
    return [
        (finding.span.source.name, finding.span.begin.line, finding.span.text)
        for finding in findings(files, **settings)
        if finding.rule == rule
    ]
