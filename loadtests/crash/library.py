"""A device that uses notifyctl's own client: what its application is given, kill after kill."""

import asyncio
from collections.abc import Mapping
from typing import Final

from loadtests.crash.entries import gapped, given
from loadtests.crash.stage import Stage
from notifyctl.client.connection import Client
from notifyctl.client.session import Received
from notifyctl.client.states import Online, State
from notifyctl.wire import Claim, Gap

MOST_EVENTS: Final = 400
"""After at most so many the application ends, and starts again."""


class KeptCursor:
    """What an application keeps on its own disk; it survives the server and the connection."""

    def __init__(self) -> None:
        self._positions: dict[str, Claim] = {}

    def load(self) -> Mapping[str, Claim]:
        """The positions saved last."""
        return self._positions

    def save(self, positions: Mapping[str, Claim]) -> None:
        """Keep the positions."""
        self._positions = dict(positions)


class Library:
    """Receives, and starts anew after a while."""

    def __init__(self, user: str, name: str, topics: tuple[str, ...], stage: Stage) -> None:
        self.user, self.name = user, name
        self.is_welcome = asyncio.Event()
        self._topics = topics
        self._stage = stage
        self._token = stage.token(user, "subscribe")
        self._cursor = KeptCursor()
        self._chance = stage.chance(f"{user}-{name}")

    async def run(self) -> None:
        """Be there, until it is cancelled."""
        while True:
            async with self._client() as client:
                await self._read(client)

    async def _read(self, client: Client) -> None:
        enough = self._chance.randrange(1, MOST_EVENTS)
        async for item in client:
            match item:
                case Received():
                    self._stage.note(given(self.user, self.name, item))
                case Gap():
                    self._stage.note(gapped(self.user, self.name, item))
            enough -= 1
            if enough <= 0 and self._stage.is_wild:
                return

    def _client(self) -> Client:
        return Client(
            self._stage.ws_url,
            token=self._token,
            device=self.name,
            topics=self._topics,
            cursor=self._cursor,
            on_state=self._heard,
        )

    def _heard(self, state: State) -> None:
        if isinstance(state, Online):
            self.is_welcome.set()
