"""`http.md`: the HTTP API, from the same table that serves it."""

from collections.abc import Iterator
from typing import Any, get_args

import msgspec
from msgspec import inspect as types

from docs.generate.page import anchor, code, page, table
from docs.generate.shapes import fields, kind, sentences
from notifyctl import wire
from notifyd.http_api.openapi import errors_of
from notifyd.http_api.route import MIB, Asks, Route
from notifyd.http_api.routes import ROUTES

INTRODUCTION = """\
The token goes into the header `Authorization: Bearer …`. Bodies are JSON, whatever the
`Content-Type` says, and a field that the server does not know is refused. In a path, `me` is the
token's own user. Errors are [problem documents](#problem) with a stable [`code`](errors.md); 429
and 503 come with `Retry-After`. The same description for programs is at `/openapi.json`."""

REPEATS = """\
header `Idempotency-Key`: a repeat gets the first answer again, and `Idempotent-Replayed: true`"""

DEFAULTS = """\
A notification without a `level` is `normal`, and one without a `category` is `general`."""

ACCESS = {"open": "everybody", "token": "whoever has a valid token"}


def http() -> str:
    """The page."""
    rows = [
        (f"[{code(route.name)}](#{anchor(route.name)})", access(route), route.summary)
        for route in ROUTES
    ]
    return page(
        "HTTP API",
        "`server/notifyd/http_api/routes.py`",
        INTRODUCTION,
        table(("route", "who may", "what it does"), rows),
        "## Routes",
        *map(section, ROUTES),
        "## Bodies",
        DEFAULTS,
        *(
            "\n\n".join([f"### {one.__name__}", sentences(one), fields(one, links())])
            for one in bodies()
        ),
    )


def access(route: Route) -> str:
    """Who may call a route."""
    return ACCESS.get(route.access, f"scope {code(route.access)}")


def section(route: Route) -> str:
    """One route: what it asks for, what it answers, and what can go wrong."""
    lines = [f"- who may: {access(route)}"]
    if route.asks:
        lines.append(f"- body: {asked(route.asks)}")
    if route.is_idempotent:
        lines.append(f"- {REPEATS}")
    lines += [f"- {status}: {named(answer)}" for status, answer in route.answers.items()]
    lines += refusals(route)
    parts = [f"### {route.name}", route.summary, "\n".join(lines)]
    if route.query:
        parts += ["Query parameters:", fields(route.query)]
    return "\n\n".join(parts)


def asked(asks: Asks) -> str:
    """What the body of a request is, and how large it may be."""
    words = named(asks.body)
    if asks.line:
        words += f", or one {named(asks.line)} per line as `application/x-ndjson`"
    return (
        f"{words}{' or nothing' if asks.is_optional else ''}; at most {asks.limit_bytes // MIB} MiB"
    )


def refusals(route: Route) -> Iterator[str]:
    """The errors of a route, by their status."""
    by_status: dict[int, list[str]] = {}
    for error in errors_of(route):
        by_status.setdefault(error.http_status, []).append(code(error.code))
    for status, words in by_status.items():
        yield f"- {status}: {', '.join(words)}"


def named(body: Any) -> str:
    """A body in words, linked to its fields; of several it is any one."""
    several = body if isinstance(body, tuple) else (body,)
    words = [kind(types.type_info(one), links()) for one in several if one is not str]
    return " or ".join(words) or "text"


def bodies() -> list[type[msgspec.Struct]]:
    """Every struct that the routes ask for or answer, once, in the order of the routes."""
    found: dict[type[msgspec.Struct], None] = {}
    for route in ROUTES:
        asked_for = [route.asks.body, route.asks.line] if route.asks else []
        for body in (*asked_for, *route.answers.values()):
            found |= dict.fromkeys(structs(body))
    found[wire.Problem] = None
    return list(found)


def structs(body: Any) -> Iterator[type[msgspec.Struct]]:
    """The structs in a type, and those in their fields."""
    if isinstance(body, type) and issubclass(body, msgspec.Struct):
        yield body
        body = tuple(field.type for field in msgspec.structs.fields(body))
    for part in body if isinstance(body, tuple) else get_args(body):
        yield from structs(part)


def links() -> dict[type, str]:
    """Where each struct is described."""
    return {one: f"#{anchor(one.__name__)}" for one in bodies()}
