"""Budgets for disruption, and autoscalers."""

import pytest

from notifyctl.validate.finding import Severity
from tests.support.manifests import deployment, together
from tests.support.validating import findings


def budget(spec: str, labels: str = "app: notify", namespace: str = "") -> str:
    return f"""\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: notify{", namespace: " + namespace if namespace else ""}}}
spec: {{{spec}, selector: {{matchLabels: {{{labels}}}}}}}
"""


def scaler(spec: str = "maxReplicas: 5", behavior: str = "") -> str:
    return f"""\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: notify}}
spec: {{scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: notify}}, {spec}{behavior}}}
"""


SLOW = ", behavior: {scaleDown: {stabilizationWindowSeconds: 600}}"
MEMORY = "maxReplicas: 5, metrics: [{type: Resource, resource: {name: memory}}]"


def told(rule: str, *texts: str) -> list[tuple[str, str]]:
    """What a rule says: the words at the place, and the message."""
    found = findings({"manifest.yaml": together(*texts)}, select=(rule,))
    return [(each.span.text, each.problem.message) for each in found]


def count(number: int) -> str:
    return f"replicas: {number}"


@pytest.mark.parametrize(
    "texts",
    [
        (deployment(spec=count(3)),),
        (deployment(), scaler()),
        (deployment(spec=count(3)), budget("maxUnavailable: 1", "app: other")),
        (
            deployment(spec=count(3)).replace("{name: notify}", "{name: notify, namespace: a}", 1),
            budget("maxUnavailable: 1", namespace="b"),
        ),
    ],
)
def test_several_pods_of_the_service_need_a_budget(texts: tuple[str, ...]) -> None:
    assert [message for _, message in told("K8311", *texts)] == [
        "no PodDisruptionBudget selects the pods of Deployment `notify`"
    ]


@pytest.mark.parametrize(
    "texts",
    [
        (deployment(),),
        (deployment(spec=count(3)), budget("maxUnavailable: 1")),
        (deployment(spec=count(3), image="redis:8"),),
    ],
)
def test_a_single_pod_and_other_programs_need_none(texts: tuple[str, ...]) -> None:
    assert told("K8311", *texts) == []


@pytest.mark.parametrize(
    ("spec", "pods", "place", "why"),
    [
        ("maxUnavailable: 0", 3, "0", "`maxUnavailable: 0` allows none"),
        ("maxUnavailable: 0%", 3, "0%", "`maxUnavailable: 0%` allows none"),
        ("minAvailable: 100%", 3, "100%", "`minAvailable: 100%` needs them all"),
        ("minAvailable: 3", 3, "3", "it needs 3 pods, and there are 3"),
        ("minAvailable: 1", 1, "1", "it needs 1 pod, and there is 1"),
        ("minAvailable: 80%", 4, "80%", "it needs 4 pods, and there are 4"),
    ],
)
def test_a_budget_must_let_a_pod_go(spec: str, pods: int, place: str, why: str) -> None:
    message = f"PodDisruptionBudget `notify` allows no eviction: {why}"

    assert told("K8312", budget(spec), deployment(spec=count(pods))) == [(place, message)]


@pytest.mark.parametrize(
    ("spec", "pods"),
    [
        ("maxUnavailable: 1", 1),
        ("maxUnavailable: 10%", 2),
        ("minAvailable: 2", 3),
        ("minAvailable: 75%", 4),
        ("minAvailable: 1", 0),
        ("minAvailable: ${MIN}", 3),
    ],
)
def test_a_budget_that_lets_one_go_is_right(spec: str, pods: int) -> None:
    assert told("K8312", budget(spec), deployment(spec=count(pods))) == []


@pytest.mark.parametrize(
    ("fewest", "severities"), [(1, []), (2, [Severity.WARNING]), (3, [Severity.ERROR])]
)
def test_a_budget_is_compared_with_the_fewest_pods_of_an_autoscaler(
    fewest: int, severities: list[Severity]
) -> None:
    texts = (budget(f"minAvailable: {fewest}"), deployment(), scaler("minReplicas: 2"))
    found = findings({"manifest.yaml": together(*texts)}, select=("K8312",))

    assert [each.severity for each in found] == severities


def test_replicas_and_an_autoscaler_work_against_each_other() -> None:
    assert told("K8321", deployment(spec=count(3), image="a:1"), scaler()) == [
        ("3", "`replicas` of Deployment `notify` resets what the autoscaler sets")
    ]
    assert told("K8321", deployment(spec=count(0), image="a:1"), scaler()) == []
    assert told("K8321", deployment(image="a:1"), scaler()) == []


@pytest.mark.parametrize(
    "metrics",
    [
        "",
        ", metrics: [{type: Resource, resource: {name: cpu}}]",
        ", metrics: [{type: ContainerResource, containerResource: {name: cpu, container: a}}]",
    ],
)
def test_the_cpu_alone_tells_little_about_connections(metrics: str) -> None:
    found = told("K8321", deployment(), scaler("maxReplicas: 5" + metrics, SLOW))

    assert [message for _, message in found] == [
        "HorizontalPodAutoscaler `notify` looks at the CPU only"
    ]


@pytest.mark.parametrize(
    ("behavior", "is_told"),
    [
        ("", True),
        (", behavior: {scaleDown: {stabilizationWindowSeconds: 0}}", True),
        (SLOW, False),
        (", behavior: {scaleDown: {selectPolicy: Disabled}}", False),
        (", behavior: {scaleDown: {policies: [{type: Pods, value: 1}]}}", False),
    ],
)
def test_fewer_pods_should_come_slowly(behavior: str, is_told: bool) -> None:
    found = told("K8321", deployment(), scaler(MEMORY, behavior))

    assert [message for _, message in found] == [
        "HorizontalPodAutoscaler `notify` does not say how slowly it scales down"
    ] * is_told
