"""OpenAPI: the table of routes as a description that other programs read."""

import inspect
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any, Final

import msgspec

from notifyctl.errors import (
    BadRequest,
    Forbidden,
    NotifyError,
    OriginRefused,
    RequestTimeout,
    TokenExpired,
    TokenInvalid,
    TooLarge,
    Unauthorized,
)
from notifyctl.wire import AnyEvent, Problem
from notifyctl.wire.names import NAME_PATTERN
from notifyd import problems
from notifyd.http_api.route import JSON, KEY_PATTERN, Access, Asks, Route

NDJSON: Final = "application/x-ndjson"
_REF: Final = "#/components/schemas/{name}"

Schema = dict[str, Any]

_HEADERS: Final = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}
_PATH: Final[Mapping[str, Schema]] = {
    "id": {"type": "string"},
    "user": {"type": "string", "pattern": f"^(?!topic:){NAME_PATTERN}$"},
}

# What any request of a kind can meet, before its handler is asked.
_BY_ACCESS: Final[Mapping[Access, tuple[type[NotifyError], ...]]] = {
    "open": (),
    "token": (Unauthorized, TokenInvalid, TokenExpired),
    "subscribe": (Unauthorized, TokenInvalid, TokenExpired, Forbidden),
    "publish": (Unauthorized, TokenInvalid, TokenExpired, Forbidden),
    "admin": (Unauthorized, TokenInvalid, TokenExpired, Forbidden),
}


def describe(routes: Iterable[Route]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the routes."""
    routes = tuple(routes)
    schemas = _Schemas(routes)
    paths: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for route in routes:
        paths[route.path][route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "notifyd",
            "version": version("notifyctl"),
            "description": "Notifications for people: publish, read, follow up.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def errors_of(route: Route) -> list[type[NotifyError]]:
    """Every error that a route can answer with."""
    errors: list[type[NotifyError]] = []
    if route.asks or route.query or route.is_idempotent or "{" in route.path:
        errors.append(BadRequest)
    if route.asks:
        errors += [RequestTimeout, TooLarge]
    errors += _BY_ACCESS[route.access]
    if route.path.startswith("/v1/"):
        errors.append(OriginRefused)
    errors += route.errors
    return sorted(dict.fromkeys(errors), key=lambda error: error.http_status)


class _Schemas:
    """The JSON schemas of everything the routes ask for and answer."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        kinds = [kind for route in routes for kind in _kinds(route)]
        kinds += [Problem, AnyEvent]
        schemas, self.components = msgspec.json.schema_components(kinds, ref_template=_REF)
        for schema in self.components.values():
            schema["description"] = inspect.cleandoc(schema["description"])
        self._by_kind: dict[Any, Schema] = dict(zip(kinds, schemas, strict=True))
        self._add_what_types_cannot_say()

    def _add_what_types_cannot_say(self) -> None:
        # The store hands events over encoded.
        self.components["InboxPage"]["properties"]["events"]["items"] = self.of(AnyEvent)
        self.components["ReadBody"]["oneOf"] = [
            {"required": [name], "properties": {name: {"type": kind}}}
            for name, kind in (("ids", "array"), ("through", "integer"))
        ]

    def of(self, kind: Any) -> Schema:
        """The schema of a type, or of one of several."""
        if isinstance(kind, tuple):
            return {"oneOf": [self.of(one) for one in kind]}
        return self._by_kind[kind]


def _kinds(route: Route) -> list[Any]:
    kinds: list[Any] = []
    for kind in route.answers.values():
        kinds += kind if isinstance(kind, tuple) else [kind]
    if route.asks:
        kinds.append(route.asks.body)
        if route.asks.line:
            kinds.append(route.asks.line)
    return kinds


def _operation(route: Route, schemas: _Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "responses": _responses(route, schemas),
    }
    if parameters := _parameters(route):
        operation["parameters"] = parameters
    if route.asks:
        operation["requestBody"] = _request_body(route.asks, schemas)
    if route.access != "open":
        operation["security"] = [{"token": []}]
        if route.access != "token":
            operation["description"] = f"The token needs the scope `{route.access}`."
    return operation


def _operation_id(route: Route) -> str:
    return "_".join(re.findall(r"\w+", route.name)).lower()


def _parameters(route: Route) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": _PATH[name]}
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]
    if route.query:
        schema = msgspec.json.schema_components([route.query])[1][route.query.__name__]
        for name, of_one in schema["properties"].items():
            parameters.append({"name": name, "in": "query", "schema": of_one})
    if route.is_idempotent:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": "The same key with the same body gets the first answer again.",
                "schema": {"type": "string", "pattern": f"^{KEY_PATTERN}$"},
            }
        )
    return parameters


def _request_body(asks: Asks, schemas: _Schemas) -> dict[str, Any]:
    content = {JSON: {"schema": schemas.of(asks.body)}}
    if asks.line:
        line = schemas.of(asks.line)
        others = {"description": "Anything else is rejected by itself; the others are kept."}
        array = schemas.of(asks.body) | {"items": {"anyOf": [line, others]}}
        one = {"type": "object", "description": "One line of NDJSON."}
        content[JSON] = {"schema": {"anyOf": [array, one]}}
        content[NDJSON] = {"schema": line}
    return {"required": not asks.is_optional, "content": content}


def _responses(route: Route, schemas: _Schemas) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, kind in route.answers.items():
        description = route.summary if status < 300 else "Not now; the body says why."
        content_type = "text/plain" if kind is str else JSON
        responses[str(status)] = _response(status, description, content_type, schemas.of(kind))
    errors: defaultdict[int, list[str]] = defaultdict(list)
    for error in errors_of(route):
        errors[error.http_status].append(f"`{error.code}`")
    for status, codes in errors.items():
        responses[str(status)] = _response(
            status, " or ".join(codes), problems.CONTENT_TYPE, schemas.of(Problem)
        )
    return responses


def _response(status: int, description: str, content_type: str, schema: Schema) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": description,
        "content": {content_type: {"schema": schema}},
    }
    if header := _HEADERS.get(status):
        response["headers"] = {header: {"required": True, "schema": {"type": "string"}}}
    return response
