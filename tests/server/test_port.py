from notifyctl.wire import CloseCode
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
from tests.support.nodes import node, run
from tests.support.sessions import SECRET


def port() -> Port:
    store, hub, metrics = MemoryStore(Limits()), Hub(max_sessions_per_user=20), Metrics()
    cursors = Cursors(store, metrics)
    return Port(
        server="notifyd/test",
        settings=Settings(ping_seconds=7.0),
        verifier=Verifier(SECRET),
        store=store,
        delivery=Delivery(store, hub, cursors, Receipts(), Rates(1, 1), metrics),
        cursors=cursors,
        hub=hub,
        health=Health(store),
        metrics=metrics,
        max_connections=10,
    )


def test_sessions_wait_as_long_as_the_settings_say() -> None:
    assert port().timing.ping == 7.0


def test_who_is_sent_away_comes_back_after_the_drain_and_not_all_at_once() -> None:
    here = port()
    assert not here.is_draining

    here.drain(20.0)

    assert here.is_draining
    waits = {here.retry_ms() for _ in range(100)}
    assert len(waits) > 10
    assert all(500 <= wait <= 21_500 for wait in waits)


def test_everybody_can_be_sent_away_at_once() -> None:
    async def story() -> None:
        async with node() as here, here.session("alice") as alice, here.session("bob") as bob:
            await here.server.drain()
            for session in (alice, bob):
                await session.socket.wait_closed()
                assert session.socket.close_code == CloseCode.DRAINING

    run(story())
