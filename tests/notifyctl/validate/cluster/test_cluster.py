"""What belongs together in a namespace finds each other."""

from tests.support.live_namespace import GOOD, cluster_of


def test_a_workload_knows_its_pods_and_a_service_its_slices() -> None:
    cluster = cluster_of(GOOD)
    (workload,) = cluster.manifests.workloads
    (service,) = cluster.manifests.of_kind("Service")

    assert [pod.name for pod in cluster.pods_of(workload)] == ["notify-1", "notify-2"]
    assert [each.name for each in cluster.slices_of(service)] == ["notify-x"]


def test_findings_name_the_namespace() -> None:
    about = cluster_of(GOOD).about

    assert (about.kind, about.name) == ("Namespace", "notify")


def test_a_kind_that_was_skipped_is_not_known() -> None:
    cluster = cluster_of(GOOD, skipped={"Secret": "forbidden"})

    assert not cluster.knows("Secret")
    assert cluster.knows("ConfigMap")
