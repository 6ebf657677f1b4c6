import pytest

from notifyctl.validate.kubernetes.probe import Probe, probe_of
from tests.support.manifests import only_container, pod

PORTS = "ports: [{containerPort: 8000, name: http}, {containerPort: 53, name: dns, protocol: UDP}]"


def probe(text: str) -> Probe:
    found = probe_of(only_container(pod(f"{PORTS}, livenessProbe: {text}")), "livenessProbe")
    assert found is not None
    return found


def test_a_port_is_found_by_number_and_by_name() -> None:
    assert probe("{httpGet: {port: 8000}}").port_number == 8000
    assert probe("{tcpSocket: {port: http}}").port_number == 8000
    assert probe("{httpGet: {port: 9}}").declared_port is None
    assert probe("{httpGet: {port: 9}}").port_number == 9
    assert probe("{httpGet: {port: web}}").port_number is None


def test_a_probe_is_called_by_its_purpose() -> None:
    assert probe("{exec: {}}").words == "liveness probe"
    assert probe("{exec: {}}").consequence == "the container is restarted again and again"


def test_a_probe_never_asks_a_port_for_datagrams() -> None:
    assert probe("{tcpSocket: {port: dns}}").declared_port is None


def test_a_port_of_another_machine_is_none_of_the_container() -> None:
    assert not probe("{httpGet: {host: example.org, port: 8000}}").port.exists


def test_a_probe_is_patient_for_half_a_minute_unless_it_says_otherwise() -> None:
    assert probe("{exec: {}}").patience_seconds == 30
    assert probe("{exec: {}, periodSeconds: 5, failureThreshold: 2}").patience_seconds == 10


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{httpGet: {path: /a, port: http}}", "{httpGet: {path: /a, port: 8000, scheme: HTTP}}"),
        ("{httpGet: {port: 8000}}", "{httpGet: {path: /, port: 8000}}"),
        ("{tcpSocket: {port: 1}}", "{tcpSocket: {port: 1}, periodSeconds: 9}"),
        ("{exec: {command: [a, b]}}", "{exec: {command: [a, b]}}"),
        ("{grpc: {port: 1}}", "{grpc: {port: 1}}"),
    ],
)
def test_these_ask_the_same(one: str, other: str) -> None:
    assert probe(one).asks_the_same(probe(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{httpGet: {path: /a, port: 1}}", "{httpGet: {path: /b, port: 1}}"),
        ("{httpGet: {path: /a, port: 1}}", "{httpGet: {path: /a, port: 2}}"),
        ("{httpGet: {path: /a, port: 1}}", "{httpGet: {path: /a, port: 1, scheme: HTTPS}}"),
        ("{httpGet: {port: 1}}", "{tcpSocket: {port: 1}}"),
        ("{tcpSocket: {port: 1}}", "{grpc: {port: 1}}"),
        ("{tcpSocket: {port: 1, host: a}}", "{tcpSocket: {port: 1, host: b}}"),
        ("{exec: {command: [a]}}", "{exec: {command: [b]}}"),
        ("{grpc: {port: 1, service: a}}", "{grpc: {port: 1, service: b}}"),
        ("{periodSeconds: 1}", "{periodSeconds: 1}"),
    ],
)
def test_these_ask_something_else(one: str, other: str) -> None:
    assert not probe(one).asks_the_same(probe(other))
