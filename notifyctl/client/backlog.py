"""The backlog: what arrived and waits for the application."""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Final

from notifyctl.client.session import Item

# Beyond this the client stops reading, until the server feels it and keeps the rest.
LIMIT: Final = 1_000


class Backlog:
    """Items in their order, between the connection that brings them and the application."""

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._news = asyncio.Event()
        self._relief = asyncio.Event()
        self._ended = False

    @property
    def full(self) -> bool:
        """Whether the application should catch up first."""
        return len(self._items) >= LIMIT

    def put(self, items: Iterable[Item]) -> None:
        """Add what arrived."""
        self._items.extend(items)
        if self._items:
            self._news.set()

    async def take(self) -> Item | None:
        """The next item, as soon as there is one; None when no more will come."""
        while not self._items:
            if self._ended:
                return None
            self._news.clear()
            await self._news.wait()
        self._relief.set()
        return self._items.popleft()

    async def relief(self) -> None:
        """Wait until the application took something, or `hurry` was called."""
        self._relief.clear()
        await self._relief.wait()

    def hurry(self) -> None:
        """Somebody waits for an answer, which can only be read after what stands before it."""
        self._relief.set()

    def end(self) -> None:
        """No more items will come."""
        self._ended = True
        self._news.set()
