"""A namespace is read kind by kind over real sockets; what may not be read is named."""

import pytest

from notifyctl.validate.cluster.reading import KINDS, api_path, read_cluster
from tests.support.api_server import FakeCluster
from tests.support.live_namespace import GOOD


def quiet(text: str, /, *, passing: bool = False) -> None:
    """Nobody watches."""


def test_what_people_made_is_apart_from_what_kubernetes_made(
    fake: FakeCluster, kubeconfig: str
) -> None:
    fake.add_yaml(GOOD)

    reading = read_cluster(None, None, kubeconfig=kubeconfig, progress=quiet)

    assert (reading.skipped, reading.unchecked) == ([], [])
    cluster = reading.cluster
    assert cluster is not None
    made = [f"{each.kind}/{each.name}" for each in cluster.manifests.manifests]
    assert "Deployment/notify" in made
    assert not [each for each in made if each.startswith(("Pod/", "EndpointSlice/", "Node/"))]
    assert [pod.name for pod in cluster.pods] == ["notify-1", "notify-2"]
    assert [node.name for node in cluster.nodes] == ["one", "two"]
    assert not cluster.manifests.incomplete


def test_a_pod_that_nobody_made_again_is_a_workload(fake: FakeCluster, kubeconfig: str) -> None:
    fake.add("Pod", {"metadata": {"name": "lonely"}, "spec": {"containers": [{"image": "x"}]}})

    cluster = read_cluster(None, None, kubeconfig=kubeconfig, progress=quiet).cluster

    assert cluster is not None
    assert [each.name for each in cluster.manifests.workloads] == ["lonely"]


def test_long_lists_are_read_to_their_end(fake: FakeCluster, kubeconfig: str) -> None:
    fake.page = 2
    for number in range(5):
        fake.add("ConfigMap", {"metadata": {"name": f"c{number}"}})

    cluster = read_cluster(None, None, kubeconfig=kubeconfig, progress=quiet).cluster

    assert cluster is not None
    assert len(cluster.manifests.manifests) == 5


@pytest.mark.parametrize("status", [403, 500])
def test_a_kind_that_cannot_be_read_is_skipped_and_the_others_are_there(
    fake: FakeCluster, kubeconfig: str, status: int
) -> None:
    fake.add_yaml(GOOD).statuses["secrets"] = status

    reading = read_cluster(None, None, kubeconfig=kubeconfig, progress=quiet)

    assert reading.cluster is not None
    (skipped,) = reading.skipped
    assert skipped.startswith("Secret skipped: ")
    assert skipped.endswith("forbidden") == (status == 403)
    assert reading.cluster.manifests.of_kind("Deployment")
    assert reading.cluster.manifests.incomplete


def test_a_kind_that_the_cluster_does_not_know_is_no_lack(
    fake: FakeCluster, kubeconfig: str
) -> None:
    fake.add_yaml(GOOD)

    reading = read_cluster(None, None, kubeconfig=kubeconfig, progress=quiet)

    assert "/apis/gateway.networking.k8s.io/v1/namespaces/notify/httproutes" in {
        asked.path for asked in fake.asked
    }
    assert reading.skipped == []


@pytest.mark.parametrize(
    ("context", "namespace", "said"),
    [
        (None, "elsewhere", "has no namespace 'elsewhere'"),
        (None, "../secrets", "'../secrets' is no name of a namespace"),
        ("prod", None, "no context 'prod'"),
        (None, None, "has nothing to check in namespace 'notify'"),
    ],
)
def test_what_cannot_be_checked_is_one_sentence(
    fake: FakeCluster, kubeconfig: str, context: str | None, namespace: str | None, said: str
) -> None:
    reading = read_cluster(context, namespace, kubeconfig=kubeconfig, progress=quiet)

    (unchecked,) = reading.unchecked
    assert said in unchecked.reason


def test_only_lists_and_the_namespace_are_asked_for(fake: FakeCluster, kubeconfig: str) -> None:
    read_cluster(None, None, kubeconfig=kubeconfig, progress=quiet)

    assert {asked.method for asked in fake.asked} == {"GET"}
    assert len(fake.asked) == len(KINDS) + 1
    assert not [asked.path for asked in fake.asked if asked.path.endswith("events")]


def test_the_core_is_elsewhere_than_the_groups() -> None:
    assert (api_path("v1"), api_path("apps/v1")) == ("/api/v1", "/apis/apps/v1")
