"""`notifyctl tail`: see what arrives, as it arrives."""

from typing import Annotated

import typer

from notifyctl.cli.options import Context, Json, Token, Url, WsUrl, to_seconds
from notifyctl.cli.target import find_target


def tail(
    to: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TO]...", help="Users and topic:<name>s; by default yourself."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="new|unread|0|SEQ", help="Where to begin. [the last 10]"),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Acknowledge as this device, and go on where it was."),
    ] = None,
    count: Annotated[int | None, typer.Option(min=1, metavar="N", help="End after N.")] = None,
    timeout: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="End after this time; too early for --count is status 1."
        ),
    ] = None,
    json: Json = False,
    url: Url = None,
    ws_url: WsUrl = None,
    token: Token = None,
    context: Context = None,
) -> None:
    """Show the last 10 events, then what arrives; reconnect when the server was away.

    \b
      notifyctl tail alice
      notifyctl tail topic:releases --since 0 --json
      notifyctl tail alice --since new --count 1 --timeout 30s

    It only looks: nothing is acknowledged or changed for anybody, unless --device names it.
    """
    import asyncio
    import logging

    from notifyctl.cli.following import check_since, follow_all, views

    # What the client would log stands in the status line, or ends the command with an error.
    logging.getLogger("notifyctl.client").addHandler(logging.NullHandler())
    check_since(since)
    target = find_target(url, ws_url, token, context)
    asyncio.run(
        follow_all(
            target,
            views(target, to or [], device),
            since=since,
            device=device,
            count=count,
            seconds=None if timeout is None else to_seconds(timeout),
            json=json,
        )
    )
