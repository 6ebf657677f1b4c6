import pytest

from notifyctl.validate.finding import Named
from notifyctl.validate.kubernetes.manifest import (
    Manifest,
    makes_pods,
    may_be_one,
    objects_in,
    texts_of,
)
from tests.support.manifests import tree


def manifest(text: str) -> Manifest:
    node = tree(text)
    return Manifest(node.source, node)


def test_a_manifest_says_what_it_is() -> None:
    found = manifest(
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: b, labels: {c: d}}}"
    )

    assert found.about == Named("Deployment", "a", "b")
    assert (found.api_version, found.group, found.labels) == ("apps/v1", "apps", {"c": "d"})
    assert found.is_a("Deployment")


def test_a_manifest_without_anything_is_still_one() -> None:
    found = manifest("{apiVersion: v1, kind: [Pod], metadata: 5}")

    assert (found.kind, found.name, found.labels, found.annotations) == ("", "", {}, {})


def test_a_list_opens_into_its_items_also_a_list_in_a_list() -> None:
    document = tree(
        """
        apiVersion: v1
        kind: List
        items:
          - {apiVersion: v1, kind: Pod, metadata: {name: a}}
          - apiVersion: apps/v1
            kind: DeploymentList
            items: [{apiVersion: apps/v1, kind: Deployment, metadata: {name: b}}]
          - {apiVersion: v1, kind: Pod, metadata: {name: c}}
        """
    )

    names = [node["metadata"]["name"].string for node in objects_in(document)]

    assert names == ["a", "b", "c"]


def test_what_does_not_say_its_kind_and_version_is_no_object() -> None:
    assert list(objects_in(tree("kind: Pod"))) == []
    assert list(objects_in(tree("{apiVersion: v2, name: chart}"))) == []
    assert list(objects_in(tree("[1, 2]"))) == []


def test_a_namespace_that_is_not_written_may_be_any() -> None:
    assert may_be_one("", "a")
    assert may_be_one("a", "")
    assert may_be_one("a", "a")
    assert not may_be_one("a", "b")


def test_labels_that_are_no_scalars_are_left_out() -> None:
    assert texts_of(tree("{a: 1, b: [x], c: {d: e}, f: , g: 'h'}")) == {"a": "1", "g": "h"}


@pytest.mark.parametrize(
    ("api_version", "kind", "makes"),
    [
        ("v1", "Service", False),
        ("apps/v1", "Deployment", False),
        ("gateway.networking.k8s.io/v1", "HTTPRoute", False),
        ("monitoring.coreos.com/v1", "ServiceMonitor", False),
        ("monitoring.coreos.com/v1", "Prometheus", True),
        ("traefik.io/v1alpha1", "IngressRoute", False),
        ("jobset.x-k8s.io/v1alpha2", "JobSet", True),
        ("postgresql.cnpg.io/v1", "Cluster", True),
    ],
)
def test_what_an_operator_knows_may_make_pods(api_version: str, kind: str, makes: bool) -> None:
    assert makes_pods(manifest(f"{{apiVersion: {api_version}, kind: {kind}}}")) is makes
