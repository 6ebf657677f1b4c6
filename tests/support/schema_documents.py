"""Documents made from a schema: some as it says, some with a mistake or two."""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from notifyctl.validate.source import Source
from notifyctl.validate.tree import Node
from notifyctl.validate.yaml_reader import read_yaml

Schema = dict[str, Any]

_STRAYS = st.sampled_from([0, 7, -3, 1.5, True, "", "text", "12", [], ["a"], {}, {"a": "b"}])
_NAMES = st.sampled_from(["name", "x-own", "nmae", "app.io/part", "ports", "a b"])
_WORDS = st.sampled_from(["a", "500m", "1Gi", "512MB", "30s", "aGk=", "no base64", "Always", "TCP"])


@st.composite
def documents(
    draw: st.DrawFn,
    schema: Schema,
    definitions: Mapping[str, Schema],
    kept: frozenset[str] = frozenset(),
    left_out: frozenset[str] = frozenset(),
) -> Any:
    """A mapping by a schema, wrong in about every thirtieth place.

    Required fields are sometimes missing, but for those that are `kept`; `left_out` ones never are
    there.
    """
    mistakes = draw(st.booleans())

    def slips(one_in: int = 30) -> bool:
        return mistakes and draw(st.integers(1, one_in)) == 1

    def value(schema: Schema, depth: int) -> Any:
        while "$ref" in schema:
            schema = definitions[schema["$ref"].rpartition("/")[2]]
        if slips():
            return draw(_STRAYS)
        if "oneOf" in schema:
            return value(draw(st.sampled_from(schema["oneOf"])), depth)
        types = schema.get("type", "string")
        kind = types if isinstance(types, str) else draw(st.sampled_from(types))
        if kind == "object":
            return mapping(schema, depth)
        if kind == "array":
            size = draw(st.integers(0, 2 if depth < 8 else 0))
            return [value(schema.get("items", {}), depth + 1) for _ in range(size)]
        return scalar(kind, schema)

    def scalar(kind: str, schema: Schema) -> Any:
        match kind:
            case "string" if "enum" in schema and not slips(5):
                return draw(st.sampled_from(schema["enum"]))
            case "string":
                return draw(_WORDS)
            case "integer":
                return draw(st.sampled_from([0, 1, 80, 2000]))
            case "number":
                return draw(st.sampled_from([0.5, 3]))
            case "boolean":
                return draw(st.booleans())
            case _:
                return None

    def mapping(schema: Schema, depth: int) -> dict[str, Any]:
        parts = [schema, *(definitions_of(part) for part in schema.get("allOf", ()))]
        fields = {name: each for part in parts for name, each in part.get("properties", {}).items()}
        required = {name for part in parts for name in part.get("required", ())}
        chosen = [name for name in sorted(fields) if name not in left_out | required]
        some = draw(st.lists(st.sampled_from(chosen), max_size=3)) if chosen and depth < 8 else []
        names = [name for name in sorted(required) if name in kept or not slips(10)]
        found = {name: value(fields[name], depth + 1) for name in [*names, *some]}
        others = schema.get("additionalProperties")
        patterns = schema.get("patternProperties", {})
        for inner in [others, *patterns.values()]:
            if isinstance(inner, dict) and draw(st.booleans()):
                found[draw(_NAMES)] = value(inner, depth + 1)
        if slips(10):
            found[draw(_NAMES)] = draw(_STRAYS)
        return found

    def definitions_of(part: Schema) -> Schema:
        return definitions[part["$ref"].rpartition("/")[2]] if "$ref" in part else part

    return mapping(schema, 0)


def tree_of(value: Any) -> Node:
    """The tree of a value, read from its JSON, which is YAML, too."""
    (document,) = read_yaml(Source("document.yaml", json.dumps(value, indent=1))).documents
    return document


def without_nulls(value: Any) -> Any:
    """A value without the keys that have none, which are nothing to the API server."""
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [without_nulls(each) for each in value]
    return value
