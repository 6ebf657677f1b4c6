"""The connection: a user's events as an async iterator that survives disconnects."""

import asyncio
import random
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Final, Self, Unpack, overload
from uuid import uuid4

from msgspec.structs import asdict
from websockets.exceptions import InvalidURI
from websockets.uri import parse_uri

from notifyctl import errors
from notifyctl.client.cursor import Cursor
from notifyctl.client.link import Link
from notifyctl.client.publishing import Fields, publish_body
from notifyctl.client.session import Item, Session
from notifyctl.client.states import State, Stopped
from notifyctl.client.tokens import Tokens, TokenSource
from notifyctl.errors import UsageError
from notifyctl.wire import (
    ManyPublishedOk,
    MarkRead,
    Ok,
    Publish,
    Published,
    PublishedOk,
    ReadOk,
    Results,
    Subscribed,
    Unsubscribe,
    is_device,
    is_topic,
)

DEFAULT_URL: Final = "ws://127.0.0.1:8001/ws"


class Client:
    """A user's events, as they happen and wherever the last connection ended.

    ::

        async with Client(token=token, device="laptop") as client:
            async for item in client:
                match item:
                    case Received(event=Notification(title=title)):
                        print(item.stream, title)
                    case Gap(first=first, last=last):
                        print(f"{item.stream}: {first} to {last} are gone for good")

    It iterates over `Received`, which holds an event, and `Gap`, which says that some events
    can never be delivered: a gap stands where they would have stood, so that no program
    passes it unknowingly. Each stream is in order, and each event comes once.

    An item is acknowledged when the next one is asked for, or when the `async with` block
    ends without an exception. If the body of the loop raises, the item comes again to the
    next client with the same `device` (or `cursor`). Without a device the client only looks:
    it acknowledges nothing, and starts with what happens from now on.

    The client comes back by itself after a broken connection or a restart of the server,
    without end. What does end it is raised from the iteration: `Unauthorized` and its like
    for a token that is refused, `Stopped` for the rest. It connects directly, never through
    a proxy.

    `token` is a token, or a function (plain or async) that fetches one: called before the
    first connection, at 80 % of each token's life, and when the server says it expired. It
    may raise a `NotifyError` to end the client; after anything else it is asked again.
    `topics` are followed beside the inbox, named `topic:<name>`. `cursor` keeps the positions
    through restarts of the program. `on_state` is told whenever `state` changes.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        token: TokenSource,
        device: str | None = None,
        topics: Iterable[str] = (),
        cursor: Cursor | None = None,
        on_state: Callable[[State], None] | None = None,
    ) -> None:
        _check_url(url)
        if device is not None and not is_device(device):
            raise UsageError(
                problem=f"The device {device!r} is not valid; "
                "use 1 to 64 letters, digits, dots, underscores and dashes."
            )
        tokens = Tokens(token)
        self._cursor = cursor
        self._on_state = on_state
        self._session = Session(
            device=device,
            topics=[_topic(topic) for topic in topics],
            start=cursor.load() if cursor else {},
            jitter=random.uniform,
            renewable=tokens.renewable,
        )
        self._link = Link(url, self._session, tokens, on_state=self._tell, on_positions=self._save)
        self._runner: asyncio.Task[None] | None = None
        self._closed = False
        self._current: Item | None = None

    @property
    def state(self) -> State:
        """What the client is doing: `Connecting`, `Online`, `Waiting` or `Stopped`."""
        return self._session.state

    async def __aenter__(self) -> Self:
        """Begin to connect. Events that arrive wait for the iteration."""
        if self._runner is not None:
            raise UsageError(problem="A client is used once; make a new one to connect again.")
        self._runner = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Acknowledge what was handled, and disconnect."""
        assert self._runner is not None
        if kind is None:
            self._finish()
        self._closed = True
        await self._link.flush()
        self._runner.cancel()
        await asyncio.gather(self._runner, return_exceptions=True)
        if not isinstance(self.state, Stopped):
            self._tell(self._session.stop(errors.Stopped(reason="the program closed it.")))
        self._link.end()

    def __aiter__(self) -> Self:
        """The client is its own iterator: a second loop goes on where the first one ended."""
        return self

    async def __anext__(self) -> Item:
        """The next item; the one before it is acknowledged."""
        self._require_open()
        self._finish()
        item = None if self._closed else await self._link.backlog.take()
        if item is not None:
            self._current = item
            return item
        if self._closed or self._session.error is None:
            raise StopAsyncIteration
        raise self._session.error

    @overload
    async def publish(
        self, to: str, title: str, *, key: str | None = None, **fields: Unpack[Fields]
    ) -> Published: ...

    @overload
    async def publish(
        self, to: list[str], title: str, *, key: str | None = None, **fields: Unpack[Fields]
    ) -> Results: ...

    async def publish(
        self,
        to: str | list[str],
        title: str,
        *,
        key: str | None = None,
        **fields: Unpack[Fields],
    ) -> Published | Results:
        """Send a notification to a user, `me`, `topic:<name>`, or several of these.

        Returns once it is stored, however many reconnects that takes: it carries a key, so
        that the server takes a repeat for what it is. Give a `key` of your own to repeat it
        even after a restart of your program. Raises what the server refuses it with.
        """
        body = publish_body(to, title, key, fields)
        frame = Publish(id=self._link.requests.number(), **asdict(body))
        self._require_open()
        if isinstance(body.to, str):
            ok = await self._link.ask(frame, PublishedOk)
            return Published(
                id=ok.event,
                seq=ok.seq,
                stream=ok.stream,
                durability=ok.durability,
                sessions=ok.sessions,
                presentation=ok.presentation,
                why=ok.why,
            )
        return Results(results=(await self._link.ask(frame, ManyPublishedOk)).results)

    async def mark_read(
        self, *, ids: Sequence[str] | None = None, through: int | None = None
    ) -> None:
        """Mark notifications of the inbox read: those with `ids`, or all `through` a seq."""
        if (ids is None) == (through is None):
            raise UsageError(problem="Say which were read: give either `ids` or `through`.")
        self._require_open()
        frame = MarkRead(
            id=self._link.requests.number(),
            op_id=uuid4(),
            ids=None if ids is None else list(ids),
            through=through,
        )
        await self._link.ask(frame, ReadOk)

    async def subscribe(self, topic: str) -> None:
        """Follow `topic:<name>` from now on, or from where this device stood in it."""
        self._require_open()
        frame = self._session.subscribe(self._link.requests.number(), _topic(topic))
        await self._link.ask(frame, Subscribed)

    async def unsubscribe(self, topic: str) -> None:
        """Follow `topic:<name>` no longer."""
        self._require_open()
        frame = Unsubscribe(id=self._link.requests.number(), stream=_topic(topic))
        await self._link.ask(frame, Ok)

    # What happens inside

    async def _run(self) -> None:
        try:
            await self._link.run()
        except Exception as error:  # A callback's own mistake: the loop of the program gets it.
            self._session.stop(error)
        finally:
            self._link.end()

    def _finish(self) -> None:
        """The program is done with the item that it was given last."""
        item, self._current = self._current, None
        if item is not None:
            self._session.handled(item)
            self._save()
            self._link.want_acks()

    def _save(self) -> None:
        if self._cursor is not None:
            self._cursor.save(self._session.positions())

    def _tell(self, state: State) -> None:
        if self._on_state is not None:
            self._on_state(state)

    def _require_open(self) -> None:
        if self._runner is None:
            raise UsageError(problem="Open the client first: `async with Client(...) as client`.")


def _check_url(url: str) -> None:
    try:
        parse_uri(url)
    except (InvalidURI, ValueError):
        problem = f"{url!r} is not a WebSocket URL; it looks like {DEFAULT_URL}."
        raise UsageError(problem=problem) from None


def _topic(name: str) -> str:
    if not is_topic(name):
        raise UsageError(problem=f"{name!r} is not a topic; topics are named topic:<name>.")
    return name
