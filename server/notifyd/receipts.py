"""Receipts: what this node remembers of recent events - when they were sent and acknowledged.

Best effort and in memory: what is durable (cursors, read marks) is the store's to tell.
"""

from collections import OrderedDict, deque
from collections.abc import Iterable
from typing import Final

import msgspec

from notifyd.stream import Entry

REMEMBERED: Final = 20_000


class Trace(msgspec.Struct, gc=False):
    """One event's way; times are seconds since 1970."""

    id: str
    stream: str
    seq: int
    committed_at: float
    sent_at: float | None = None
    acknowledged_at: float | None = None


class Receipts:
    """The latest events, oldest forgotten first."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._by_id: OrderedDict[str, Trace] = OrderedDict()
        self._waiting: dict[str, deque[Trace]] = {}

    def committed(self, entries: Iterable[Entry], now: float) -> None:
        """Events were committed at `now`."""
        for entry in entries:
            trace = Trace(entry.id, entry.stream, entry.seq, now)
            self._by_id[entry.id] = trace
            waiting = self._waiting.get(entry.stream)
            if waiting is None:
                self._waiting[entry.stream] = deque((trace,))
            else:
                waiting.append(trace)
        while len(self._by_id) > self._remembered:
            self._forget_oldest()

    def sent(self, entries: Iterable[Entry], now: float) -> None:
        """Events were written to at least one session."""
        for entry in entries:
            trace = self._by_id.get(entry.id)
            if trace is not None and trace.sent_at is None:
                trace.sent_at = now

    def acknowledged(self, stream: str, through: int, now: float) -> list[float]:
        """A device acknowledged; the latencies (seconds) of events that had waited for their first.

        An event's latency counts from its commit.
        """
        waiting = self._waiting.get(stream)
        latencies = []
        while waiting and waiting[0].seq <= through:
            trace = waiting.popleft()
            trace.acknowledged_at = now
            latencies.append(now - trace.committed_at)
        if waiting is not None and not waiting:
            del self._waiting[stream]
        return latencies

    def of(self, event_id: str) -> Trace | None:
        """What is remembered of an event."""
        return self._by_id.get(event_id)

    def _forget_oldest(self) -> None:
        _, trace = self._by_id.popitem(last=False)
        waiting = self._waiting.get(trace.stream)
        if waiting and waiting[0] is trace:
            waiting.popleft()
            if not waiting:
                del self._waiting[trace.stream]
