"""`notifyctl load`: how much a server carries, and whether it loses anything on the way."""

import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from notifyctl.cli import crash
from notifyctl.cli.options import Json
from notifyctl.errors import ExtraMissing, UsageError

SCENARIOS: Final = {
    "delivery": """How long it takes until devices have what is published.

    At a steady rate, to random users who are all connected:

    \b
      notifyctl load                                      a first result, in 40 seconds
      notifyctl load delivery --connections 10000 --rate 2000 --out results
      notifyctl load delivery --threshold 'delivery.p99<50ms' --baseline old/result.json
    """,
    "reconnect": """Everybody is cut off while publishing goes on.

    How long until all are back, and whether anything got lost in between:

    \b
      notifyctl load reconnect --connections 5000 --cut kill --cuts 3
    """,
    "offline": """Some are away for a while, and come back.

    How long it takes to hand over what they missed, and whether the others notice:

    \b
      notifyctl load offline --share 0.8 --away 30s --missed 200
    """,
    "fanout": """Topics, and the last of their many subscribers.

    How long it takes until the last one has what was published once:

    \b
      notifyctl load fanout --topics 2 --subscribers 2000 --rate 10
    """,
}
DEFAULT: Final = "delivery"

# What only some scenarios know.
OWN_OPTIONS: Final = {
    "cut": ("reconnect",),
    "cuts": ("reconnect",),
    "come_back": ("reconnect", "offline"),
    "spread": ("reconnect", "offline"),
    "share": ("offline",),
    "away": ("offline",),
    "missed": ("offline",),
    "topics": ("fanout",),
    "subscribers": ("fanout",),
    "users": ("delivery", "reconnect", "offline"),
    "connections": ("delivery", "reconnect", "offline"),
}


class Scenarios(TyperGroup):
    """Takes `notifyctl load --rate 500` for `notifyctl load delivery --rate 500`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments, once a scenario is among them."""
        if not args or (args[0].startswith("-") and args[0] not in ("--help", "-h")):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def list_commands(self, _ctx: Any) -> list[str]:
        """In the order of their definition."""
        return list(self.commands)


class ScenarioCommand(TyperCommand):
    """Knows no option that means nothing in its scenario."""

    def __init__(self, name: str, **settings: Any) -> None:
        super().__init__(name, **settings)
        self.params = [
            one for one in self.params if name in OWN_OPTIONS.get(str(one.name), (name,))
        ]


Number = int | None
Time = str | None
Names = list[str] | None

TargetUrl = Annotated[
    str | None,
    typer.Option("--target", metavar="URL", help="A running server. [one of the run's own]"),
]
TargetWsUrl = Annotated[
    str | None, typer.Option("--ws-target", metavar="URL", help="Its WebSocket, if elsewhere.")
]
KeyFile = Annotated[
    Path | None,
    typer.Option("--key", metavar="FILE", help="What the target's tokens are signed with."),
]
Owned = Annotated[
    bool, typer.Option("--i-own-this-target", help="Load a server with a public address, too.")
]
Connections = Annotated[Number, typer.Option(metavar="N", help="Sessions to hold open. [200]")]
Users = Annotated[Number, typer.Option(metavar="N", help="Users they belong to. [as many]")]
Rate = Annotated[
    float | None, typer.Option(metavar="R", help="Events to publish per second. [200]")
]
Duration = Annotated[Time, typer.Option(metavar="TIME", help="How long to measure. [30s]")]
Warmup = Annotated[Time, typer.Option(metavar="TIME", help="How long not to measure yet. [2s]")]
Quiesce = Annotated[
    Time, typer.Option(metavar="TIME", help="How long to wait for what is outstanding. [15s]")
]
Arrival = Annotated[
    str | None, typer.Option(metavar="KIND", help="constant, or poisson for bursts. [constant]")
]
Payload = Annotated[
    Number, typer.Option("--payload-bytes", metavar="N", help="The size of a body. [100]")
]
Processes = Annotated[Number, typer.Option(metavar="P", help="Generator processes. [1]")]
Bind = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Wait here for `load worker` of other machines instead."),
]
Handshakes = Annotated[
    Number, typer.Option(metavar="N", help="Connections to open at once, per process. [50]")
]
Compress = Annotated[bool, typer.Option("--compress", help="Offer permessage-deflate.")]
SourceIps = Annotated[
    Names, typer.Option("--source-ip", metavar="ADDRESS", help="Call from here; repeatable.")
]
Cut = Annotated[
    str | None,
    typer.Option(metavar="KIND", help="rst, drain or kill (of the run's own server). [rst]"),
]
Cuts = Annotated[Number, typer.Option(metavar="N", help="How often. [1]")]
ComeBack = Annotated[
    str | None, typer.Option(metavar="KIND", help="immediate, spread or jitter. [jitter]")
]
Spread = Annotated[Time, typer.Option(metavar="TIME", help="Over which all come back. [5s]")]
Share = Annotated[float | None, typer.Option(metavar="X", help="Part of the users. [0.5]")]
Away = Annotated[Time, typer.Option(metavar="TIME", help="How long they stay away. [5s]")]
Missed = Annotated[Number, typer.Option(metavar="N", help="Events that each misses. [20]")]
Topics = Annotated[Number, typer.Option(metavar="N", help="Topics to publish to. [5]")]
Subscribers = Annotated[Number, typer.Option(metavar="N", help="Subscribers of each. [100]")]
Thresholds = Annotated[
    Names,
    typer.Option(
        "--threshold",
        metavar="LIMIT",
        help="As in delivery.p99<250ms or lost==0; repeatable, beside those of the scenario.",
    ),
]
AbortOnFail = Annotated[
    bool, typer.Option("--abort-on-fail", help="End as soon as a threshold cannot be met.")
]
Baseline = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The result.json of an earlier run.")
]
MaxRegress = Annotated[
    Names,
    typer.Option(metavar="LIMIT", help="20%, or delivery.p99=10%: how much worse it may be. [20%]"),
]
Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Write report.html, result.json and more to this folder."),
]

app = typer.Typer(
    cls=Scenarios,
    help="""Load a server, and check every message.

    Without a scenario it is `delivery`; without --target, the run starts a server of its own:

    \b
      notifyctl load
    """,
)


def load(
    ctx: typer.Context,
    target: TargetUrl = None,
    ws_target: TargetWsUrl = None,
    key: KeyFile = None,
    owned: Owned = False,
    connections: Connections = None,
    users: Users = None,
    rate: Rate = None,
    duration: Duration = None,
    warmup: Warmup = None,
    quiesce: Quiesce = None,
    arrival: Arrival = None,
    payload_bytes: Payload = None,
    processes: Processes = None,
    bind: Bind = None,
    handshakes: Handshakes = None,
    compress: Compress = False,
    source_ips: SourceIps = None,
    cut: Cut = None,
    cuts: Cuts = None,
    come_back: ComeBack = None,
    spread: Spread = None,
    share: Share = None,
    away: Away = None,
    missed: Missed = None,
    topics: Topics = None,
    subscribers: Subscribers = None,
    thresholds: Thresholds = None,
    abort_on_fail: AbortOnFail = False,
    baseline: Baseline = None,
    max_regress: MaxRegress = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Replaced by what the scenario says of itself."""
    require_locust()
    from notifyctl.cli.load_asking import Wishes, spec_of
    from notifyctl.cli.load_run import Plan, carry_out

    if target is None and (ws_target or key or owned):
        raise UsageError(problem="--ws-target, --key and --i-own-this-target need --target URL.")
    wishes: Wishes = {
        "connections": connections,
        "users": users,
        "rate": rate,
        "duration": duration,
        "warmup": warmup,
        "quiesce": quiesce,
        "arrival": arrival,
        "payload_bytes": payload_bytes,
        "processes": processes,
        "bind": bind,
        "handshakes": handshakes,
        "compress": compress or None,
        "source_ips": source_ips,
        "cut": cut,
        "cuts": cuts,
        "come_back": come_back,
        "spread": spread,
        "share": share,
        "away": away,
        "missed": missed,
        "topics": topics,
        "subscribers": subscribers,
    }
    spec = spec_of(str(ctx.info_name), wishes, target, ws_target, key, is_owned=owned)
    plan = Plan.made(
        spec,
        thresholds or [],
        baseline,
        max_regress or [],
        abort_on_fail=abort_on_fail,
        out=out,
        command=sys.argv[1:],
    )
    raise typer.Exit(carry_out(plan, json=json))


def require_locust() -> None:
    """Make our load tests importable. Raises `ExtraMissing` where Locust is not installed."""
    from importlib.util import find_spec

    from notifyctl.bundled import make_importable

    make_importable()
    # Only looked for: Locust changes Python itself when it is imported.
    if find_spec("locust") is None:
        raise ExtraMissing(what="`notifyctl load`", package="Locust", extra="load")


@app.command()
def worker(
    master: Annotated[str, typer.Argument(metavar="HOST", help="Where a run waits with --bind.")],
) -> None:
    """Be one of the generator processes of a run on another machine.

    It ends when the run does.
    """
    require_locust()
    from os import execve

    from loadtests.bench.machine import allow_many_files
    from loadtests.joining import PORT, worker_command
    from notifyctl.cli.load_runner import environment

    allow_many_files()
    command = worker_command(master, PORT)
    execve(command[0], command, environment())  # noqa: S606


for _scenario, _words in SCENARIOS.items():
    app.command(_scenario, cls=ScenarioCommand, help=_words)(load)
app.command("crash")(crash.crash)
