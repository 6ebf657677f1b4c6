"""What the connections of port 8001 share, without a port."""

from typing import Any

from notifyd.auth import Verifier
from notifyd.cursors import Cursors
from notifyd.delivery import Delivery
from notifyd.health import Health
from notifyd.hub import Hub
from notifyd.metrics import Metrics
from notifyd.port import Port
from notifyd.rate import Rates
from notifyd.receipts import Receipts
from notifyd.settings import Settings
from notifyd.store.memory import MemoryStore
from notifyd.store.store import Limits
from tests.support.sessions import KEY


def bare_port(**settings: Any) -> Port:
    """A port with a memory store."""
    store, hub, metrics = MemoryStore(Limits()), Hub(max_sessions_per_user=20), Metrics()
    cursors = Cursors(store, metrics)
    return Port(
        server="notifyd/test",
        settings=Settings(**{"ping_seconds": 7.0, **settings}),
        verifier=Verifier([KEY]),
        store=store,
        delivery=Delivery(store, hub, cursors, Receipts(), Rates(1, 1), metrics),
        cursors=cursors,
        hub=hub,
        health=Health(store),
        metrics=metrics,
        max_connections=10,
    )
