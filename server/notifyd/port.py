"""What the connections of port 8001 share, and how they are sent away together."""

import random
import time
from typing import Final

from notifyd.auth import Verifier
from notifyd.cursors import Cursors
from notifyd.delivery import Delivery
from notifyd.health import Health
from notifyd.hub import Hub, Member
from notifyd.keepalive import Timing
from notifyd.metrics import Metrics
from notifyd.settings import Settings
from notifyd.store.store import Store

# What one session may send before it is read more slowly; as much as it may publish, at least.
FRAMES_PER_SECOND: Final = 5_000
FRAMES_AT_ONCE: Final = 10_000


class Port:
    """What the connections of port 8001 share."""

    def __init__(
        self,
        *,
        server: str,
        settings: Settings,
        verifier: Verifier,
        store: Store,
        delivery: Delivery,
        cursors: Cursors,
        hub: Hub,
        health: Health,
        metrics: Metrics,
        max_connections: int,
    ) -> None:
        self.server = server
        self.settings = settings
        self.verifier = verifier
        self.store = store
        self.delivery = delivery
        self.cursors = cursors
        self.hub = hub
        self.health = health
        self.metrics = metrics
        self.max_connections = max_connections
        self.timing = Timing(
            hello=settings.hello_seconds, ping=settings.ping_seconds, pong=settings.pong_seconds
        )
        self.frame_rate = max(FRAMES_PER_SECOND, settings.publish_rate)
        self.frame_burst = max(FRAMES_AT_ONCE, settings.publish_burst)
        self.connections: set[Member] = set()
        self._drained_at: float | None = None

    def queue_bytes(self) -> int:
        """How many bytes wait in the sockets of all sessions."""
        return sum(connection.waiting_bytes for connection in self.connections)

    def drain(self, window_seconds: float) -> None:
        """From now on send new sessions away; the last of the old ones goes after the window."""
        self.health.draining = True
        self._drained_at = time.monotonic() + window_seconds

    @property
    def is_draining(self) -> bool:
        """Whether new sessions are sent away."""
        return self.health.draining

    def end_all(self) -> None:
        """Send everybody away now."""
        for connection in list(self.connections):
            connection.go_away(0.0)

    def retry_ms(self) -> int:
        """When a client that is sent away now should come back: not all at the same time."""
        left = max(0.0, (self._drained_at or 0.0) - time.monotonic())
        return int(1000 * random.uniform(0.5, 1.5 + left))  # noqa: S311 - spread, no secret
