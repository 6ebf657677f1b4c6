import pytest

from notifyd.http_api.openapi import errors_of
from notifyd.http_api.route import Route
from notifyd.http_api.routes import ROUTES
from tests.support.http import api
from tests.support.nodes import run

CLOSED = [route for route in ROUTES if route.access != "open"]
SCOPED = [route for route in CLOSED if route.access != "token"]


def path_of(route: Route) -> str:
    """A path that the route answers."""
    return route.path.replace("{user}", "alice").replace("{id}", "none")


def name_of(route: Route) -> str:
    return route.name


def test_no_two_routes_have_the_same_name() -> None:
    assert len({route.name for route in ROUTES}) == len(ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=name_of)
def test_every_route_is_served_and_answers_as_the_table_says(route: Route) -> None:
    async def story() -> None:
        async with api() as client:
            body = b"" if route.asks else None
            token = client.node.token("alice", "subscribe", "publish")
            reply = await client.ask(route.method, path_of(route), body, token=token)
            known = {error.http_status for error in errors_of(route)} | set(route.answers)
            assert reply.status in known, reply.body
            assert reply.status not in {404, 405} or route.path.endswith("{id}")

    run(story())


@pytest.mark.parametrize("route", CLOSED, ids=name_of)
def test_without_a_token_a_closed_route_stays_closed(route: Route) -> None:
    async def story() -> None:
        async with api() as client:
            reply = await client.ask(route.method, path_of(route))
            assert (reply.status, reply.problem.code) == (401, "unauthorized")
            assert reply.headers["WWW-Authenticate"] == "Bearer"

    run(story())


@pytest.mark.parametrize("route", SCOPED, ids=name_of)
def test_without_its_scope_a_closed_route_stays_closed(route: Route) -> None:
    async def story() -> None:
        async with api() as client:
            others = {"subscribe", "publish"} - {route.access}
            token = client.node.token("alice", *others)
            reply = await client.ask(route.method, path_of(route), token=token)
            assert (reply.status, reply.problem.code) == (403, "forbidden")
            assert route.access in reply.problem.detail

    run(story())
