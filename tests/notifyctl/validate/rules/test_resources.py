import pytest

from notifyctl.validate.finding import Severity
from tests.support.manifests import pod, together
from tests.support.validating import findings

OTHER = "example.org/other:1.0"


def seen(rule: str, *texts: str, **settings: str) -> list[tuple[str, Severity]]:
    every = findings({"a.yaml": together(*texts)}, **settings)
    return [(each.span.text, each.severity) for each in every if each.rule == rule]


def test_memory_has_a_request_and_a_limit() -> None:
    assert seen("K8316", pod()) == [("name: notify", Severity.ERROR)]
    assert seen("K8316", pod("resources: {requests: {memory: 1Gi}}")) == [
        ("resources", Severity.WARNING)
    ]
    assert seen("K8316", pod("resources: {limits: {memory: 1Gi}}")) == []
    assert seen("K8316", pod(spec="resources: {limits: {memory: 1Gi}}")) == []


def test_the_memory_of_others_is_asked_in_production() -> None:
    assert seen("K8316", pod(image=OTHER)) == []
    assert seen("K8316", pod(image=OTHER), profile="production") == [
        ("name: notify", Severity.WARNING)
    ]


def test_a_limit_on_the_processor_is_only_mentioned() -> None:
    limits = "resources: {limits: {memory: 1Gi, cpu: 500m}}"

    assert seen("K8316", pod(limits)) == [("500m", Severity.INFO)]
    assert seen("K8316", pod(limits, image=OTHER), profile="production") == []


@pytest.mark.parametrize(
    "image", ["app", "app:latest", "localhost:5000/app", "ghcr.io/a/app:latest"]
)
def test_an_image_that_changes_under_its_name(image: str) -> None:
    assert seen("K8317", pod(image=image)) == [(f'"{image}"', Severity.WARNING)]


@pytest.mark.parametrize(
    "image",
    ["app:1", "localhost:5000/app:1", f"app@sha256:{'0' * 64}", "app:${TAG}", "$(IMAGE)", "{{x}}"],
)
def test_an_image_that_stays_or_is_unknown(image: str) -> None:
    assert seen("K8317", pod(image=image)) == []


def test_an_image_that_is_only_on_this_machine_needs_no_tag() -> None:
    assert seen("K8317", pod("imagePullPolicy: Never", image="app")) == []


def test_an_image_that_skaffold_builds_gets_its_tag_there() -> None:
    skaffold = "apiVersion: skaffold/v4beta1\nkind: Config\nbuild: {artifacts: [{image: app}]}\n"

    assert seen("K8317", pod(image="app"), skaffold) == []
    assert len(seen("K8317", pod(image="other"), skaffold)) == 1


def test_the_images_of_init_containers_count_too() -> None:
    assert seen("K8317", pod(spec="initContainers: [{name: i, image: x}]")) == [
        ("x", Severity.WARNING)
    ]
