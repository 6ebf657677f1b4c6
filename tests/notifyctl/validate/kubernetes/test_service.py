import pytest

from notifyctl.validate.kubernetes.service import declared_targets, is_reached, service_ports
from tests.support.manifests import only_set, pod, together


def service(ports: str) -> str:
    return f"""\
apiVersion: v1
kind: Service
metadata: {{name: notify}}
spec: {{selector: {{app: notify}}, ports: [{ports}]}}
"""


def reached(ports: str, text: str) -> list[str]:
    """The containers that a Service with these ports brings connections to."""
    (workload,) = only_set(together(text, service(ports))).workloads
    (found,) = workload.services
    return [each.name for each in workload.containers if is_reached(each, found)]


def test_a_port_leads_to_its_own_number_unless_it_says_otherwise() -> None:
    (found,) = only_set(
        service("{name: a, port: 80}, {port: 53, targetPort: dns, protocol: UDP}")
    ).manifests

    ports = service_ports(found)

    assert [(each.number, each.name, each.protocol, each.target.value) for each in ports] == [
        (80, "a", "TCP", 80),
        (53, "", "UDP", "dns"),
    ]


@pytest.mark.parametrize(
    "port", ["{port: 8000}", "{port: 80, targetPort: 8000}", "{port: 80, targetPort: http}"]
)
def test_a_port_reaches_the_container_that_declares_it(port: str) -> None:
    assert reached(port, pod("ports: [{containerPort: 8000, name: http}]")) == ["notify"]


@pytest.mark.parametrize(
    "port",
    ["{port: 80, targetPort: web}", "{port: 8000, targetPort: http, protocol: UDP}", ""],
)
def test_a_port_reaches_nobody_by_a_wrong_name_or_protocol(port: str) -> None:
    assert reached(port, pod("ports: [{containerPort: 8000, name: http}]")) == []


def test_a_number_that_nobody_declares_reaches_the_only_container() -> None:
    two = pod().replace("]}\n", ", {name: other, image: other}]}\n")

    assert reached("{port: 9000}", pod()) == ["notify"]
    assert reached("{port: 9000}", two) == []


def test_the_ports_of_a_sidecar_are_reached_too() -> None:
    sidecar = (
        "initContainers: [{name: proxy, image: envoy:1, restartPolicy: Always,"
        " ports: [{containerPort: 8000}]}]"
    )

    assert reached("{port: 8000}", pod(spec=sidecar)) == ["proxy"]


def test_several_containers_may_declare_what_a_port_leads_to() -> None:
    (workload,) = only_set(
        together(
            pod("ports: [{containerPort: 1, name: a}, {containerPort: 2}]"), service("{port: 2}")
        )
    ).workloads
    (port,) = service_ports(workload.services[0])

    assert [each.number for each in declared_targets(port, workload)] == [2]
