"""Health: whether this server should get traffic, for the probes of both ports."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from notifyctl.errors import NotifyError
from notifyctl.wire import Readiness
from notifyd.store.store import Store

OK: Final = "ok"
KEPT_SECONDS: Final = 1.0
PATIENCE_SECONDS: Final = 2.0


class Health:
    """Asks the store at most once a second, however many probes there are."""

    def __init__(
        self,
        store: Store,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.draining = False
        """Set when the server begins to shut down; it does not come back from there."""
        self._store = store
        self._patience_seconds = patience_seconds
        self._clock = clock
        self._asked: asyncio.Task[str] | None = None
        self._asked_at = 0.0

    async def readiness(self) -> Readiness:
        """Whether the server should get traffic, and what each check says."""
        checks = {
            "draining": "the server is shutting down" if self.draining else OK,
            "store": await self._store_state(),
        }
        return Readiness(ready=all(state == OK for state in checks.values()), checks=checks)

    async def _store_state(self) -> str:
        asked, age = self._asked, self._clock() - self._asked_at
        if asked is None or (asked.done() and age >= KEPT_SECONDS):
            asked = self._asked = asyncio.create_task(self._ask_store())
            self._asked_at = self._clock()
        try:
            # Shielded: a probe that gives up leaves the answer to the others.
            return await asyncio.wait_for(asyncio.shield(asked), self._patience_seconds)
        except TimeoutError:
            return f"the store has not answered for {self._clock() - self._asked_at:.0f} s"

    async def _ask_store(self) -> str:
        try:
            await self._store.check()
        except NotifyError as error:
            return str(error)
        return OK
