import pytest

from notifyctl.validate.schema.pack import KUBERNETES, VERSIONS, read_pack
from notifyctl.validate.schema.removals import REMOVALS, Removal, removal_of


@pytest.mark.parametrize(
    ("api_version", "kind", "removed", "replacement"),
    [
        ("extensions/v1beta1", "Deployment", 16, "apps/v1"),
        ("extensions/v1beta1", "Ingress", 22, "networking.k8s.io/v1"),
        ("policy/v1beta1", "PodDisruptionBudget", 25, "policy/v1"),
        ("policy/v1beta1", "PodSecurityPolicy", 25, ""),
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler", 26, "autoscaling/v2"),
        ("storage.k8s.io/v1beta1", "CSIStorageCapacity", 27, "storage.k8s.io/v1"),
    ],
)
def test_what_went_away(api_version: str, kind: str, removed: int, replacement: str) -> None:
    removal = removal_of(api_version, kind)

    assert removal is not None
    assert (removal.removed, removal.replacement) == (removed, replacement)


def test_what_is_served_has_no_end() -> None:
    assert removal_of("apps/v1", "Deployment") is None


def test_an_end_is_known_once() -> None:
    pairs = [(each.api_version, kind) for each in REMOVALS for kind in each.kinds]

    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("removal", REMOVALS, ids=lambda removal: removal.api_version)
def test_what_replaces_an_api_is_served(removal: Removal) -> None:
    served = read_pack(KUBERNETES).served
    kinds = served.get(removal.replacement, ())
    successors = {"Endpoints": "EndpointSlice"}

    assert not removal.replacement or {successors.get(kind, kind) for kind in removal.kinds} <= set(
        kinds
    )


@pytest.mark.parametrize("removal", REMOVALS, ids=lambda removal: removal.api_version)
def test_what_was_removed_is_not_served(removal: Removal) -> None:
    served = read_pack(KUBERNETES).served.get(removal.api_version, ())
    is_gone = removal.removed is not None and removal.removed <= int(VERSIONS[0][2:])

    assert all((kind not in served) == is_gone for kind in removal.kinds)
    assert removal.removed is None or removal.deprecated < removal.removed
