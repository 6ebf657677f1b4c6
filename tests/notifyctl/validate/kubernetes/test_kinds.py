from notifyctl.validate.kubernetes.kinds import group_of, is_of_kind


def test_the_core_group_has_no_name() -> None:
    assert [group_of(version) for version in ("v1", "apps/v1", "networking.k8s.io/v1")] == [
        "",
        "apps",
        "networking.k8s.io",
    ]


def test_a_service_of_another_group_is_no_service() -> None:
    assert is_of_kind("Service", "v1", "Service")
    assert not is_of_kind("Service", "serving.knative.dev/v1", "Service")


def test_a_kind_that_is_not_known_counts_by_its_name() -> None:
    assert is_of_kind("ScaledObject", "keda.sh/v1alpha1", "ScaledObject")
    assert not is_of_kind("ScaledJob", "keda.sh/v1alpha1", "ScaledObject")
