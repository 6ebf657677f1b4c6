"""`notifyctl validate`: checks files, a live server and a live cluster, in one way."""

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from notifyctl.cli.fixes import show_fixes, write_fixes
from notifyctl.cli.output import clean, emit, say
from notifyctl.cli.reporting import deliver, destinations, explain, list_rules, today, unknown_rule
from notifyctl.errors import FAILED, NothingToCheck, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifyctl.validate.discover import Kind
    from notifyctl.validate.outcome import Outcome
    from notifyctl.validate.reading import Survey
    from notifyctl.validate.settings import Settings

Severities = Literal["error", "warning", "info"]
Names = list[str] | None


def validate(
    paths: Annotated[
        Names, typer.Argument(metavar="[PATHS]...", help="Files, or folders of them.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="--profile production --fail-on warning.")
    ] = False,
    profile: Annotated[
        Literal["dev", "production"] | None,
        typer.Option(help="How much is expected; dev unless your settings say otherwise."),
    ] = None,
    fail_on: Annotated[
        Severities | None, typer.Option(help="The mildest finding that ends with status 1.")
    ] = None,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="End with status 0 whatever is found.")
    ] = False,
    require: Annotated[
        Names,
        typer.Option(metavar="KINDS", help="Insist on dockerfile, compose or kubernetes."),
    ] = None,
    select: Annotated[
        Names, typer.Option(metavar="RULES", help="Only these, as in K8,DF107.")
    ] = None,
    ignore: Annotated[Names, typer.Option(metavar="RULES", help="All but these.")] = None,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Settings; otherwise notifyctl.toml or pyproject.toml."),
    ] = None,
    formats: Annotated[
        Names,
        typer.Option(
            "--format",
            metavar="FORMAT[:FILE]",
            help="full, concise, json, sarif, junit or github; several at once.",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Put right what can safely be put right.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change.")] = False,
    show_files: Annotated[
        bool, typer.Option("--show-files", help="Show what would be checked, and end.")
    ] = False,
    rule: Annotated[
        str | None, typer.Option("--explain", metavar="RULE", help="Show a rule's manual page.")
    ] = None,
    all_rules: Annotated[bool, typer.Option("--list-rules", help="Show all rules.")] = False,
) -> None:
    """Check a Dockerfile, compose files and Kubernetes manifests, alone and together.

    Ends with status 0 if all is well, 1 with findings, 2 if it was asked wrongly, and 3 if
    something could not be checked.
    """
    wanted = destinations(formats or [], json=json)
    if rule is not None:
        explain(rule)
        return
    if all_rules:
        list_rules(json=any(each.form == "json" for each in wanted))
        return
    began = perf_counter()
    settings = chosen_settings(
        config, "production" if strict else profile, select or [], ignore or []
    )
    required = kinds(require or [])
    surveyed = look_around(paths or [], settings, required)
    if show_files:
        tell_files(surveyed)
        return
    if diff:
        show_fixes(surveyed)
        return
    if fix:
        surveyed = write_fixes(lambda: look_around(paths or [], settings, required))
    from notifyctl.validate.finding import Severity

    outcome = judge(surveyed, began)
    deliver(outcome, wanted)
    status = outcome.exit_status(Severity(fail_on or ("warning" if strict else "error")))
    raise typer.Exit(0 if exit_zero and status == FAILED else status)


def chosen_settings(
    config: Path | None,
    profile: Literal["dev", "production"] | None,
    select: "Sequence[str]",
    ignore: "Sequence[str]",
) -> "Settings":
    """The settings of the nearest file, with what the command line says. Raises `UsageError`."""
    import msgspec

    from notifyctl.validate.config import find_config, read_config
    from notifyctl.validate.settings import Settings

    path = config or find_config(Path.cwd())
    settings = read_config(path) if path else Settings()
    return msgspec.structs.replace(
        settings,
        profile=profile or settings.profile,
        select=known_rules(select) or settings.select,
        ignore=(*settings.ignore, *known_rules(ignore)),
    )


def known_rules(texts: "Sequence[str]") -> tuple[str, ...]:
    """Rules or their families, as options name them. Raises `UsageError`."""
    from notifyctl.validate.rules import RULES

    names = tuple(name for text in texts for name in text.upper().replace(",", " ").split())
    for name in names:
        if not any(each.startswith(name) for each in RULES):
            raise unknown_rule(name)
    return names


def kinds(texts: "Sequence[str]") -> "list[Kind]":
    """The kinds of files that `--require` names. Raises `UsageError`."""
    from notifyctl.validate.discover import Kind

    names = [name for text in texts for name in text.lower().replace(",", " ").split()]
    for name in names:
        if name not in list(Kind):
            raise UsageError(problem=f"There is no kind {name!r}; kinds are {', '.join(Kind)}.")
    return [Kind(name) for name in names]


def look_around(
    paths: "Sequence[str]", settings: "Settings", required: "Sequence[Kind]"
) -> "Survey":
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
        say(f"{unchecked.target} {unchecked.reason}")


def judge(surveyed: "Survey", began: float) -> "Outcome":
    """Ask all rules."""
    from notifyctl.validate.check import check
    from notifyctl.validate.outcome import Outcome, Unchecked

    failures: list[Unchecked] = []
    findings = check(surveyed.workspace, today(), failures)
    seconds = perf_counter() - began
    unchecked = [*surveyed.unchecked, *failures]
    return Outcome(findings, list(surveyed.found.files), unchecked, seconds)
