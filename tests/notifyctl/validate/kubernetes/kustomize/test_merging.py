from typing import Any

import pytest

from notifyctl.validate.kubernetes.kustomize.merging import merged
from tests.support.manifests import tree


def merge(base: str, patch: str, version: str = "apps/v1") -> Any:
    """A patch over a spec, and what is left of it."""
    whole = tree(f"{{apiVersion: {version}, spec: {base}}}", "base.yaml")
    node = merged(whole, tree(f"{{spec: {patch}}}", "patch.yaml"))
    assert node is not None
    return node["spec"].plain()


@pytest.mark.parametrize(
    ("base", "patch", "expected"),
    [
        ("{a: 1, b: 2}", "{b: 3, c: 4}", {"a": 1, "b": 3, "c": 4}),
        ("{a: 1, b: 2}", "{a: null}", {"b": 2}),
        ("{a: {b: 1, c: 2}}", "{a: {$patch: replace, d: 3}}", {"a": {"d": 3}}),
        ("{a: {b: 1}, c: 2}", "{a: {$patch: delete}}", {"c": 2}),
        ("{args: [a, b]}", "{args: [c]}", {"args": ["c"]}),
        ("{tolerations: [{key: a}]}", "{tolerations: [{key: b}]}", {"tolerations": [{"key": "b"}]}),
        ("{a: 1}", "{a: {b: 2}}", {"a": {"b": 2}}),
        (
            "{strategy: {type: A, r: 1}}",
            "{strategy: {$retainKeys: [type], type: B}}",
            {"strategy": {"type": "B"}},
        ),
    ],
)
def test_mappings_are_merged_and_lists_without_a_key_replaced(
    base: str, patch: str, expected: Any
) -> None:
    assert merge(base, patch) == expected


@pytest.mark.parametrize(
    ("base", "patch", "expected"),
    [
        (
            "{containers: [{name: a, image: x}, {name: b}]}",
            "{containers: [{name: a, tty: true}]}",
            {"containers": [{"name": "a", "image": "x", "tty": True}, {"name": "b"}]},
        ),
        (
            "{containers: [{name: a}]}",
            "{containers: [{name: new}]}",
            {"containers": [{"name": "new"}, {"name": "a"}]},
        ),
        (
            "{env: [{name: A, value: '1'}, {name: B}]}",
            "{env: [{name: A, $patch: delete}]}",
            {"env": [{"name": "B"}]},
        ),
        ("{env: [{name: A}]}", "{env: [{name: B}, {$patch: replace}]}", {"env": [{"name": "B"}]}),
        (
            "{volumeMounts: [{mountPath: /a, name: x}]}",
            "{volumeMounts: [{mountPath: /a, name: y}]}",
            {"volumeMounts": [{"mountPath": "/a", "name": "y"}]},
        ),
        (
            "{ports: [{containerPort: 53, protocol: UDP}, {containerPort: 53, protocol: TCP}]}",
            "{ports: [{containerPort: 53, protocol: TCP, name: dns}]}",
            {
                "ports": [
                    {"containerPort": 53, "protocol": "UDP"},
                    {"containerPort": 53, "protocol": "TCP", "name": "dns"},
                ]
            },
        ),
        (
            "{ports: [{port: 80, targetPort: 1}]}",
            "{ports: [{port: 80, targetPort: 2}]}",
            {"ports": [{"port": 80, "targetPort": 2}]},
        ),
        ("{env: [{name: A}]}", "{env: [{name: X, $patch: delete}]}", {"env": [{"name": "A"}]}),
        (
            "{env: [{name: A}, {value: '1'}]}",
            "{env: [{value: '2'}]}",
            {"env": [{"value": "2"}, {"name": "A"}, {"value": "1"}]},
        ),
    ],
)
def test_lists_of_named_things_are_merged_item_by_item(
    base: str, patch: str, expected: Any
) -> None:
    assert merge(base, patch) == expected


def test_the_groups_of_kubernetes_are_its_own() -> None:
    base, patch = "{webhooks: [{name: a}, {name: b}]}", "{webhooks: [{name: a, x: 1}]}"

    found = merge(base, patch, "admissionregistration.k8s.io/v1")

    assert found == {"webhooks": [{"name": "a", "x": 1}, {"name": "b"}]}


def test_lists_of_what_others_have_made_are_replaced() -> None:
    base, patch = "{containers: [{name: a}, {name: b}]}", "{containers: [{name: a}]}"

    assert merge(base, patch, "example.org/v1") == {"containers": [{"name": "a"}]}


def test_a_patch_can_delete_the_whole() -> None:
    assert merged(tree("{apiVersion: v1, kind: A}"), tree("{$patch: delete}")) is None


def test_each_value_stands_in_the_file_that_it_comes_from() -> None:
    base = tree("apiVersion: v1\nspec:\n  containers:\n  - name: a\n    image: x\n", "base.yaml")
    patch = tree("spec:\n  containers:\n  - name: a\n    tty: true\n", "patch.yaml")

    node = merged(base, patch)

    assert node is not None
    (container,) = node["spec"]["containers"].items
    assert container["image"].span.source.name == "base.yaml"
    assert container["tty"].span.source.name == "patch.yaml"
    assert (container.head.text, container.head.source.name) == ("name: a", "base.yaml")
