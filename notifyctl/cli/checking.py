"""The steps of `notifyctl validate` over files: settings, reading, asking the rules."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from notifyctl.cli.manual import unknown_rule
from notifyctl.cli.output import clean, emit, say
from notifyctl.errors import NothingToCheck, UsageError

if TYPE_CHECKING:
    from notifyctl.validate.discover import Kind
    from notifyctl.validate.finding import Severity
    from notifyctl.validate.reading import Survey
    from notifyctl.validate.settings import Settings


def chosen_settings(
    config: Path | None,
    profile: Literal["dev", "production"] | None,
    select: Sequence[str] | None,
    ignore: Sequence[str] | None,
) -> "Settings":
    """The settings of the nearest file, with what the command line says. Raises `UsageError`."""
    import msgspec

    from notifyctl.validate.config import find_config, read_config
    from notifyctl.validate.settings import Settings

    path = config or find_config(Path.cwd())
    settings = read_config(path) if path else Settings()
    per_file = (name for names in settings.per_file_ignores.values() for name in names)
    known_rules((*settings.select, *settings.ignore, *settings.severity, *per_file))
    return msgspec.structs.replace(
        settings,
        profile=profile or settings.profile,
        select=known_rules(select or ()) or settings.select,
        ignore=(*settings.ignore, *known_rules(ignore or ())),
    )


def known_rules(texts: Sequence[str]) -> tuple[str, ...]:
    """Rules or their families, as options name them. Raises `UsageError`."""
    from notifyctl.validate.rules import RULES

    names = tuple(name for text in texts for name in text.upper().replace(",", " ").split())
    for name in names:
        if not any(each.startswith(name) for each in RULES):
            raise unknown_rule(name)
    return names


def kinds(texts: Sequence[str]) -> "list[Kind]":
    """The kinds of files that `--require` names. Raises `UsageError`."""
    from notifyctl.validate.discover import Kind

    names = [name for text in texts for name in text.lower().replace(",", " ").split()]
    for name in names:
        if name not in list(Kind):
            raise UsageError(problem=f"There is no kind {name!r}; kinds are {', '.join(Kind)}.")
    return [Kind(name) for name in names]


def look_around(paths: Sequence[str], settings: "Settings", required: "Sequence[Kind]") -> "Survey":
    """Read what there is to check. Raises `NothingToCheck`."""
    from notifyctl.validate.reading import survey

    surveyed = survey(paths, settings)
    where = ", ".join(paths) or "this folder"
    for kind in required:
        if not surveyed.found.of(kind):
            raise NothingToCheck(what=f"{kind} file", where=where)
    if not surveyed.found.files and not surveyed.unchecked:
        raise NothingToCheck(what="Dockerfile, compose file or Kubernetes manifest", where=where)
    return surveyed


def tell_files(surveyed: "Survey") -> None:
    """Print what would be checked, and why the rest would not."""
    for name, kind in surveyed.found.files.items():
        emit(f"{kind:<10}  {clean(name)}")
    for name, reason in sorted(surveyed.found.left_out.items()):
        say(f"left out: {name} ({reason})")
    for unchecked in surveyed.unchecked:
        say(unchecked.sentence)


def threshold(fail_on: str | None, *, strict: bool) -> "Severity":
    """The mildest severity that makes the command fail."""
    from notifyctl.validate.finding import Severity

    return Severity(fail_on or ("warning" if strict else "error"))
