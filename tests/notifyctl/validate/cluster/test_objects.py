"""What an API server answers becomes a text, without what must not be seen."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.validate.cluster.objects import as_yaml, is_owned, manifest_of, without_secrets
from notifyctl.validate.source import Source
from notifyctl.validate.tree import Scalar
from notifyctl.validate.yaml_reader import read_yaml

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [
        "y",
        "yes",
        "1e3",
        "0o17",
        "22:22",
        "null",
        "~",
        "",
        "on",
        "1_000",
        "- x",
        "a: b",
        "#",
        "x\ny\n",
        "0x1F",
    ]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=10,
)


@given(value=st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4))
def test_what_is_written_is_read_as_the_same_again(value: dict[str, Any]) -> None:
    reading = read_yaml(Source("cluster", as_yaml(value)))

    assert [reading.documents[0].plain(), reading.flaws] == [value, []]
    scalars = (node for node in reading.documents[0].walk() if isinstance(node, Scalar))
    assert not any(node.is_old_boolean for node in scalars), "others would read a boolean"


def test_values_of_a_secret_are_nowhere_in_its_text() -> None:
    secret = {
        "metadata": {
            "name": "notify",
            "managedFields": [{"manager": "kubectl"}],
            "annotations": {
                "kubectl.kubernetes.io/last-applied-configuration": '{"key":"aHVudGVyMg=="}',
                "team": "red",
            },
        },
        "data": {"key": "aHVudGVyMg=="},
        "stringData": {"other": "aHVudGVyMg=="},
    }

    manifest = manifest_of("Secret", "v1", secret)

    assert manifest is not None
    assert "aHVudGVyMg" not in manifest.source.text
    assert "managedFields" not in manifest.source.text
    assert manifest.node["data"].plain() == {"key": ""}
    assert manifest.annotations == {"team": "red"}
    assert secret["data"] == {"key": "aHVudGVyMg=="}, "what was given is not changed"


def test_values_of_a_config_map_are_kept_because_ports_stand_there() -> None:
    kept = without_secrets("ConfigMap", {"data": {"port": "8001"}, "binaryData": {"logo": "AAAA"}})

    assert kept == {"data": {"port": "8001"}, "binaryData": {"logo": ""}}


def test_its_source_is_named_by_namespace_kind_and_name() -> None:
    manifest = manifest_of("Service", "v1", {"metadata": {"name": "a", "namespace": "b"}})

    assert manifest is not None
    assert manifest.source.name == "cluster:b/Service/a"
    assert (manifest.kind, manifest.api_version) == ("Service", "v1")


def test_an_object_without_a_name_is_none() -> None:
    assert manifest_of("Service", "v1", {"metadata": {}}) is None
    assert manifest_of("Service", "v1", {"metadata": None}) is None


@pytest.mark.parametrize(
    ("owners", "owned"),
    [([{"kind": "ReplicaSet", "controller": True}], True), ([{"kind": "Node"}], False), (3, False)],
)
def test_an_object_is_owned_by_its_controller_only(owners: Any, owned: bool) -> None:
    pod = manifest_of("Pod", "v1", {"metadata": {"name": "a", "ownerReferences": owners}})

    assert pod is not None
    assert is_owned(pod) == owned
