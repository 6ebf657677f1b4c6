"""Following users and topics: whose session shows what, where it begins, and when it ends."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from notifyctl.cli.inspection import user_of
from notifyctl.cli.screen import Screen
from notifyctl.cli.target import Target, local_user
from notifyctl.client.api import Api
from notifyctl.client.connection import Client
from notifyctl.client.states import State, Waiting
from notifyctl.client.tokens import TokenSource
from notifyctl.errors import Forbidden, ServerUnreachable, TimedOut, UsageError
from notifyctl.wire import INBOX, ME, TOPIC, Claim

RECENT: Final = 10


@dataclass(frozen=True)
class View:
    """One user's session, the topics it follows, and whether its inbox is shown."""

    user: str
    token: TokenSource
    topics: tuple[str, ...]
    shows_inbox: bool


class Positions:
    """A client's cursor that keeps nothing: it starts at `start`, and tells where streams end."""

    def __init__(self, start: Mapping[str, Claim]) -> None:
        self._start = start
        self.known: asyncio.Future[Mapping[str, Claim]] = asyncio.Future()

    def load(self) -> Mapping[str, Claim]:
        """Where to begin."""
        return self._start

    def save(self, positions: Mapping[str, Claim]) -> None:
        """The first positions are those that the server's welcome named."""
        if not self.known.done():
            self.known.set_result(positions)


def views(target: Target, to: Sequence[str], device: str | None) -> list[View]:
    """The sessions that show all that was asked for; topics are followed by the first."""
    topics = tuple(name for name in to if name.startswith(TOPIC))
    named = [name for name in to if not name.startswith(TOPIC)]
    # A device acknowledges its inbox, whatever else it follows: it has to be seen, too.
    shows_inbox = bool(named) or not topics or device is not None
    users = list(dict.fromkeys(whose(target, name) for name in named or [ME]))
    return [
        View(
            user=user,
            token=target.token_source(user, "subscribe"),
            topics=topics if user == users[0] else (),
            shows_inbox=shows_inbox,
        )
        for user in users
    ]


def whose(target: Target, name: str) -> str:
    """The user that `name` means. Raises `UsageError` for one that the token is not of."""
    if target.token is None:
        return local_user() if name == ME else name
    owner = user_of(target.token)
    if owner is not None and name not in {ME, owner}:
        raise UsageError(problem=f"The token is of {owner!r}; it cannot follow {name!r}.")
    return owner or name


async def knock(ws_url: str, view: View) -> Mapping[str, Claim]:
    """Where the streams of a view end. Raises `ServerUnreachable` if nobody answers at once."""
    positions = Positions({})

    def tell(state: State) -> None:
        if isinstance(state, Waiting) and not positions.known.done():
            positions.known.set_exception(ServerUnreachable.quoted(state.reason))

    async with Client(
        ws_url, token=view.token, topics=view.topics, cursor=positions, on_state=tell
    ) as client:
        ended: asyncio.Future[Any] = asyncio.ensure_future(anext(client))
        try:
            first: set[asyncio.Future[Any]] = {ended, positions.known}
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            if not positions.known.done():
                ended.result()
            return await positions.known
        finally:
            ended.cancel()


def begin(
    since: str | None, ends: Mapping[str, Claim], *, device: str | None, read_through: int
) -> Mapping[str, Claim]:
    """Where each stream is shown from. A device goes on where it was, unless told otherwise.

    `read_through` is the position in the inbox before the first unread notification.
    """
    if since is None and device is not None:
        return {}
    return {stream: _begin(since, stream, end, read_through) for stream, end in ends.items()}


def _begin(since: str | None, stream: str, end: Claim, read_through: int) -> Claim:
    head = end.after or 0
    match since:
        case None:
            after = max(0, head - RECENT)
        case "new":
            after = head
        case "unread":
            after = read_through if stream == INBOX else head
        case _:
            after = min(int(since), head)
    return Claim(epoch=end.epoch, after=after)


def check_since(since: str | None) -> None:
    """Raise `UsageError` for a beginning that is none."""
    if since is not None and since not in {"new", "unread"} and not since.isdecimal():
        raise UsageError(problem=f"{since!r} is no beginning; use new, unread, 0 or a number.")


def last_read(target: Target, user: str) -> int:
    """The position before the first unread notification of a user, or the end of the inbox."""
    with Api(target.url, target.token_for(user, "subscribe")) as api:
        page = api.inbox(user, unread=True, limit=1)
    for raw in page.events:
        seq: int = msgspec.json.decode(raw)["seq"]
        return seq - 1
    return page.head


async def follow(
    target: Target, view: View, since: str | None, device: str | None, screen: Screen
) -> None:
    """Show one view, through disconnects and restarts, until the screen is full."""
    ends = await knock(target.ws_url, view)
    if not ends:  # A session that may only publish is welcome, and is shown nothing.
        raise Forbidden(reason="it needs the scope 'subscribe'")
    unread = since == "unread" and view.shows_inbox
    read_through = await asyncio.to_thread(last_read, target, view.user) if unread else 0
    start = begin(since, ends, device=device, read_through=read_through)
    async with Client(
        target.ws_url,
        token=view.token,
        device=device,
        topics=view.topics,
        cursor=Positions(start),
        on_state=screen.tell,
    ) as client:
        async for item in client:
            if item.stream == INBOX and not view.shows_inbox:
                continue
            if screen.is_full:
                # By another view, a moment ago. To return would acknowledge what nobody saw.
                await asyncio.Future()
            screen.show(view.user, item)
            if screen.is_full:
                return


async def follow_all(
    target: Target,
    all_views: Sequence[View],
    *,
    since: str | None,
    device: str | None,
    count: int | None,
    seconds: float | None,
    json: bool,
) -> None:
    """Show all views side by side until `count` events were shown, or the time is over.

    Raises `TimedOut` if the time was over first, and what ends any of the sessions.
    """
    screen = Screen(count=count, json=json, users=[view.user for view in all_views])
    ticking = asyncio.create_task(screen.count_down())
    tasks = [asyncio.create_task(follow(target, view, since, device, screen)) for view in all_views]
    try:
        done, _ = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in (*tasks, ticking):
            task.cancel()
        await asyncio.gather(*tasks, ticking, return_exceptions=True)
        screen.close()
    if count is not None and seconds is not None and not screen.is_full:
        raise TimedOut(what=f"Only {screen.shown} of {count} events came", seconds=seconds)
