"""The walker says of every document what `jsonschema` says of it by the same schema."""

from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifyctl.validate.schema import build, pack
from notifyctl.validate.schema.dialect import COMPOSE, KUBERNETES
from notifyctl.validate.schema.trim import KINDS, trim_compose, trim_kubernetes
from notifyctl.validate.schema.walker import mismatches
from tests.support.schema_documents import documents, tree_of, without_nulls

jsonschema: Final = pytest.importorskip("jsonschema")
pytest.importorskip(build.KUBERNETES_SOURCE)
pytest.importorskip(build.COMPOSE_SOURCE)

NEWEST: Final = pack.VERSIONS[-1]
# Fields that the published schema demands and the API server does not.
FORGIVEN: Final = frozenset({"value", "lun", "limits", "seconds"})
IGNORED: Final = frozenset({"status", "managedFields"})


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    return build.kubernetes_definitions(NEWEST)


@pytest.fixture(scope="module")
def trimmed(published: dict[str, Any]) -> dict[str, Any]:
    return trim_kubernetes(published, published)


@pytest.fixture(scope="module")
def definition_of(published: dict[str, Any]) -> dict[str, str]:
    return {key: name for key, (_, name) in build.kinds_of(published).items() if key in KINDS}


def is_valid(value: Any, name: str, definitions: dict[str, Any]) -> bool:
    """What `jsonschema` says of a value."""
    schema = {"$ref": f"#/$defs/{name}", "$defs": definitions}
    return bool(jsonschema.Draft202012Validator(schema).is_valid(value))


def fits(value: Any, kind: str) -> bool:
    """What the walker says of a value."""
    kinds = pack.read_pack(pack.KUBERNETES)
    return not mismatches(tree_of(value), kinds, kinds.roots[NEWEST][kind], kind, KUBERNETES)


SLOW = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SLOW
@given(data=st.data())
def test_manifests_are_judged_as_jsonschema_judges_them(
    data: st.DataObject, trimmed: dict[str, Any], definition_of: dict[str, str]
) -> None:
    kind = data.draw(st.sampled_from(sorted(definition_of)))
    name = definition_of[kind]
    value = data.draw(documents(trimmed[name], trimmed))

    assert fits(value, kind) == is_valid(without_nulls(value), name, trimmed)


@SLOW
@given(data=st.data())
def test_what_the_published_schema_refuses_is_never_let_through(
    data: st.DataObject, published: dict[str, Any], definition_of: dict[str, str]
) -> None:
    kind = data.draw(st.sampled_from(sorted(definition_of)))
    name = definition_of[kind]
    value = data.draw(documents(published[name], published, FORGIVEN, IGNORED))

    assert not fits(value, kind) or is_valid(without_nulls(value), name, published)


@SLOW
@given(data=st.data())
def test_compose_files_are_judged_as_jsonschema_judges_them(data: st.DataObject) -> None:
    schema = trim_compose(build.compose_schema())
    shapes = pack.read_pack(pack.COMPOSE)
    service = schema["$defs"]["service"]
    value = {"services": {"web": data.draw(documents(service, schema["$defs"]))}}

    found = mismatches(tree_of(value), shapes, shapes.roots[""]["compose"], "a file", COMPOSE)

    assert (not found) == jsonschema.Draft202012Validator(schema).is_valid(value)
