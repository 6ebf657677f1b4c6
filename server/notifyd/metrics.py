"""Metrics: what operators watch, as Prometheus reads it. Every name starts with `notifyd_`."""

from collections.abc import Callable, Sequence
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from notifyctl.errors import NotifyError
from notifyctl.wire import CloseCode

# They would double the figures, and Prometheus finds out about restarts by itself.
disable_created_metrics()  # type: ignore[no-untyped-call]

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

# Clients close with what they like; only the codes that mean something are told apart.
_CODES: Final = frozenset({1000, 1001, 1005, 1006, 1002, 1003, 1007, 1009, 1011, *CloseCode})

# From half a millisecond, the best a disk does, to where a person has looked elsewhere.
SECONDS: Final = tuple(
    ms / 1000
    for ms in (0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000)
)


class Metrics:
    """The figures of one server. Calls are cheap; the work is done when somebody reads them."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.queue_bytes: Callable[[], int] = lambda: 0
        """What waits for slow sessions; asked only when somebody reads the figures."""
        self._add_connections()
        self._add_events()
        self._add_ends()
        ProcessCollector(registry=self._registry)

    def _add_connections(self) -> None:
        registry = self._registry
        self._sessions = Gauge(
            "notifyd_sessions", "Sessions that are open, hello done.", registry=registry
        )
        self._connections = Gauge(
            "notifyd_connections", "WebSocket connections, hello done or not.", registry=registry
        )
        Gauge(
            "notifyd_queue_bytes", "Bytes that wait for slow sessions.", registry=registry
        ).set_function(lambda: self.queue_bytes())
        self._requests = Counter(
            "notifyd_http_requests",
            "HTTP requests by route and status.",
            ("route", "status"),
            registry=registry,
        )

    def _add_events(self) -> None:
        events = Counter(
            "notifyd_events",
            "Events by stage: committed, written to sessions as they came, written again for "
            "sessions that were away, acknowledged by a first device.",
            ("stage",),
            registry=self._registry,
        )
        self._published = events.labels("published")
        self._sent = events.labels("sent")
        self._replayed = events.labels("replayed")
        self._acknowledged = events.labels("acknowledged")
        self._commit_seconds = Histogram(
            "notifyd_publish_commit_seconds",
            "From a publish to its commit.",
            buckets=SECONDS,
            registry=self._registry,
        )
        self._ack_seconds = Histogram(
            "notifyd_publish_ack_seconds",
            "From an event's commit to the first device that acknowledged it.",
            buckets=SECONDS,
            registry=self._registry,
        )

    def _add_ends(self) -> None:
        registry = self._registry
        self._gaps = Counter(
            "notifyd_gaps", "Gaps that sessions were told of.", ("reason",), registry=registry
        )
        self._closes = Counter(
            "notifyd_closes", "Ends of sessions by close code.", ("code",), registry=registry
        )
        self._refused = Counter(
            "notifyd_refused", "Connections that got no session.", ("reason",), registry=registry
        )
        self._cursors_lost = Counter(
            "notifyd_cursors_lost",
            "Acknowledgements the store did not take; the events will be sent again.",
            ("code",),
            registry=registry,
        )

    # Connections and sessions

    def connection_opened(self) -> None:
        """A WebSocket connection was accepted."""
        self._connections.inc()

    def connection_closed(self) -> None:
        """A WebSocket connection is gone."""
        self._connections.dec()

    def session_opened(self) -> None:
        """A session said a valid hello."""
        self._sessions.inc()

    def session_closed(self, code: int) -> None:
        """An open session ended, with this close code (1006: without one)."""
        self._sessions.dec()
        self._closes.labels(code if code in _CODES else "other").inc()

    def refused(self, reason: str) -> None:
        """A connection ended before it became a session."""
        self._refused.labels(reason).inc()

    # Events

    def committed(self, seconds: float) -> None:
        """A publish was committed after `seconds`."""
        self._commit_seconds.observe(seconds)

    def published(self, events: int) -> None:
        """New events were committed."""
        self._published.inc(events)

    def sent(self, events: int) -> None:
        """So many copies of events were written to sessions as they were committed."""
        self._sent.inc(events)

    def replayed(self, events: int) -> None:
        """Events were written to a session that had missed them."""
        self._replayed.inc(events)

    def acknowledged(self, latencies: Sequence[float]) -> None:
        """Events got their first acknowledgement, these many seconds after their commit."""
        self._acknowledged.inc(len(latencies))
        for seconds in latencies:
            self._ack_seconds.observe(seconds)

    def gap(self, reason: str) -> None:
        """A session was told of a gap."""
        self._gaps.labels(reason).inc()

    def cursors_lost(self, error: NotifyError, cursors: int) -> None:
        """Acknowledgements could not be stored."""
        self._cursors_lost.labels(error.code).inc(cursors)

    # HTTP

    def http_request(self, route: str, status: int) -> None:
        """A request was answered. `route` is one of the server's own, never the caller's text."""
        self._requests.labels(route, status).inc()

    # For those who read them

    def events(self, stage: str) -> int:
        """How many events have passed a stage since the start."""
        value = self._registry.get_sample_value("notifyd_events_total", {"stage": stage})
        return int(value or 0)

    def text(self) -> bytes:
        """All figures in the Prometheus text format."""
        return generate_latest(self._registry)
