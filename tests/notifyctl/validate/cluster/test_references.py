"""Every place where an object names a Secret or ConfigMap that it cannot do without."""

import pytest

from notifyctl.validate.cluster.objects import manifest_of
from notifyctl.validate.cluster.references import references_of
from notifyctl.validate.kubernetes.manifest_set import assemble
from notifyctl.validate.source import Source
from notifyctl.validate.yaml_reader import read_yaml


def references(pod: str) -> list[tuple[str, str, str | None]]:
    """What a Deployment with this pod refers to."""
    spec = read_yaml(Source("pod", pod)).documents[0].plain()
    live = {"metadata": {"name": "x"}, "spec": {"template": {"spec": spec}}}
    manifest = manifest_of("Deployment", "apps/v1", live)
    assert manifest is not None
    (workload,) = assemble("", [manifest]).manifests
    return [
        (each.kind, each.name.string, each.key.string if each.key else None)
        for each in references_of(workload)
    ]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("env: [{valueFrom: {secretKeyRef: {name: a, key: k}}}]", ("Secret", "a", "k")),
        ("env: [{valueFrom: {configMapKeyRef: {name: a, key: k}}}]", ("ConfigMap", "a", "k")),
        ("envFrom: [{secretRef: {name: a}}]", ("Secret", "a", None)),
        ("envFrom: [{configMapRef: {name: a}}]", ("ConfigMap", "a", None)),
    ],
)
def test_a_container_refers_by_its_environment(
    inside: str, expected: tuple[str, str, str | None]
) -> None:
    assert references(f"containers: [{{image: i, {inside}}}]") == [expected]


@pytest.mark.parametrize(
    ("volume", "expected"),
    [
        ("{secret: {secretName: a}}", [("Secret", "a", None)]),
        ("{configMap: {name: a, items: [{key: k}]}}", [("ConfigMap", "a", "k")]),
        ("{projected: {sources: [{secret: {name: a}}]}}", [("Secret", "a", None)]),
        ("{secret: {secretName: a, optional: true}}", []),
        ("{emptyDir: {}}", []),
    ],
)
def test_a_pod_refers_by_its_volumes(
    volume: str, expected: list[tuple[str, str, str | None]]
) -> None:
    assert references(f"{{containers: [{{image: i}}], volumes: [{volume}]}}") == expected
