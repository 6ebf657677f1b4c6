import pytest

from notifyctl.validate.finding import Severity
from tests.support.manifests import SERVICE, deployment, together
from tests.support.validating import findings

OTHER = "example.org/other:1.0"
CLAIM = "volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]"
SCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: notify}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: notify}, maxReplicas: 9}
"""
KEDA = """\
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: notify}
spec: {scaleTargetRef: {name: notify}}
"""


def seen(rule: str, *manifests: str, **settings: str) -> list[tuple[str, Severity]]:
    every = findings({"a.yaml": together(*manifests)}, **settings)
    return [(each.span.text, each.severity) for each in every if each.rule == rule]


def rolling(replicas: int, most: str, more: str = "") -> str:
    strategy = f"strategy: {{rollingUpdate: {{maxUnavailable: {most}}}}}"
    return deployment(spec=f"replicas: {replicas}\n{strategy}\n{more}")


def test_recreate_drops_all_connections() -> None:
    text = deployment(spec="replicas: 2\nstrategy: {type: Recreate}")

    assert seen("K8309", text) == [("Recreate", Severity.ERROR)]


def test_recreate_is_right_for_one_pod_with_a_volume_of_its_own() -> None:
    one, two = (f"replicas: {number}\nstrategy: {{type: Recreate}}" for number in (1, 2))

    assert seen("K8309", deployment(spec=one, pod=CLAIM)) == []
    assert len(seen("K8309", deployment(spec=one))) == 1
    assert len(seen("K8309", deployment(spec=two, pod=CLAIM))) == 1


def test_what_is_turned_off_drops_nobody() -> None:
    assert seen("K8309", deployment(spec="replicas: 0\nstrategy: {type: Recreate}")) == []


def test_only_a_deployment_has_such_a_strategy() -> None:
    text = deployment(spec="replicas: 3\nstrategy: {type: Recreate}", kind="StatefulSet")

    assert seen("K8309", text) == []


def test_a_number_says_nothing_where_an_autoscaler_decides() -> None:
    assert seen("K8309", deployment(spec="strategy: {rollingUpdate: {maxUnavailable: 1}}")) == []


def test_half_at_once_is_no_better_for_being_slow() -> None:
    assert seen("K8309", rolling(2, "1", "minReadySeconds: 30")) == [("1", Severity.ERROR)]


def test_the_rollouts_of_others_are_theirs() -> None:
    text = deployment(spec="strategy: {type: Recreate}", image=OTHER)

    assert seen("K8309", text, profile="production") == []


@pytest.mark.parametrize(
    ("replicas", "most"), [(2, "1"), (4, "2"), (4, "50%"), (3, "100%"), (1, "9")]
)
def test_half_of_the_pods_at_once_is_an_error(replicas: int, most: str) -> None:
    assert seen("K8309", rolling(replicas, most)) == [(most, Severity.ERROR)]


def test_more_than_a_quarter_is_a_warning_unless_it_is_spread() -> None:
    assert seen("K8309", rolling(3, "1")) == [("1", Severity.WARNING)]
    assert seen("K8309", rolling(3, "1", "minReadySeconds: 30")) == []


@pytest.mark.parametrize(
    ("replicas", "most"), [(4, "1"), (3, "25%"), (1, "50%"), (3, "0"), (4, "'${X}'")]
)
def test_a_quarter_is_right_and_a_percentage_is_rounded_down(replicas: int, most: str) -> None:
    assert seen("K8309", rolling(replicas, most)) == []


def test_nothing_is_said_about_the_usual_strategy() -> None:
    assert seen("K8309", deployment()) == []
    assert seen("K8309", deployment(spec="replicas: 1")) == []


def test_a_percentage_counts_as_it_is_where_an_autoscaler_decides() -> None:
    text = deployment(spec="strategy: {rollingUpdate: {maxUnavailable: 60%}}")

    assert seen("K8309", text) == [("60%", Severity.ERROR)]


def test_a_single_pod_of_the_notification_service_is_a_warning() -> None:
    assert seen("K8310", deployment(spec="replicas: 1")) == [("1", Severity.WARNING)]
    assert seen("K8310", deployment()) == [("spec", Severity.WARNING)]
    assert seen("K8310", deployment(spec="replicas: 1", pod=CLAIM)) == [("1", Severity.WARNING)]
    assert seen("K8310", deployment(spec="replicas: 2")) == []
    assert seen("K8310", deployment(spec="replicas: 0")) == []


@pytest.mark.parametrize("scaler", [SCALER, KEDA])
def test_an_autoscaler_makes_more(scaler: str) -> None:
    assert seen("K8310", deployment(), scaler) == []


def test_others_are_asked_in_production_if_a_service_leads_to_them() -> None:
    other = deployment("ports: [{containerPort: 1, name: http}]", image=OTHER)
    stateful = deployment(pod=CLAIM, image=OTHER)
    templates = "volumeClaimTemplates: [{metadata: {name: data}}]"
    own = deployment(spec=templates, kind="StatefulSet", image=OTHER)

    assert seen("K8310", SERVICE, other) == []
    assert len(seen("K8310", SERVICE, other, profile="production")) == 1
    assert seen("K8310", other, profile="production") == []
    assert seen("K8310", SERVICE, stateful, profile="production") == []
    assert seen("K8310", SERVICE, own, profile="production") == []


def test_where_something_was_not_read_the_autoscaler_may_be_there() -> None:
    files = {
        "kustomization.yaml": "resources: [a.yaml, 'https://example.org/scaler.yaml']",
        "a.yaml": deployment(),
    }

    assert [each for each in findings(files) if each.rule == "K8310"] == []


def test_a_number_that_is_written_is_known() -> None:
    files = {
        "kustomization.yaml": "resources: [a.yaml, 'https://example.org/more.yaml']",
        "a.yaml": deployment(spec="replicas: 1"),
    }

    assert [each.span.text for each in findings(files) if each.rule == "K8310"] == ["1"]
