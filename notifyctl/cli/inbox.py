"""`notifyctl inbox`: what a user was sent, and what is unread."""

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

import typer

from notifyctl.cli.event import local_time
from notifyctl.cli.options import Context, Json, Token, Url
from notifyctl.cli.output import as_json, emit, say, show, show_table
from notifyctl.cli.target import find_target, local_user
from notifyctl.errors import NotFound, UsageError

if TYPE_CHECKING:
    from msgspec import Raw

    from notifyctl.client.api import Api
    from notifyctl.wire import InboxPage, Notification

# The most that the server gives in one answer.
MOST: Final = 500

COLUMNS: Final = ("", "seq", "time", "level", "category", "title")


def inbox(
    user: Annotated[
        str, typer.Argument(metavar="[USER]", help="Whose inbox; by default yours.")
    ] = "me",
    unread: Annotated[bool, typer.Option("--unread", help="Only what is unread.")] = False,
    after: Annotated[
        int | None, typer.Option(min=0, metavar="SEQ", help="What came after it. [the newest]")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, metavar="N", help="At most N.")] = 50,
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
    with Api(target.url, target.token_for(owner, "subscribe"), attempts=1) as api:
        if read or read_all:
            mark(api, owner, read, json=json)
        else:
            list_page(page_of(api, owner, after, limit, unread=unread), json=json)


def page_of(api: "Api", user: str, after: int | None, limit: int, *, unread: bool) -> "InboxPage":
    """The page that was asked for; the newest one unless told where to begin."""
    page = api.inbox(user, after=after or 0, limit=limit, unread=unread)
    if after is not None or unread or page.next is None:
        return page
    return newest_page(api, user, page.head, limit)


def newest_page(api: "Api", user: str, head: int, limit: int) -> "InboxPage":
    """The newest `limit` notifications, with what happened to them since.

    Events of other kinds stand between them, nobody knows how many: look further back until
    there are enough.
    """
    from msgspec.structs import replace

    window = limit
    while True:
        page = page_after(api, user, max(0, head - window))
        found = notifications(page)
        if len(found) >= limit or window >= head:
            break
        window *= 4
    first = found[-limit].seq if len(found) > limit else 0
    return replace(page, events=[raw for raw in page.events if seq_of(raw) >= first])


def page_after(api: "Api", user: str, after: int) -> "InboxPage":
    """All that is in the inbox after a position, as one page."""
    from msgspec.structs import replace

    page = api.inbox(user, after=after, limit=MOST)
    while page.next is not None:
        more = api.inbox(user, after=page.next, limit=MOST)
        events, unread_ids = page.events + more.events, page.unread_ids + more.unread_ids
        page = replace(more, events=events, unread_ids=unread_ids)
    return page


def seq_of(raw: "Raw") -> int:
    """The number of an event that was not decoded yet."""
    import msgspec

    seq: int = msgspec.json.decode(raw)["seq"]
    return seq


def list_page(page: "InboxPage", *, json: bool) -> None:
    """Print a page: every event as JSON, the notifications for people."""
    import msgspec

    unread = set(page.unread_ids)
    if json:
        for raw in page.events:
            event = msgspec.json.decode(raw)
            emit(as_json({**event, "stream": page.stream, "unread": event["id"] in unread}))
        return
    today = datetime.now().astimezone()
    rows = [
        (
            "●" if event.id in unread else "",
            f"#{event.seq}",
            local_time(event.at, today),
            event.level,
            event.category,
            event.title if event.body is None else f"{event.title}: {event.body}",
        )
        for event in notifications(page)
    ]
    if rows:
        show_table(COLUMNS, rows)
    say(f"{page.unread} unread" if page.unread else "nothing unread")
    if page.next is not None:
        say(f"there is more: add --after {page.next}")


def notifications(page: "InboxPage") -> list["Notification"]:
    """The notifications of a page; events of other kinds say what became of them."""
    import msgspec

    from notifyctl.wire import Notification

    decoder = msgspec.json.Decoder(Notification)
    found = []
    for raw in page.events:
        with suppress(msgspec.ValidationError):
            found.append(decoder.decode(raw))
    return found


def mark(api: "Api", user: str, which: list[str] | None, *, json: bool) -> None:
    """Mark the named notifications read, or all there are."""
    if which is not None:
        answer = api.mark_read(user, ids=[id_of(api, user, name) for name in which])
    else:
        answer = api.mark_read(user, through=max(1, api.inbox(user, limit=1).head))
    show(answer, "marked as read" if answer.seq else "nothing of that was unread", json=json)


def id_of(api: "Api", user: str, name: str) -> str:
    """The id of a notification that a person names by its number, `42` or `#42`, or its id."""
    number = name.removeprefix("#")
    if not number.isdecimal():
        return id_like(name)
    seq = int(number)
    page = api.inbox(user, after=max(0, seq - 1), limit=1)
    for event in notifications(page):
        if event.seq == seq:
            return event.id
    raise NotFound(what=f"notification #{number} in the inbox of {user}")


def id_like(name: str) -> str:
    """The name, if it can be an id; a typing error should not look like an old notification."""
    from uuid import UUID

    try:
        return str(UUID(name))
    except ValueError:
        problem = f"{name!r} is no notification; give its number, such as 42, or its id."
        raise UsageError(problem=problem) from None
