import pytest

from tests.support.manifests import deployment
from tests.support.validating import found


def texts(text: str) -> list[str]:
    return [span for _, _, span in found({"a.yaml": text}, "K8320")]


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_the_label_that_the_pods_do_not_have_is_shown(kind: str) -> None:
    assert texts(deployment(kind=kind, labels="app: other")) == ["notify"]
    assert texts(deployment(kind=kind, labels="tier: web")) == ["notify"]
    assert texts(deployment(kind=kind, labels="app: notify, tier: web")) == []


def test_expressions_count_too() -> None:
    def selecting(values: str) -> str:
        wanted = f"{{matchExpressions: [{{key: app, operator: In, values: {values}}}]}}"
        return deployment().replace("{matchLabels: {app: notify}}", wanted)

    assert texts(selecting("[notify]")) == []
    assert len(texts(selecting("[other]"))) == 1


def test_a_selector_that_is_missing_is_another_matter() -> None:
    text = deployment().replace("  selector: {matchLabels: {app: notify}}\n", "")

    assert texts(text) == []


def test_a_job_selects_nothing_by_itself() -> None:
    job = deployment(kind="Job", labels="app: other").replace("apps/v1", "batch/v1")

    assert texts(job) == ["notify"]
    assert texts(job.replace("  selector: {matchLabels: {app: notify}}\n", "")) == []


def test_the_template_of_a_network_policy_is_none() -> None:
    policy = (
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a},"
        " spec: {podSelector: {matchLabels: {app: x}}}}"
    )

    assert texts(policy) == []
