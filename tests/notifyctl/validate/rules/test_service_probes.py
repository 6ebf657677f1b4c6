import pytest

from tests.support.manifests import deployment
from tests.support.validating import findings, found

FILE = "manifest.yaml"
BOTH = "ports: [{name: http, containerPort: 8000}, {name: ws, containerPort: 8001}]"
OTHER = "example.org/other:1.0"


def texts(rule: str, manifest: str) -> list[str]:
    """What the carets are under, where a rule finds something."""
    return [text for _, _, text in found({FILE: manifest}, rule)]


def both_probes(readiness: str, liveness: str, image: str = "notifyctl:1") -> str:
    live = f"livenessProbe: {{{liveness}, timeoutSeconds: 5}}"
    return deployment(f"{BOTH}, readinessProbe: {{{readiness}}}, {live}", image=image)


def test_readiness_must_not_ask_what_liveness_asks() -> None:
    health, ready = (f"httpGet: {{path: /{path}, port: http}}" for path in ("healthz", "readyz"))

    assert texts("K8304", both_probes(health, health)) == ["{path: /healthz, port: http}"]
    assert texts("K8304", both_probes(ready, ready)) == ["{path: /readyz, port: http}"]
    assert texts("K8304", both_probes(ready, health)) == []
    assert len(texts("K8304", both_probes(health, health, image=OTHER))) == 1


def test_with_one_path_for_both_there_is_nothing_to_tell_apart() -> None:
    health = "httpGet: {path: /healthz, port: http}"
    files = {FILE: both_probes(health, health)}

    assert found(files, "K8304", ready_path="/healthz") == []


def test_a_single_probe_is_like_no_other() -> None:
    probe = "{httpGet: {path: /healthz, port: 8000}, timeoutSeconds: 5}"

    assert texts("K8304", deployment(f"readinessProbe: {probe}")) == []
    assert texts("K8304", deployment(f"livenessProbe: {probe}")) == []


def test_where_both_speak_on_one_port_pages_can_be_got_from_it() -> None:
    text = deployment("ports: [{containerPort: 8001}], livenessProbe: {httpGet: {port: 8001}}")

    assert len(found({FILE: text}, "K8305")) == 1
    assert found({FILE: text}, "K8305", http_port=8001) == []


def test_for_other_services_readiness_may_be_liveness() -> None:
    probes = "readinessProbe: {exec: {command: [x]}}, livenessProbe: {exec: {command: [x]}}"

    assert texts("K8304", deployment(probes, image=OTHER)) == []


def test_the_probe_that_should_ask_something_else_is_named() -> None:
    def help_for(path: str) -> str:
        probe = f"httpGet: {{path: {path}, port: http}}"
        every = findings({FILE: both_probes(probe, probe)})
        return next(each.problem.help for each in every if each.rule == "K8304")

    assert help_for("/healthz") == "let the readiness probe get `/readyz`"
    assert help_for("/readyz") == "let the liveness probe get `/healthz`"


@pytest.mark.parametrize("port", ["ws", "8001"])
def test_a_page_cannot_be_got_from_the_websocket_port(port: str) -> None:
    text = deployment(f"{BOTH}, livenessProbe: {{httpGet: {{path: /x, port: {port}}}}}")

    assert texts("K8305", text) == [port]


def test_notifyd_answers_its_health_on_the_websocket_port_and_others_do_not() -> None:
    probe = f"{BOTH}, livenessProbe: {{httpGet: {{path: /healthz, port: ws}}}}"

    assert texts("K8305", deployment(probe)) == []
    assert texts("K8305", deployment(probe, image=OTHER)) == ["ws"]


@pytest.mark.parametrize("probe", ["{tcpSocket: {port: ws}}", "{httpGet: {path: /x, port: http}}"])
def test_a_socket_can_be_opened_on_any_port(probe: str) -> None:
    assert texts("K8305", deployment(f"{BOTH}, livenessProbe: {probe}", image=OTHER)) == []


def test_port_8001_is_not_the_websocket_port_of_everybody() -> None:
    text = deployment(
        "ports: [{containerPort: 8001}], livenessProbe: {httpGet: {port: 8001}}", image=OTHER
    )

    assert texts("K8305", text) == []


@pytest.mark.parametrize(
    ("times", "place"),
    [
        ("periodSeconds: 5, failureThreshold: 1", ["1"]),
        ("periodSeconds: 5", ["5"]),
        ("failureThreshold: 2", ["2"]),
        ("timeoutSeconds: 1", ["1"]),
        ("periodSeconds: 10, failureThreshold: 3", []),
        ("timeoutSeconds: 5", []),
        ("initialDelaySeconds: 1", []),
    ],
)
def test_a_liveness_probe_has_to_be_patient(times: str, place: list[str]) -> None:
    probe = f"livenessProbe: {{httpGet: {{path: /healthz, port: 8000}}, {times}}}"

    assert texts("K8306", deployment(probe)) == place
    assert texts("K8306", deployment(probe, image=OTHER)) == []
