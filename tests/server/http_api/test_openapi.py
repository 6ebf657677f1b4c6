import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from notifyd.http_api.openapi import describe, errors_of
from notifyd.http_api.route import Route
from notifyd.http_api.routes import ROUTES
from tests.support.http import api
from tests.support.nodes import run

DOCUMENT = json.loads(json.dumps(describe(ROUTES)))
SCHEMAS = DOCUMENT["components"]["schemas"]


def operation(route: Route) -> dict[str, Any]:
    described: dict[str, Any] = DOCUMENT["paths"][route.path][route.method.lower()]
    return described


def route(name: str) -> Route:
    return next(route for route in ROUTES if route.name == name)


def parts(of: Any) -> Iterator[dict[str, Any]]:
    """Every object in the document."""
    if isinstance(of, dict):
        yield of
        for value in of.values():
            yield from parts(value)
    elif isinstance(of, list):
        for value in of:
            yield from parts(value)


def test_it_is_served_to_everybody_as_it_is_described() -> None:
    async def story() -> None:
        async with api() as client:
            reply = await client.ask("GET", "/openapi.json")
            assert reply.headers["Content-Type"] == "application/json"
            assert json.loads(reply.body) == DOCUMENT

    run(story())


def test_every_reference_leads_somewhere() -> None:
    for part in parts(DOCUMENT):
        if "$ref" in part:
            assert part["$ref"].removeprefix("#/components/schemas/") in SCHEMAS


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [part["operationId"] for part in parts(DOCUMENT) if "operationId" in part]

    assert len(set(names)) == len(names) == len(ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: str(route.name))
def test_every_answer_and_every_error_is_described(route: Route) -> None:
    described = operation(route)["responses"]

    assert set(described) == {
        str(status)
        for status in (*route.answers, *(error.http_status for error in errors_of(route)))
    }
    for error in errors_of(route):
        response = described[str(error.http_status)]
        assert f"`{error.code}`" in response["description"]
        assert "application/problem+json" in response["content"]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: str(route.name))
def test_every_parameter_of_the_path_is_described(route: Route) -> None:
    described = operation(route).get("parameters", [])

    in_path = {one["name"] for one in described if one["in"] == "path"}
    assert in_path == set(re.findall(r"\{(\w+)\}", route.path))


def test_parameters_of_the_query_have_their_limits_and_meaning() -> None:
    described = operation(route("GET /v1/users/{user}/inbox"))["parameters"]
    limit = next(one for one in described if one["name"] == "limit")

    assert limit["in"] == "query"
    assert limit["schema"]["maximum"] == 500
    assert limit["schema"]["description"]


def test_an_idempotency_key_may_be_sent_where_it_counts() -> None:
    for one in ROUTES:
        names = [parameter["name"] for parameter in operation(one).get("parameters", [])]
        assert ("Idempotency-Key" in names) is one.is_idempotent


def test_closed_routes_need_a_token() -> None:
    for one in ROUTES:
        assert ("security" in operation(one)) is (one.access != "open")


def test_a_batch_is_described_as_an_array_and_as_lines() -> None:
    content = operation(route("POST /v1/notifications/batch"))["requestBody"]["content"]

    assert content["application/x-ndjson"]["schema"] == {"$ref": "#/components/schemas/BatchItem"}
    array, _one = content["application/json"]["schema"]["anyOf"]
    assert (array["type"], array["minItems"], array["maxItems"]) == ("array", 1, 10_000)


def test_an_inbox_is_made_of_events() -> None:
    items = SCHEMAS["InboxPage"]["properties"]["events"]["items"]

    assert {part["$ref"].rpartition("/")[2] for part in items["anyOf"]} == {"Notification", "Read"}


def test_what_is_waited_for_is_said_in_a_header() -> None:
    responses = operation(route("POST /v1/notifications"))["responses"]

    assert "Retry-After" in responses["429"]["headers"]
    assert "Retry-After" in responses["503"]["headers"]
    assert "WWW-Authenticate" in responses["401"]["headers"]
