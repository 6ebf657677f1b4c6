import pytest

from notifyctl.validate.finding import Severity
from tests.support.manifests import SERVICE, deployment, pod, together
from tests.support.validating import findings, found

FILE = "manifest.yaml"
HTTP = "ports: [{name: http, containerPort: 8000}]"
BOTH = "ports: [{name: http, containerPort: 8000}, {name: ws, containerPort: 8001}]"
OTHER = "example.org/other:1.0"


def texts(rule: str, *manifests: str, **settings: str) -> list[str]:
    """What the carets are under, where a rule finds something."""
    return [text for _, _, text in found({FILE: together(*manifests)}, rule, **settings)]


def severities(rule: str, *manifests: str, **settings: str) -> list[Severity]:
    every = findings({FILE: together(*manifests)}, **settings)
    return [finding.severity for finding in every if finding.rule == rule]


def test_a_readiness_probe_is_missing_only_behind_a_service() -> None:
    assert texts("K8301", SERVICE, deployment(HTTP)) == ["name: notify"]
    assert texts("K8301", deployment(HTTP)) == []
    assert texts("K8301", SERVICE, deployment(HTTP, labels="app: other")) == []
    assert texts("K8301", SERVICE, deployment(f"{HTTP}, readinessProbe: {{exec: {{}}}}")) == []


def test_the_finding_shows_the_service() -> None:
    every = findings({FILE: together(SERVICE, deployment(HTTP))})

    (finding,) = [each for each in every if each.rule == "K8301"]
    assert [each.span.begin.line for each in finding.problem.related] == [3]


def test_a_container_that_the_service_does_not_reach_needs_no_readiness_probe() -> None:
    assert texts("K8301", SERVICE, deployment("ports: [{name: metrics, containerPort: 9}]")) == []


def test_a_service_that_leads_to_whoever_is_not_ready_asks_nobody() -> None:
    service = SERVICE.replace("spec: {", "spec: {publishNotReadyAddresses: true, ")

    assert texts("K8301", service, deployment(HTTP)) == []


def test_a_job_is_never_asked_for_probes() -> None:
    job = deployment(HTTP, kind="Job").replace("apps/v1", "batch/v1")

    assert texts("K8301", SERVICE, job, profile="production") == []
    assert texts("K8302", SERVICE, job, profile="production") == []


def test_the_readiness_of_others_weighs_less_in_development() -> None:
    other = deployment(HTTP, image=OTHER)

    assert severities("K8301", SERVICE, other) == [Severity.WARNING]
    assert severities("K8301", SERVICE, other, profile="production") == [Severity.ERROR]
    assert severities("K8301", SERVICE, deployment(HTTP)) == [Severity.ERROR]


def test_a_liveness_probe_is_missing_where_others_connect() -> None:
    other = deployment(HTTP, image=OTHER)

    assert texts("K8302", deployment()) == ["name: notify"]
    assert texts("K8302", SERVICE, other) == ["name: notify"]
    assert texts("K8302", other) == []
    assert texts("K8302", other, profile="production") == ["name: notify"]
    assert texts("K8302", deployment("livenessProbe: {exec: {}}")) == []


def test_a_sidecar_needs_no_liveness_probe() -> None:
    sidecar = "initContainers: [{name: p, image: p:1, restartPolicy: Always}]"
    text = deployment("livenessProbe: {exec: {}}", pod=sidecar)

    assert texts("K8302", text, profile="production") == []


@pytest.mark.parametrize("probe", ["readinessProbe", "livenessProbe", "startupProbe"])
@pytest.mark.parametrize("handler", ["httpGet", "tcpSocket"])
def test_a_probe_of_a_name_that_the_container_does_not_have(probe: str, handler: str) -> None:
    text = deployment(f"{HTTP}, {probe}: {{{handler}: {{port: web}}}}", image=OTHER)

    assert texts("K8303", text) == ["web"]


def test_a_number_in_quotes_is_a_name_and_can_be_fixed() -> None:
    text = deployment(f'{HTTP}, readinessProbe: {{httpGet: {{port: "8000"}}}}', image=OTHER)

    (finding,) = [each for each in findings({FILE: text}) if each.rule == "K8303"]

    assert finding.span.text == '"8000"'
    assert finding.problem.fix is not None
    assert [edit.text for edit in finding.problem.fix.edits] == ["8000"]


def test_a_number_that_is_no_port_has_no_fix() -> None:
    text = deployment(f'{HTTP}, readinessProbe: {{httpGet: {{port: "99999"}}}}', image=OTHER)

    (finding,) = [each for each in findings({FILE: text}) if each.rule == "K8303"]

    assert finding.problem.fix is None
    assert "no TCP port of it has that name" in finding.problem.message


def test_a_port_for_datagrams_is_no_port_for_a_probe() -> None:
    udp = "ports: [{name: dns, containerPort: 53, protocol: UDP}]"

    assert texts("K8303", deployment(f"{udp}, livenessProbe: {{tcpSocket: {{port: dns}}}}")) == [
        "dns"
    ]


@pytest.mark.parametrize(
    "probe", ["{httpGet: {port: 9}}", "{tcpSocket: {port: 9}}", "{grpc: {port: 9}}"]
)
def test_a_number_is_compared_only_for_the_notification_service(probe: str) -> None:
    assert texts("K8303", deployment(f"{BOTH}, livenessProbe: {probe}")) == ["9"]
    assert texts("K8303", deployment(f"{HTTP}, livenessProbe: {probe}", image=OTHER)) == []
    assert texts("K8303", deployment(f"livenessProbe: {probe}")) == []


@pytest.mark.parametrize(
    "probe",
    [
        "{httpGet: {port: http}}",
        "{httpGet: {port: 8001}}",
        "{httpGet: {port: $(PORT)}}",
        "{httpGet: {port: '${PORT}'}}",
        "{httpGet: {port: web, host: example.org}}",
        "{exec: {command: [x]}}",
        "{httpGet: {}}",
    ],
)
def test_a_probe_that_may_be_right_is_right(probe: str) -> None:
    assert texts("K8303", deployment(f"{HTTP}, livenessProbe: {probe}")) == []


def test_a_pod_by_itself_is_asked_as_well() -> None:
    assert texts("K8302", pod()) == ["name: notify"]
