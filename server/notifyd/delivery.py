"""The pipeline: accept, decide, store, fan out."""

import time
from collections.abc import Sequence

from notifyctl.errors import NotifyError, RateLimited
from notifyctl.wire import Published
from notifyd.auth import Identity
from notifyd.cursors import Cursors
from notifyd.hub import Hub
from notifyd.metrics import Metrics
from notifyd.notification import Draft, ReadDraft
from notifyd.rate import Rates
from notifyd.receipts import Receipts
from notifyd.store.store import Appended, Store
from notifyd.stream import Cursor, Entry, wire_name

Outcome = Published | NotifyError


class Delivery:
    """Takes what was accepted to the store, and what was committed to the sessions."""

    def __init__(
        self,
        store: Store,
        hub: Hub,
        cursors: Cursors,
        receipts: Receipts,
        rates: Rates,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._hub = hub
        self._receipts = receipts
        self._rates = rates
        self._metrics = metrics
        self._cursors = cursors
        store.listen(self._fan_out)

    async def publish(
        self, drafts: Sequence[Draft | NotifyError], caller: Identity
    ) -> list[tuple[Outcome, bool]]:
        """Commit the drafts; one outcome each, in their order, and whether it is a replay.

        What `accept` refused stays refused. Raises `RateLimited` when the caller's token
        publishes too fast, and `StoreUnavailable`; then nothing of the call was accepted.
        """
        began = time.monotonic()
        # With the user, because who issues tokens may number those of each user anew.
        wait = self._rates.take(f"{caller.user} {caller.token_id}", len(drafts), began)
        if wait > 0:
            raise RateLimited(retry_ms=int(wait * 1000) + 1)
        accepted = [draft for draft in drafts if isinstance(draft, Draft)]
        appended = iter(await self._store.append(accepted, time.time()))
        self._metrics.committed(time.monotonic() - began)
        return [
            self._outcome(next(appended)) if isinstance(draft, Draft) else (draft, False)
            for draft in drafts
        ]

    async def mark_read(self, draft: ReadDraft) -> int | None:
        """Commit a read; the seq of its event, or None when nothing was unread."""
        (outcome,) = await self._store.append([draft], time.time())
        if isinstance(outcome, NotifyError):
            raise outcome
        return outcome.entry.seq if outcome.entry else None

    def _outcome(self, appended: Appended | NotifyError) -> tuple[Outcome, bool]:
        if isinstance(appended, NotifyError):
            return appended, False
        entry = appended.entry
        assert entry is not None  # Only a read can change nothing.
        published = Published(
            id=entry.id,
            seq=entry.seq,
            stream=wire_name(entry.stream),
            presentation=entry.presentation,
            why=entry.why,
            durability=self._store.durability,
            sessions=self._hub.followers(entry.stream),
        )
        return published, appended.replayed

    def _fan_out(self, entries: Sequence[Entry]) -> None:
        """Called by the store after each commit, in the order of the commits."""
        now = time.time()
        self._metrics.published(len(entries))
        self._receipts.committed(entries, now)
        pushed = self._hub.push(entries)
        self._metrics.sent(pushed.copies)
        self._receipts.sent(pushed.events, now)

    def acknowledge(self, cursor: Cursor) -> None:
        """A device acknowledged: its cursor is stored soon, and the first to do so is noted."""
        latencies = self._receipts.acknowledged(cursor.stream, cursor.seq, time.time())
        self._metrics.acknowledged(latencies)
        self._cursors.move(cursor)
