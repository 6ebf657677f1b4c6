"""From paths to a workspace: finds the files, reads them, and keeps what could not be read."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from notifyctl.validate.discover import Found, Kind, discover
from notifyctl.validate.outcome import Unchecked
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Flaw, Source
from notifyctl.validate.texts import Documents, Texts
from notifyctl.validate.workspace import Workspace, read_workspace

# What a template engine fills in; before that, the file is not what its name says.
_TEMPLATE: Final = "{{"
# What stands in the place of bytes that are no UTF-8.
REPLACEMENT: Final = "\ufffd"


class Survey(msgspec.Struct, frozen=True):
    """What there is below some paths, and what could not be looked at.

    `damaged` are files with bytes that are no UTF-8: writing them anew would lose those.
    """

    workspace: Workspace
    found: Found
    unchecked: list[Unchecked]
    damaged: frozenset[str]


def survey(paths: Sequence[str], settings: Settings) -> Survey:
    """Find and read everything below the paths."""
    found = discover(paths, settings.exclude)
    texts = Texts(found.files)
    for name in [name for name in found.files if is_template(name, texts, found)]:
        del found.files[name]
        found.left_out[name] = "a template"
    workspace = read_workspace(
        dockerfiles=[texts[name] for name in found.of(Kind.DOCKERFILE) if name in texts],
        compose=Documents(texts, found.of(Kind.COMPOSE)),
        kubernetes=Documents(texts, found.of(Kind.KUBERNETES)),
        texts=texts,
        settings=settings,
    )
    workspace.flaws.extend(
        damage(texts[name])
        for name in sorted(texts.damaged)
        if found.files.get(name) in (Kind.COMPOSE, Kind.KUBERNETES)
    )
    failed = [
        Unchecked(name, reason) for name, reason in texts.failures.items() if name in found.files
    ]
    return Survey(workspace, found, [*found.unchecked, *failed], frozenset(texts.damaged))


def damage(source: Source) -> Flaw:
    """The first byte of a file that is no UTF-8."""
    at = max(source.text.find(REPLACEMENT), 0)
    return Flaw("this is not UTF-8", source.span(at, at + 1), help="save the file as UTF-8")


def is_template(name: str, texts: Mapping[str, Source], found: Found) -> bool:
    """Whether a file that nobody named waits for a template engine: braces, and not YAML yet."""
    if name in found.named or found.files[name] is Kind.DOCKERFILE or name not in texts:
        return False
    if _TEMPLATE not in texts[name].text:
        return False
    return bool(Documents(texts, [name])[name][1].flaws)
