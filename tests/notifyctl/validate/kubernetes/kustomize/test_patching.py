import pytest

from notifyctl.validate.kubernetes.kustomize.patching import Patch, with_patch
from notifyctl.validate.kubernetes.kustomize.resource import Resource
from tests.support.manifests import tree

NODE = tree(
    "{apiVersion: apps/v1, kind: Deployment,"
    " metadata: {name: x-a, namespace: n, labels: {app: a, tier: web}, annotations: {who: me}}}"
)
RESOURCE = Resource(NODE.source, NODE, frozenset({"a"}))
NO_TARGET = tree("{}")["target"]


def is_for(target: str) -> bool:
    return Patch(tree("[]"), tree(target)).is_for(RESOURCE)


@pytest.mark.parametrize(
    "target",
    [
        "{kind: Deployment}",
        "{kind: Dep.*, name: x-.}",
        "{name: a}",
        "{group: apps, version: v1}",
        "{namespace: n}",
        "{labelSelector: app=a}",
        "{labelSelector: 'app in (a, b), tier!=db, !gone, tier'}",
        "{labelSelector: app notin (b)}",
        "{annotationSelector: who==me}",
        "{name: '[('}".replace("[(", "x-a"),
    ],
)
def test_a_target_fits(target: str) -> None:
    assert is_for(target)


@pytest.mark.parametrize(
    "target",
    [
        "{kind: Deploy}",
        "{kind: Service, name: a}",
        "{name: b}",
        "{name: '[('}",
        "{group: batch}",
        "{namespace: m}",
        "{labelSelector: app=b}",
        "{labelSelector: 'app in (b)'}",
        "{labelSelector: app notin (a)}",
        "{labelSelector: '!app'}",
        "{labelSelector: gone}",
        "{annotationSelector: who=you}",
    ],
)
def test_a_target_does_not_fit(target: str) -> None:
    assert not is_for(target)


@pytest.mark.parametrize("name", ["a", "x-a"])
def test_a_patch_without_a_target_says_itself_whom_it_is_for(name: str) -> None:
    content = tree(f"{{kind: Deployment, metadata: {{name: {name}}}, spec: {{replicas: 3}}}}")

    (found,) = with_patch([RESOURCE], Patch(content, NO_TARGET))

    assert found.node["spec"]["replicas"].integer == 3
    assert found.name == "x-a"


def test_a_patch_in_another_namespace_is_for_another_object() -> None:
    content = tree("{kind: Deployment, metadata: {name: a, namespace: m}, spec: {replicas: 3}}")

    assert with_patch([RESOURCE], Patch(content, NO_TARGET)) == [RESOURCE]


def test_a_patch_adds_labels_and_deletes_objects() -> None:
    label = tree("{kind: Deployment, metadata: {name: a, labels: {new: x}}}")
    delete = tree("{kind: Deployment, metadata: {name: a}, $patch: delete}")

    (found,) = with_patch([RESOURCE], Patch(label, NO_TARGET))

    assert found.node["metadata"]["labels"].plain() == {"app": "a", "tier": "web", "new": "x"}
    assert with_patch([RESOURCE], Patch(delete, NO_TARGET)) == []


def test_a_list_of_operations_is_for_nobody_without_a_target() -> None:
    operations = tree("[{op: add, path: /spec, value: {}}]")

    assert with_patch([RESOURCE], Patch(operations, NO_TARGET)) == [RESOURCE]
    (found,) = with_patch([RESOURCE], Patch(operations, tree("{kind: Deployment}")))
    assert found.node["spec"].plain() == {}
