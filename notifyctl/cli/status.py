"""`notifyctl status`: whether a server is ready, and its figures."""

from typing import TYPE_CHECKING, Final

import typer

from notifyctl.cli.options import Context, Json, Token, Url
from notifyctl.cli.output import as_json, emit, in_words, say, show_table
from notifyctl.cli.target import find_target, local_user
from notifyctl.errors import FAILED, Forbidden, Unauthorized

if TYPE_CHECKING:
    from notifyctl.cli.target import Target
    from notifyctl.wire import Stats

COLUMNS: Final = ("what", "now")


def status(
    json: Json = False,
    url: Url = None,
    token: Token = None,
    context: Context = None,
) -> None:
    """Show whether a server is ready, and its figures. Figures need a token of an admin.

    Ends with status 1 if the server is not ready, and 3 if nothing answers.
    """
    from notifyctl.client.api import Api

    target = find_target(url, token=token, context=context)
    with Api(target.url, attempts=1) as api:
        readiness = api.ready()
    figures = figures_of(target)
    if json:
        stats = None if isinstance(figures, str) else figures
        if isinstance(figures, str):
            say(figures)
        emit(as_json({"ready": readiness.ready, "checks": readiness.checks, "stats": stats}))
    else:
        failing = [f"{name}: {said}" for name, said in readiness.checks.items() if said != "ok"]
        rows = [("ready", "yes" if readiness.ready else "no: " + "; ".join(failing))]
        if isinstance(figures, str):
            say(figures)
        else:
            rows += describe(figures)
        show_table(COLUMNS, rows)
    if not readiness.ready:
        raise typer.Exit(FAILED)


def figures_of(target: "Target") -> "Stats | str":
    """The server's figures, or why it does not tell them."""
    from notifyctl.client.api import Api

    try:
        with Api(target.url, target.token_for(local_user(), "admin"), attempts=1) as api:
            return api.stats()
    except (Unauthorized, Forbidden) as error:
        return f"No figures: {error}"


def describe(stats: "Stats") -> list[tuple[str, str]]:
    """The figures as rows, with the words and units that people use."""
    return [
        ("server", stats.server),
        ("up since", in_words(-stats.uptime_s)),
        ("store", f"{stats.store} ({stats.durability})"),
        ("sessions", f"{stats.sessions:,} of {stats.users:,} users"),
        ("topics", f"{stats.topics:,}"),
        ("queued", f"{stats.queue_bytes:,} bytes"),
        ("published", f"{stats.published:,}"),
        ("delivered", f"{stats.delivered:,}"),
        ("acknowledged", f"{stats.acknowledged:,}"),
    ]
