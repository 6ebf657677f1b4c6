"""What the routes of one server work with."""

from collections.abc import Callable

import msgspec

from notifyd.auth import Verifier
from notifyd.delivery import Delivery
from notifyd.health import Health
from notifyd.hub import Hub
from notifyd.keys import Key
from notifyd.metrics import Metrics
from notifyd.receipts import Receipts
from notifyd.settings import Settings
from notifyd.store.store import Store


class Node(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One running server. Its parts are built and ended by the application.

    `dev_key` is the generated secret, if that is what tokens are signed with: then, and only
    then, this machine gets tokens for development. `started_at` is monotonic seconds.
    """

    name: str
    settings: Settings
    verifier: Verifier
    dev_key: Key | None
    store: Store
    delivery: Delivery
    hub: Hub
    receipts: Receipts
    health: Health
    metrics: Metrics
    drain: Callable[[], None]
    started_at: float
