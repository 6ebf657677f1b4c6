from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pytest

from notifyctl.validate.schema.build import (
    SOURCE_VERSIONS,
    Packer,
    build_compose,
    build_kubernetes,
    encoded,
    resolved,
    united,
)
from notifyctl.validate.schema.pack import COMPOSE, KUBERNETES, read_pack
from notifyctl.validate.schema.shape import Shape


def installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


@pytest.mark.parametrize("package", SOURCE_VERSIONS)
def test_the_packs_are_what_their_sources_say(package: str) -> None:
    wanted, found = SOURCE_VERSIONS[package], installed(package)
    if found != wanted:
        pytest.skip(f"the packs were built from {package} {wanted}, and {found} is installed")

    is_kubernetes = package.startswith("kubernetes")
    built = build_kubernetes() if is_kubernetes else build_compose()

    assert built == read_pack(KUBERNETES if is_kubernetes else COMPOSE)
    # Another release of zlib packs the same shapes into other bytes.
    assert len(encoded(built)) < 12_000


def test_equal_shapes_are_kept_once() -> None:
    packer = Packer()
    name: dict[str, Any] = {"type": "string", "description": "A name."}

    first = packer.place({"type": "object", "properties": {"a": name, "b": name}}, {})
    again = packer.place({"type": "object", "properties": {"a": name, "b": name}}, {})

    assert first == again
    assert packer.shapes == [
        Shape(types=("string",)),
        Shape(types=("object",), fields={"a": 0, "b": 0}),
    ]


def test_a_reference_is_followed() -> None:
    definitions: dict[str, dict[str, Any]] = {"name": {"type": "string"}}

    assert resolved({"$ref": "#/$defs/name"}, definitions) == {"type": "string"}


def test_what_all_of_some_schemas_demand_is_one_schema() -> None:
    definitions: dict[str, dict[str, Any]] = {
        "base": {"type": "object", "properties": {"a": {}}, "required": ["a"]}
    }
    whole = resolved(
        {
            "allOf": [{"$ref": "#/$defs/base"}],
            "properties": {"b": {}},
            "unevaluatedProperties": False,
        },
        definitions,
    )

    assert set(whole["properties"]) == {"a", "b"}
    assert whole["required"] == ["a"]
    assert whole["additionalProperties"] is False


def test_alternatives_of_different_types_are_one_schema() -> None:
    text = {"type": "string"}
    entries = {"type": "array", "items": {"type": "string"}}

    assert united([text, entries]) == {"type": ["string", "array"], "items": {"type": "string"}}


def test_alternatives_of_one_type_cannot_be_packed() -> None:
    with pytest.raises(ValueError, match="two branches are for the same type"):
        united([{"type": "string"}, {"type": "string", "enum": ["all"]}])
