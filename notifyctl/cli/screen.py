"""What `notifyctl tail` shows: a line per event, and how the connection fares."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime
from math import ceil
from typing import Final, assert_never

import msgspec

from notifyctl.cli.event import event_line
from notifyctl.cli.output import StatusLine, as_json, emit, say
from notifyctl.client.session import Item, Received
from notifyctl.client.states import Connecting, Online, State, Stopped, Waiting
from notifyctl.wire import INBOX, Gap

TICK_SECONDS: Final = 0.5


class Screen:
    """Prints events on stdout and everything else on stderr, for one user or several."""

    def __init__(self, *, count: int | None, json: bool, users: Sequence[str]) -> None:
        self.shown = 0
        self._count = count
        self._json = json
        self._tells_users_apart = len(users) > 1
        self._status = StatusLine()
        self._waiting: Waiting | None = None
        self._was_lost = False

    @property
    def is_full(self) -> bool:
        """Whether as many events were shown as were asked for."""
        return self._count is not None and self.shown >= self._count

    def show(self, user: str, item: Item) -> None:
        """Print what a user's session received."""
        self._status.clear()
        match item:
            case Gap():
                where = user if item.stream == INBOX else item.stream
                say(f"gap: {where} #{item.first} to #{item.last} are gone ({item.reason})")
            case Received(stream=stream, event=event):
                self.shown += 1
                if self._json:
                    whose = {"user": user} if self._tells_users_apart else {}
                    emit(as_json({**msgspec.to_builtins(event), "stream": stream, **whose}))
                else:
                    today = datetime.now().astimezone()
                    emit(event_line(user if stream == INBOX else stream, event, today))
            case _:
                assert_never(item)

    def tell(self, state: State) -> None:
        """Say what a session is doing."""
        self._waiting = None
        match state:
            case Connecting():
                self._status.update("connecting ...", passing=True)
            case Online() if self._was_lost:
                self._was_lost = False
                self._status.update("reconnected")
            case Online():
                self._status.clear()
            case Waiting(reason=reason):
                self._was_lost = True
                self._waiting = state
                self._status.update(f"waiting: {reason}")
            case Stopped():
                self._status.clear()
            case _:
                assert_never(state)

    async def count_down(self) -> None:
        """Show how long a session still waits, for as long as this runs."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            if self._waiting is not None:
                left = ceil(self._waiting.seconds_left(time.time()))
                text = f"waiting {left} s: {self._waiting.reason}"
                self._status.update(text, passing=True)

    def close(self) -> None:
        """Leave nothing behind that is not a line."""
        self._status.clear()
