from typing import Any

import pytest

from notifyctl.validate.schema import build
from notifyctl.validate.schema.pack import KUBERNETES, VERSIONS, read_pack
from notifyctl.validate.schema.shape import FORMS
from notifyctl.validate.schema.trim import (
    CHOICES,
    KINDS,
    PORT_NAMES,
    PORTS,
    trim_compose,
    trim_kubernetes,
)


def trimmed(name: str, definition: dict[str, Any], **newest: Any) -> dict[str, Any]:
    return trim_kubernetes({name: definition}, {name: newest} if newest else {})[name]


def test_every_kind_is_packed_for_every_version() -> None:
    roots = read_pack(KUBERNETES).roots

    assert [(version, frozenset(kinds)) for version, kinds in sorted(roots.items())] == [
        (version, KINDS) for version in VERSIONS
    ]


def test_null_is_no_type_of_its_own() -> None:
    spec = trimmed("Spec", {"type": ["object", "null"], "description": "A spec."})

    assert spec == {"type": ["object"]}


def test_what_the_api_server_does_not_ask_for_is_not_required() -> None:
    header = trimmed("io.k8s.HTTPHeader", {"type": "object", "required": ["name", "value"]})

    assert header["required"] == ["name"]


def test_what_the_newest_version_no_longer_requires_was_never_needed() -> None:
    spec = {"type": "object", "required": ["selector", "serviceName"]}

    assert trimmed("Spec", spec, required=["selector"])["required"] == ["selector"]


def test_the_status_of_an_object_is_not_looked_at() -> None:
    fields = {"apiVersion": {"type": "string"}, "status": {"$ref": "#/$defs/Status"}}

    assert trimmed("Pod", {"properties": fields})["properties"]["status"] == {}


def test_a_field_that_is_called_status_elsewhere_is_looked_at() -> None:
    fields = {"status": {"type": "string"}}

    assert trimmed("Condition", {"properties": fields})["properties"] == fields


def test_quantities_have_their_form() -> None:
    quantity = trimmed("io.k8s.Quantity", {"oneOf": [{"type": "string"}, {"type": "number"}]})

    assert quantity == {"type": ["string", "number"], "pattern": FORMS["quantity"][0]}


def test_bytes_are_written_as_base64() -> None:
    data = trimmed("Secret", {"additionalProperties": {"type": "string", "format": "byte"}})

    assert data["additionalProperties"] == {"type": "string", "pattern": FORMS["base64"][0]}


def test_a_port_has_its_limits_whether_a_name_may_stand_in_its_place_or_not() -> None:
    number, either = {"type": ["integer", "null"]}, {"$ref": "#/$defs/io.k8s.IntOrString"}
    fields = {"port": number, "targetPort": either, "nodePort": number}
    words = {"name": {"type": "string"}, "protocol": {"type": "string"}}
    ports = trimmed("io.k8s.ServicePort", {"properties": fields | words})["properties"]

    assert ports["port"] == {"type": ["integer"], "minimum": 1, "maximum": 65535}
    assert ports["targetPort"] == {"type": ["string", "integer"], "minimum": 0, "maximum": 65535}
    assert ports["name"] == {"type": "string", "pattern": FORMS["label"][0]}


def test_every_choice_and_port_is_for_a_field_that_exists() -> None:
    pytest.importorskip(build.KUBERNETES_SOURCE)
    definitions = build.kubernetes_definitions(VERSIONS[-1])
    fields = {
        (name.rpartition(".")[2], field)
        for name, definition in definitions.items()
        for field in definition.get("properties", ())
    }

    added = {(name, field) for table in (CHOICES, PORTS) for name in table for field in table[name]}
    assert added - fields == set()
    assert {(name, "name") for name in PORT_NAMES} - fields == set()


def test_the_durations_of_compose_have_their_form() -> None:
    schema: dict[str, Any] = {"properties": {"interval": {"type": "string"}}}

    assert trim_compose(schema)["properties"]["interval"]["pattern"] == FORMS["duration"][0]
    assert "pattern" not in schema["properties"]["interval"], "the published schema stays as it is"


def test_repetitions_are_left_to_compose() -> None:
    assert trim_compose({"type": "array", "uniqueItems": True}) == {"type": "array"}
