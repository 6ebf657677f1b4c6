import pytest

from notifyctl.validate.kubernetes.workload import TEMPLATES, template_of
from notifyctl.validate.settings import Settings
from tests.support.manifests import deployment, only_set, only_workload, pod, tree

SIDECAR = """
    apiVersion: v1
    kind: Pod
    metadata: {name: a}
    spec:
      initContainers:
        - {name: migrate, image: a:1}
        - {name: proxy, image: b:1, restartPolicy: Always}
      containers: [{name: app, image: c:1}]
"""


@pytest.mark.parametrize("kind", TEMPLATES)
def test_every_kind_knows_where_its_pods_are_described(kind: str) -> None:
    text = "{spec: {containers: 1, template: {spec: {containers: 2}}, jobTemplate: {spec: {template: {spec: {containers: 3}}}}}}"

    found = template_of(kind, tree(text))["spec"]["containers"].value

    assert found == {"Pod": 1, "CronJob": 3}.get(kind, 2)


def test_a_sidecar_runs_as_long_as_the_containers_do() -> None:
    workload = only_workload(SIDECAR)

    assert [(each.name, each.role) for each in workload.containers] == [
        ("app", "main"),
        ("proxy", "sidecar"),
    ]
    assert [(each.name, each.role) for each in workload.init_containers] == [("migrate", "init")]


def test_the_number_of_replicas_is_one_unless_it_is_given() -> None:
    assert only_workload(deployment()).replicas == 1
    assert only_workload(deployment(spec="replicas: 3")).replicas == 3
    assert only_workload(deployment(spec="replicas: ${REPLICAS}")).replicas is None
    assert only_workload(deployment(kind="DaemonSet")).replicas is None
    assert only_workload(pod()).replicas is None


def test_a_pod_ends_if_it_is_not_started_again() -> None:
    assert not only_workload(pod()).ends
    assert only_workload(pod(spec="restartPolicy: Never")).ends


def test_half_a_workload_is_a_patch_and_no_workload() -> None:
    patch = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: a}
        spec: {template: {spec: {containers: [{name: app, resources: {}}]}}}
    """

    assert only_set(patch).workloads == []


def test_a_kind_of_another_group_is_no_workload() -> None:
    assert only_set(deployment().replace("apps/v1", "example.org/v1")).workloads == []


def test_containers_that_are_no_mappings_are_none() -> None:
    text = "{apiVersion: v1, kind: Pod, spec: {containers: [5, [], null, {image: a}]}}"

    assert [each.image for each in only_workload(text).containers] == ["a"]


def test_a_workload_holds_sockets_if_one_of_its_containers_does() -> None:
    assert only_workload(pod()).holds_sockets(Settings())
    assert not only_workload(SIDECAR).holds_sockets(Settings())
