import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.errors import NotifyError
from notifyd.http_api.openapi import errors_of
from notifyd.http_api.route import Route
from notifyd.http_api.routes import ROUTES
from tests.support.callers import caller
from tests.support.http import api, bare_node, call
from tests.support.json_text import BYTES, spoiled
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


# Bodies

EXAMPLES = {
    "POST /v1/notifications": {"to": "alice", "title": "Hello", "data": {"a": [1]}},
    "POST /v1/notifications/batch": [{"to": "alice", "title": "Hello"}, {"to": "topic:x"}],
    "POST /v1/users/{user}/read": {"through": 1},
    "POST /v1/dev/token": {"user": "alice", "scope": "publish"},
}


def test_every_route_that_asks_for_a_body_is_tried_with_any() -> None:
    assert {route.name for route in ROUTES if route.asks} == set(EXAMPLES)


@given(data=st.data())
@pytest.mark.parametrize("name", EXAMPLES)
def test_any_body_is_answered_or_refused(name: str, data: st.DataObject) -> None:
    (route,) = [route for route in ROUTES if route.name == name]
    near = spoiled(EXAMPLES[name]).map(json.dumps).map(str.encode)
    lines = st.lists(near | BYTES, max_size=4).map(b"\n".join)
    body = data.draw(BYTES | near | lines, label="body")
    status = asyncio.run(status_of(route, body))

    assert status in route.answers or 400 <= status < 500


async def status_of(route: Route, body: bytes) -> int:
    """How an admin's request with this body is answered."""
    headers = {"Host": "127.0.0.1"}
    asked = call(caller("alice", "admin"), path={"user": "me"}, headers=headers, body=body)
    try:
        return (await route.handler(bare_node(), asked)).status
    except NotifyError as error:
        return error.http_status
