"""Options that several commands share: one name, one meaning, one help text."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from notifyctl.cli.contexts import context_names
from notifyctl.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from notifyctl.wire import Level

CENTURY_SECONDS: Final = 100 * 366 * 86_400.0

Url = Annotated[
    str | None,
    typer.Option("--url", metavar="URL", envvar="NOTIFYCTL_URL", help="The server's HTTP API."),
]
WsUrl = Annotated[
    str | None,
    typer.Option(
        "--ws-url", metavar="URL", envvar="NOTIFYCTL_WS_URL", help="The server's WebSocket."
    ),
]
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        metavar="TOKEN",
        envvar="NOTIFYCTL_TOKEN",
        help="Your token; a server on this machine needs none.",
    ),
]
Context = Annotated[
    str | None,
    typer.Option(
        "--context",
        metavar="NAME",
        help="A server from ~/.config/notifyctl/config.toml.",
        autocompletion=context_names,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object per line.")]


def to_seconds(text: str) -> float:
    """A time that a person wrote: `90s`, `15m`, `365d`. Raises `UsageError`."""
    from notifyd.settings import quantity

    try:
        seconds = quantity(text, "seconds")
    except ValueError as error:
        raise UsageError(problem=f"{text!r} is no time; {error}.") from None
    if not 0 < seconds <= CENTURY_SECONDS:
        raise UsageError(problem=f"{text!r} is out of range; give between 1ms and a century.")
    return seconds


def to_level(text: str) -> "Level":
    """A level that a person wrote. Raises `UsageError`."""
    from notifyctl.wire import LEVELS

    for level in LEVELS:
        if level == text:
            return level
    raise UsageError(problem=f"There is no level {text!r}; levels are {', '.join(LEVELS)}.")


def to_moment(text: str, now: float) -> "datetime":
    """A moment that a person wrote: a time from now (`2h`), or a date, local unless it says.

    Raises `UsageError`.
    """
    from datetime import UTC, datetime, timedelta

    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        return datetime.fromtimestamp(now, UTC) + timedelta(seconds=to_seconds(text))
