from typing import Any

import pytest

from notifyctl.validate.kubernetes.kustomize.transforming import (
    annotated,
    in_namespace,
    labelled,
    scaled,
    with_images,
)
from tests.support.manifests import tree

PAIRS = tree("{team: a}")


def image_after(image: str, change: str) -> str:
    node = tree(f"{{spec: {{initContainers: [{{image: '{image}'}}]}}}}")
    (container,) = with_images(node, [tree(change)])["spec"]["initContainers"].items
    return container["image"].string


def test_a_namespace_is_for_everything_that_has_one() -> None:
    namespace = tree("prod")

    def moved(text: str) -> Any:
        return in_namespace(tree(text), namespace)["metadata"].plain()

    assert moved("{kind: Service, metadata: {namespace: old}}") == {"namespace": "prod"}
    assert moved("{kind: Service}") == {"namespace": "prod"}
    assert moved("{kind: ClusterRole, metadata: {name: a}}") == {"name": "a"}
    assert moved("{kind: Namespace, metadata: {name: a}}") == {"name": "prod"}


def test_labels_reach_pods_and_selectors_only_if_that_is_asked() -> None:
    node = tree(
        "{kind: Deployment, spec: {selector: {matchLabels: {app: x}}, template: {spec: {}}}}"
    )

    def labels(*, templates: bool, selectors: bool) -> Any:
        new = labelled(node, PAIRS, templates=templates, selectors=selectors)
        return [
            new["metadata"]["labels"].plain(),
            new["spec"]["template"]["metadata"]["labels"].plain(),
            new["spec"]["selector"]["matchLabels"].plain(),
        ]

    team = {"team": "a"}
    assert labels(templates=False, selectors=False) == [team, None, {"app": "x"}]
    assert labels(templates=True, selectors=False) == [team, team, {"app": "x"}]
    assert labels(templates=False, selectors=True) == [team, team, {"app": "x", "team": "a"}]


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("{kind: Service, spec: {selector: {app: x}}}", "selector", {"app": "x", "team": "a"}),
        ("{kind: PodDisruptionBudget, spec: {selector: {}}}", "selector", {}),
        (
            "{kind: NetworkPolicy, spec: {podSelector: {matchLabels: {app: x}}}}",
            "podSelector",
            {"matchLabels": {"app": "x", "team": "a"}},
        ),
        ("{kind: NetworkPolicy, spec: {podSelector: {}}}", "podSelector", {}),
        (
            "{kind: NetworkPolicy,"
            " spec: {ingress: [{from: [{podSelector: {matchLabels: {b: c}}}]}]}}",
            "ingress",
            [{"from": [{"podSelector": {"matchLabels": {"b": "c", "team": "a"}}}]}],
        ),
        ("{kind: ConfigMap, spec: {selector: {a: b}}}", "selector", {"a": "b"}),
    ],
)
def test_selectors_of_each_kind(text: str, path: str, expected: Any) -> None:
    new = labelled(tree(text), PAIRS, templates=True, selectors=True)

    assert new["spec"][path].plain() == expected


def test_annotations_reach_the_pods() -> None:
    new = annotated(tree("{kind: CronJob, spec: {jobTemplate: {spec: {template: {}}}}}"), PAIRS)

    template = new["spec"]["jobTemplate"]["spec"]["template"]
    assert new["metadata"]["annotations"].plain() == {"team": "a"}
    assert template["metadata"]["annotations"].plain() == {"team": "a"}


@pytest.mark.parametrize(
    ("image", "change", "expected"),
    [
        ("app:1", "{name: app, newTag: '2'}", "app:2"),
        ("app", "{name: app, newTag: '2'}", "app:2"),
        ("app:1", "{name: app, newName: other}", "other:1"),
        ("app:1", "{name: app, digest: 'sha256:0'}", "app@sha256:0"),
        ("r:5000/app:1", "{name: 'r:5000/app', newName: x, newTag: '2'}", "x:2"),
        ("r:5000/app", "{name: 'r:5000/app', newTag: '2'}", "r:5000/app:2"),
        ("app@sha256:0", "{name: app, newName: x}", "x@sha256:0"),
        ("other:1", "{name: app, newTag: '2'}", "other:1"),
    ],
)
def test_images_are_replaced_by_name(image: str, change: str, expected: str) -> None:
    assert image_after(image, change) == expected


def test_a_new_image_stands_where_its_tag_is_given() -> None:
    change = tree("{name: app, newTag: '2'}", "kustomization.yaml")

    new = with_images(tree("{containers: [{image: app}]}"), [change])

    span = new["containers"].items[0]["image"].span
    assert (span.source.name, span.text) == ("kustomization.yaml", "'2'")


def test_replicas_are_set_by_name_old_or_new() -> None:
    replicas = [tree("{name: a, count: 5}")]
    deployment, service = tree("{kind: Deployment}"), tree("{kind: Service}")

    assert scaled(deployment, frozenset({"a", "x-a"}), replicas)["spec"]["replicas"].integer == 5
    assert scaled(deployment, frozenset({"b"}), replicas) is deployment
    assert scaled(service, frozenset({"a"}), replicas) is service
