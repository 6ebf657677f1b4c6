"""`notifyctl validate`: checks files, a live server and a live cluster, in one way."""

import gc
from pathlib import Path
from typing import Annotated, Literal

import typer

from notifyctl.cli.asking import Asked, ClusterTarget, LiveTarget
from notifyctl.cli.checking import chosen_settings, kinds, look_around, tell_files, threshold
from notifyctl.cli.fixes import show_fixes, write_fixes
from notifyctl.cli.manual import explain, list_rules
from notifyctl.cli.options import Token, to_seconds
from notifyctl.cli.reporting import deliver, destinations, is_for_people
from notifyctl.errors import FAILED, UsageError

Names = list[str] | None

Paths = Annotated[Names, typer.Argument(metavar="[PATHS]...", help="Files, or folders of them.")]
Strict = Annotated[bool, typer.Option("--strict", help="--profile production --fail-on warning.")]
Profile = Annotated[
    Literal["dev", "production"] | None,
    typer.Option(help="How much is expected; dev unless your settings say otherwise."),
]
FailOn = Annotated[
    Literal["error", "warning", "info"] | None,
    typer.Option(help="The mildest finding that ends with status 1; error unless you say so."),
]
ExitZero = Annotated[bool, typer.Option("--exit-zero", help="End with status 0 whatever is found.")]
Require = Annotated[
    Names, typer.Option(metavar="KINDS", help="Insist on dockerfile, compose or kubernetes.")
]
Select = Annotated[Names, typer.Option(metavar="RULES", help="Only these, as in K8,DF107.")]
Ignore = Annotated[Names, typer.Option(metavar="RULES", help="All but these.")]
Config = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Settings; otherwise notifyctl.toml or pyproject.toml."),
]
Formats = Annotated[
    Names,
    typer.Option(
        "--format",
        metavar="FORMAT[:FILE]",
        help="full, concise, json, sarif, junit or github; several at once.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="The same as --format json.")]
Fix = Annotated[bool, typer.Option("--fix", help="Put right what can safely be put right.")]
Diff = Annotated[bool, typer.Option("--diff", help="Show what --fix would change, and end.")]
ShowFiles = Annotated[
    bool, typer.Option("--show-files", help="Show what would be checked, and end.")
]
ExplainRule = Annotated[
    str | None, typer.Option("--explain", metavar="RULE", help="Show a rule's manual page.")
]
ListRules = Annotated[bool, typer.Option("--list-rules", help="Show all rules.")]
Live = Annotated[
    str | None, typer.Option(metavar="URL", help="Ask a running server, by its HTTP port.")
]
Ws = Annotated[
    str | None, typer.Option(metavar="URL", help="With --live: its WebSocket, if elsewhere.")
]
Idle = Annotated[
    str | None, typer.Option(metavar="TIME", help="With --live: be silent for so long.")
]
Pid = Annotated[
    int | None, typer.Option(metavar="PID", help="With --live: stop this process, and look.")
]
Kubernetes = Annotated[
    bool, typer.Option("--kubernetes", help="Read a cluster, and compare it with the files.")
]
KubeContext = Annotated[
    str | None, typer.Option(metavar="NAME", help="The cluster, by its context.")
]
Namespace = Annotated[
    str | None, typer.Option(metavar="NAME", help="The namespace in the cluster.")
]
DryRunServer = Annotated[
    bool, typer.Option("--dry-run-server", help="Have the API server validate the files.")
]


def validate(
    paths: Paths = None,
    strict: Strict = False,
    profile: Profile = None,
    fail_on: FailOn = None,
    exit_zero: ExitZero = False,
    require: Require = None,
    select: Select = None,
    ignore: Ignore = None,
    config: Config = None,
    formats: Formats = None,
    json: Json = False,
    fix: Fix = False,
    diff: Diff = False,
    show_files: ShowFiles = False,
    rule: ExplainRule = None,
    all_rules: ListRules = False,
    live: Live = None,
    ws: Ws = None,
    token: Token = None,
    idle: Idle = None,
    pid: Pid = None,
    kubernetes: Kubernetes = False,
    kube_context: KubeContext = None,
    namespace: Namespace = None,
    dry_run_server: DryRunServer = False,
) -> None:
    """Check a Dockerfile, compose files and Kubernetes manifests, alone and together.

    Ends with status 0 if all is well, 1 with findings, 2 if it was asked wrongly, and 3 if
    something could not be checked.
    """
    # It ends within seconds, and makes hardly any cycles: looking for them is a tenth of its time.
    gc.disable()
    wanted = destinations(formats or [], json=json)
    if rule is not None:
        return explain(rule)
    if all_rules:
        return list_rules(json=any(each.form == "json" for each in wanted))
    if live is None and (ws or idle or pid is not None):
        raise UsageError(problem="--ws, --idle and --pid need --live URL.")
    settings = chosen_settings(config, "production" if strict else profile, select, ignore)
    asked = Asked(settings)
    if paths or require or dry_run_server or (live is None and not kubernetes):
        surveyed = look_around(paths or [], settings, required := kinds(require or []))
        if show_files:
            return tell_files(surveyed)
        if diff:
            return show_fixes(surveyed)
        if fix:
            surveyed = write_fixes(lambda: look_around(paths or [], settings, required))
        asked.files(surveyed)
    if live is not None:
        seconds = to_seconds(idle) if idle else None
        target = LiveTarget(live, ws, token or "", seconds, pid)
        asked.server(target, table=is_for_people(wanted))
    if kubernetes:
        asked.cluster(ClusterTarget(kube_context, namespace))
    if dry_run_server:
        asked.api_server(ClusterTarget(kube_context, namespace))
    deliver(outcome := asked.outcome(), wanted)
    status = outcome.exit_status(threshold(fail_on, strict=strict))
    raise typer.Exit(0 if exit_zero and status == FAILED else status)
