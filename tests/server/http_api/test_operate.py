from collections.abc import Callable

from notifyctl.wire import Readiness, Stats
from notifyd.http_api.operate import drain, readyz, stats
from tests.support.http import api, bare_node, call
from tests.support.nodes import run


def test_health_asks_nothing_and_nobody() -> None:
    async def story() -> None:
        async with api() as client:
            reply = await client.ask("GET", "/healthz")
            assert (reply.status, reply.body) == (200, b'{"status":"ok"}')

    run(story())


def test_a_server_is_ready_until_it_drains_and_healthy_even_then() -> None:
    async def story() -> None:
        async with api() as client:
            before = await client.ask("GET", "/readyz")
            await client.node.server.drain()
            after = await client.ask("GET", "/readyz")

            assert (before.status, before.read(Readiness).ready) == (200, True)
            assert (after.status, after.read(Readiness).ready) == (503, False)
            assert after.read(Readiness).checks["draining"] != "ok"
            assert after.headers["Retry-After"] == "1"
            assert (await client.ask("GET", "/healthz")).status == 200

    run(story())


def test_requests_are_served_while_the_server_drains() -> None:
    async def story() -> None:
        async with api() as client:
            await client.node.server.drain()
            assert (await client.publish()).seq == 1

    run(story())


def test_metrics_are_text_for_prometheus() -> None:
    async def story() -> None:
        async with api() as client:
            await client.publish()
            reply = await client.ask("GET", "/metrics")
            assert reply.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
            assert b'\nnotifyd_events_total{stage="published"} 1.0\n' in reply.body
            assert (
                b'\nnotifyd_http_requests_total{route="POST /v1/notifications",status="201"} 1.0\n'
                in reply.body
            )

    run(story())


def test_stats_are_live_figures_for_admins() -> None:
    async def story() -> None:
        async with api() as client, client.node.session("alice") as alice:
            await client.publish()
            await alice.events(1)
            reply = await client.ask("GET", "/v1/stats", token=client.node.token("root", "admin"))
            figures = reply.read(Stats)
            assert (figures.sessions, figures.users, figures.topics) == (1, 1, 0)
            assert (figures.published, figures.delivered, figures.acknowledged) == (1, 1, 0)
            assert (figures.store, figures.durability) == ("memory", "memory")
            assert not figures.draining
            assert figures.uptime_s >= 0

    run(story())


def test_a_drain_is_begun_once_and_answered_with_what_follows_from_it() -> None:
    async def story() -> None:
        drained: list[Callable[[], None]] = []
        node = bare_node(drain=lambda: drained.append(drain_again))
        for _ in range(2):
            answer = await drain(node, call())
            assert answer.status == 202
            assert b'"ready":false' in answer.body
        assert len(drained) == 1

    def drain_again() -> None: ...

    run(story())


def test_the_queue_in_the_stats_is_that_of_the_metrics() -> None:
    async def story() -> None:
        node = bare_node()
        node.metrics.queue_bytes = lambda: 42
        assert b'"queue_bytes":42' in (await stats(node, call())).body

    run(story())


def test_readiness_is_the_healths() -> None:
    async def story() -> None:
        node = bare_node()
        assert (await readyz(node, call())).status == 200
        node.health.draining = True
        unready = await readyz(node, call())
        assert (unready.status, unready.headers) == (503, {"Retry-After": "1"})

    run(story())


def test_the_front_page_says_what_this_is() -> None:
    async def story() -> None:
        async with api() as client:
            reply = await client.ask("GET", "/")
            assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
            assert len(reply.body.splitlines()) == 2

    run(story())
