"""`notifyctl inbox`: what a user was sent, and what is unread."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from notifyctl.cli.event import local_time
from notifyctl.cli.options import Context, Json, Token, Url
from notifyctl.cli.output import as_json, emit, say, show, show_table
from notifyctl.cli.target import find_target, local_user
from notifyctl.errors import NotFound, UsageError

if TYPE_CHECKING:
    from notifyctl.client.api import Api
    from notifyctl.wire import InboxPage

COLUMNS: Final = ("", "seq", "time", "level", "category", "title")


def inbox(
    user: Annotated[str, typer.Argument(metavar="[USER]", help="Whose inbox; by default yours.")]
    = "me",
    unread: Annotated[bool, typer.Option("--unread", help="Only what is unread.")] = False,
    after: Annotated[
        int | None, typer.Option(min=0, metavar="SEQ", help="What came after it. [the newest]")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, metavar="N", help="At most N. [50]")] = 50,
    read: Annotated[
        list[str] | None,
        typer.Option(metavar="SEQ|ID", help="Mark this one read instead; repeatable."),
    ] = None,
    read_all: Annotated[bool, typer.Option("--read-all", help="Mark all read instead.")] = False,
    json: Json = False,
    url: Url = None,
    token: Token = None,
    context: Context = None,
) -> None:
    """List a user's notifications, the newest last, and mark what is unread.

    \b
      notifyctl inbox alice --unread
      notifyctl inbox alice --read 42
    """
    from notifyctl.client.api import Api

    if read and read_all:
        raise UsageError(problem="Give either --read or --read-all.")
    target = find_target(url, token=token, context=context)
    owner = local_user() if user == "me" and target.token is None else user
    with Api(target.url, target.token_for(owner, "subscribe")) as api:
        if read or read_all:
            mark(api, owner, read, json=json)
        else:
            list_page(api, owner, page_of(api, owner, after, limit, unread=unread), json=json)


def page_of(api: "Api", user: str, after: int | None, limit: int, *, unread: bool) -> "InboxPage":
    """The page that was asked for; the newest one unless told where to begin."""
    page = api.inbox(user, after=after or 0, limit=limit, unread=unread)
    if after is not None or unread or page.next is None:
        return page
    return api.inbox(user, after=max(0, page.head - limit), limit=limit)


def list_page(api: "Api", user: str, page: "InboxPage", *, json: bool) -> None:
    """Print the events of a page: all of them as JSON, the notifications for people."""
...
