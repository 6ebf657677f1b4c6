"""Packs the schemas: `python -m notifyctl.validate.schema.build`, for development only.

They come from the packages `kubernetes-validate` and `check-jsonschema`, both under the Apache
License 2.0. What is left out or added on the way is in `trim.py`.
"""

import json
import zlib
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import msgspec

from notifyctl.validate.schema.pack import COMPOSE, KUBERNETES, VERSIONS
from notifyctl.validate.schema.shape import FORMS, Pack, Shape
from notifyctl.validate.schema.trim import KINDS, trim_compose, trim_kubernetes

Schema = dict[str, Any]

KUBERNETES_SOURCE: Final = "kubernetes_validate"
COMPOSE_SOURCE: Final = "check_jsonschema"
# The versions that the packs were last built from.
SOURCE_VERSIONS: Final = {"kubernetes-validate": "1.37.0", "check-jsonschema": "0.39.0"}
_MEANING: Final = frozenset(
    {
        "additionalProperties",
        "enum",
        "items",
        "maximum",
        "minimum",
        "pattern",
        "patternProperties",
        "properties",
        "required",
    }
)
_FORM_NAMES: Final = {pattern: name for name, (pattern, _) in FORMS.items()}


class Packer:
    """Turns schemas into shapes; equal ones are kept once, whatever version they are from."""

    def __init__(self) -> None:
        self.shapes: list[Shape] = []
        self._places: dict[bytes, int] = {}

    def place(self, schema: Schema, definitions: Mapping[str, Schema]) -> int:
        """Where the shape of a schema stands."""
        shape = self._shape(resolved(schema, definitions), definitions)
        key = msgspec.msgpack.encode(shape)
        if key not in self._places:
            self._places[key] = len(self.shapes)
            self.shapes.append(shape)
        return self._places[key]

    def _shape(self, schema: Schema, definitions: Mapping[str, Schema]) -> Shape:
        def place(inner: Schema) -> int:
            return self.place(inner, definitions)

        types = schema.get("type", [])
        others = schema.get("additionalProperties")
        pattern: str = schema.get("pattern", "")
        return Shape(
            types=tuple(sorted([types] if isinstance(types, str) else types)),
            fields={name: place(inner) for name, inner in schema.get("properties", {}).items()},
            required=tuple(schema.get("required", ())),
            any_of=tuple(name for each in schema.get("anyOf", ()) for name in each["required"]),
            patterns={
                key: place(inner) for key, inner in schema.get("patternProperties", {}).items()
            },
            closed=others is False,
            other=place(others) if isinstance(others, dict) else None,
            items=place(schema["items"]) if "items" in schema else None,
            choices=tuple(schema.get("enum", ())),
            form=_FORM_NAMES.get(pattern) or pattern,
            least=schema.get("minimum"),
            most=schema.get("maximum"),
        )


def resolved(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """A schema without references and without alternatives: those differ in their types."""
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    for part in schema.get("allOf", ()):
        schema = together(schema, resolved(part, definitions))
    branches = [resolved(branch, definitions) for branch in schema.get("oneOf", ())]
    return united(branches) if branches else schema


def together(schema: Schema, part: Schema) -> Schema:
    """What is as one schema and another demand."""
    return {
        **{name: value for name, value in part.items() if name != "required"},
        **{name: value for name, value in schema.items() if name != "allOf"},
        "properties": {**part.get("properties", {}), **schema.get("properties", {})},
        "required": [*part.get("required", ()), *schema.get("required", ())],
        "additionalProperties": schema.get("unevaluatedProperties", True)
        and schema.get("additionalProperties", True),
    }


def united(branches: Iterable[Schema]) -> Schema:
    """What is as one of some schemas demands, if no two of them are for the same type."""
    whole: Schema = {"type": []}
    for branch in branches:
        types = [branch["type"]] if isinstance(branch["type"], str) else list(branch["type"])
        rest = {name: branch[name] for name in _MEANING & branch.keys()}
        if set(types) & set(whole["type"]) or set(rest) & set(whole):
            raise ValueError(f"two branches are for the same type: {branch}")
        whole = {**whole, **rest, "type": [*whole["type"], *types]}
    return whole


def kubernetes_definitions(version: str) -> dict[str, Schema]:
    """All definitions of a version of Kubernetes, as they are published."""
    folder = _folder(KUBERNETES_SOURCE) / "kubernetes-json-schema"
    path = folder / f"v{version}.0-local-strict" / "_definitions.json"
    definitions: dict[str, Schema] = json.loads(path.read_text())["$defs"]
    return definitions


def compose_schema() -> Schema:
    """The schema of the compose specification, as it is published."""
    path = _folder(COMPOSE_SOURCE) / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema: Schema = json.loads(path.read_text())
    return schema


def kinds_of(definitions: Mapping[str, Schema]) -> dict[str, tuple[str, str]]:
    """The kinds that are defined: `apps/v1/Deployment`, with its `apiVersion` and definition."""
    found = {}
    for name, definition in definitions.items():
        match definition.get("x-kubernetes-group-version-kind"):
            case [{"group": group, "version": version, "kind": kind}]:
                api_version = f"{group}/{version}" if group else version
                found[f"{api_version}/{kind}"] = api_version, name
            case _:
                pass
    return found


def build_kubernetes() -> Pack:
    """The pack of Kubernetes' versions."""
    packer = Packer()
    roots: dict[str, dict[str, int]] = {}
    served: dict[str, set[str]] = {}
    newest = kubernetes_definitions(VERSIONS[-1])
    for version in reversed(VERSIONS):
        definitions = kubernetes_definitions(version)
        kinds = kinds_of(definitions)
        trimmed = trim_kubernetes(definitions, newest)
        roots[version] = {
            key: packer.place(trimmed[name], trimmed)
            for key, (_, name) in kinds.items()
            if key in KINDS
        }
        for key, (api_version, _) in kinds.items():
            served.setdefault(api_version, set()).add(key.rpartition("/")[2])
    return Pack(packer.shapes, roots, {key: tuple(sorted(served[key])) for key in sorted(served)})


def build_compose() -> Pack:
    """The pack of the compose specification."""
    packer = Packer()
    schema = trim_compose(compose_schema())
    return Pack(packer.shapes, {"": {"compose": packer.place(schema, schema["$defs"])}})


def encoded(pack: Pack) -> bytes:
    """What is written into a pack's file."""
    return zlib.compress(msgspec.msgpack.encode(pack), 9)


def _folder(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None, f"{package} is needed to build the packs"
    assert spec.origin is not None, f"{package} is no package with files"
    return Path(spec.origin).parent


if __name__ == "__main__":
    here = Path(__file__)
    here.with_name(KUBERNETES).write_bytes(encoded(build_kubernetes()))
    here.with_name(COMPOSE).write_bytes(encoded(build_compose()))
