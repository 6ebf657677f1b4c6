"""The HTTP API: publish, inbox, receipts, health."""

import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self, Unpack, overload
from urllib.parse import quote, urlencode
from uuid import uuid4

import msgspec

from notifyctl.client.exchange import Exchange
from notifyctl.client.publishing import Fields, publish_body
from notifyctl.wire import (
    ME,
    BatchItem,
    Health,
    InboxPage,
    Published,
    ReadAnswer,
    ReadBody,
    Readiness,
    Receipt,
    Results,
    Stats,
    TokenAnswer,
    TokenBody,
)

DEFAULT_URL: Final = "http://127.0.0.1:8000"


class Api:
    """The server's HTTP API, for programs that publish or look things up.

    ::

        api = Api(token=token)
        api.publish("alice", "The build is green", level="high")

    Every publish carries a key. A request that finds no server, or one that is not ready, is
    repeated: at most `attempts` times in all, after a short random wait or the server's own
    `Retry-After` of up to 10 s. It connects directly, never through a proxy, and keeps its
    connection; use one `Api` per thread. What the server refuses is raised as one of
    `notifyctl.errors`; without a server that is `ServerUnreachable`.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        token: str | None = None,
        *,
        timeout_seconds: float = 10.0,
        attempts: int = 3,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._exchange = Exchange(
            url, token, timeout_seconds=timeout_seconds, attempts=attempts, sleep=sleep
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._exchange.close()

    # Publishing

    @overload
    def publish(
        self, to: str, title: str, *, key: str | None = None, **fields: Unpack[Fields]
    ) -> Published: ...

    @overload
    def publish(
        self, to: list[str], title: str, *, key: str | None = None, **fields: Unpack[Fields]
    ) -> Results: ...

    def publish(
        self,
        to: str | list[str],
        title: str,
        *,
        key: str | None = None,
        **fields: Unpack[Fields],
    ) -> Published | Results:
        """Send a notification to a user, `me`, `topic:<name>`, or several of these.

        Returns once it is stored. Give a `key` to repeat it yourself: the same key with the
        same notification gives the first answer again, for 7 days.
        """
        body = publish_body(to, title, key, fields)
        if isinstance(to, str):
            return self._exchange.ask("POST", "/v1/notifications", Published, body)
        return self._exchange.ask("POST", "/v1/notifications", Results, body)

    def publish_batch(self, items: Sequence[BatchItem]) -> Results:
        """Send up to 10,000 different notifications at once; one result each, in their order."""
        keyed = [
            item if item.key is not None else msgspec.structs.replace(item, key=str(uuid4()))
            for item in items
        ]
        return self._exchange.ask("POST", "/v1/notifications/batch", Results, keyed)

    def receipt(self, event_id: str) -> Receipt:
        """What became of a notification that this token sent: stored, acknowledged, read."""
        return self._exchange.ask("GET", f"/v1/notifications/{_part(event_id)}", Receipt)

    # Reading

    def inbox(
        self, user: str = ME, *, after: int = 0, limit: int = 100, unread: bool = False
    ) -> InboxPage:
        """A page of an inbox: the events after a seq, oldest first."""
        query = {"after": after, "limit": limit, "unread": str(unread).lower()}
        path = f"/v1/users/{_part(user)}/inbox?{urlencode(query)}"
        return self._exchange.ask("GET", path, InboxPage)

    def mark_read(
        self, user: str = ME, *, ids: Sequence[str] | None = None, through: int | None = None
    ) -> ReadAnswer:
        """Mark notifications read: those with `ids`, or all `through` a seq."""
        body = ReadBody(ids=None if ids is None else list(ids), through=through)
        return self._exchange.ask("POST", f"/v1/users/{_part(user)}/read", ReadAnswer, body)

    # The server itself

    def health(self) -> Health:
        """The process is alive."""
        return self._exchange.ask("GET", "/healthz", Health)

    def ready(self) -> Readiness:
        """Whether the server should get traffic, and which check says no."""
        expected = (HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE)
        return self._exchange.ask("GET", "/readyz", Readiness, expected=expected)

    def stats(self) -> Stats:
        """Live figures; for admins."""
        return self._exchange.ask("GET", "/v1/stats", Stats)

    def dev_token(self, user: str, scope: str = "subscribe publish") -> TokenAnswer:
        """A token of one hour, from a local server that made its own secret."""
        body = TokenBody(user=user, scope=scope)
        return self._exchange.ask("POST", "/v1/dev/token", TokenAnswer, body)


def _part(text: str) -> str:
    """A piece of a path, whatever characters it has."""
    return quote(text, safe="")
