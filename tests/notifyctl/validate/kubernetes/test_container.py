import pytest

from notifyctl.validate.finding import Named
from notifyctl.validate.settings import Settings
from tests.support.manifests import deployment, only_container, only_workload, pod

OTHER = "example.org/other:1.0"
BOTH_PORTS = "ports: [{containerPort: 8000}, {containerPort: 8001}]"


def test_ports_have_number_name_and_protocol() -> None:
    container = only_container(
        pod("ports: [{containerPort: 53, protocol: UDP, name: dns}, {name: x}]")
    )

    dns, unknown = container.ports
    assert (dns.number, dns.name, dns.protocol, dns.span.text) == (53, "dns", "UDP", "53")
    assert (unknown.number, unknown.protocol, unknown.span.text) == (None, "TCP", "name: x")
    assert container.port_named("dns") is dns
    assert container.port_named("gone") is None


def test_a_variable_that_comes_from_elsewhere_has_no_text() -> None:
    env = only_container(
        pod("env: [{name: A, value: '1'}, {name: B, valueFrom: {fieldRef: {}}}, {name: C}, {x: y}]")
    ).env

    assert {name: variable.text for name, variable in env.items()} == {"A": "1", "B": None, "C": ""}
    assert env["A"].span.text == "'1'"
    assert env["C"].span.text == "name: C"


def test_a_container_is_named_after_its_workload_and_its_place_in_it() -> None:
    container = only_container(deployment())

    assert container.about == Named("Deployment", "notify", "", "spec.template.spec.containers[0]")


@pytest.mark.parametrize(
    "text",
    [
        pod(),
        pod(image="registry.example.org:5000/acme/notifyd@sha256:0123"),
        pod("command: [notifyctl, serve]", image=OTHER),
        pod(
            "command: [/bin/sh, -c, 'exec /usr/bin/notifyctl --debug serve --host 0.0.0.0']",
            image=OTHER,
        ),
        pod("args: [serve, --host, 0.0.0.0]"),
        pod("env: [{name: NOTIFYD_WS_PORT, value: '8001'}]", image=OTHER),
        pod(BOTH_PORTS, image=OTHER),
        pod("ports: [{containerPort: 8001, name: ws}]", image=OTHER),
    ],
)
def test_the_notification_service_is_known_by_what_it_runs_or_by_its_ports(text: str) -> None:
    assert only_container(text).holds_sockets(Settings())


@pytest.mark.parametrize(
    "text",
    [
        pod(image=OTHER),
        pod("ports: [{containerPort: 8000}]", image=OTHER),
        pod("ports: [{containerPort: 8001}]", image=OTHER),
        pod("ports: [{containerPort: 8000, name: ws}]", image=OTHER),
        pod("command: [notifyctl, send, alice, hello]", image=OTHER),
        pod("args: [load, delivery]"),
        pod("command: [notifyctl-exporter]", image=OTHER),
        pod(spec="restartPolicy: Never"),
        pod(BOTH_PORTS, spec="restartPolicy: OnFailure", image=OTHER),
    ],
)
def test_what_only_resembles_it_is_not_it(text: str) -> None:
    assert not only_container(text).holds_sockets(Settings())


@pytest.mark.parametrize(
    "name", ["push", "other", "example.org/other:1.0"], ids=["workload", "image", "whole image"]
)
def test_the_settings_can_name_it(name: str) -> None:
    container = only_container(deployment(name="push", image=OTHER))

    assert not container.holds_sockets(Settings())
    assert container.holds_sockets(Settings(service=(name,)))


def test_a_label_can_say_so() -> None:
    labelled = deployment(image=OTHER, labels='app: notify, notifyctl.dev/service: "true"')

    assert only_container(labelled).holds_sockets(Settings())


def test_of_the_containers_of_a_named_workload_it_is_the_one_that_shows_it() -> None:
    text = """
        apiVersion: v1
        kind: Pod
        metadata: {name: push}
        spec:
          containers:
            - {name: proxy, image: envoy:1}
            - {name: app, image: app:1, ports: [{containerPort: 8000}, {containerPort: 8001}]}
    """
    settings = Settings(service=("push",))

    assert [each.holds_sockets(settings) for each in only_workload(text).containers] == [
        False,
        True,
    ]


def test_of_the_containers_of_a_named_workload_it_is_the_first_if_none_shows_it() -> None:
    text = """
        apiVersion: v1
        kind: Pod
        metadata: {name: push}
        spec: {containers: [{name: app, image: app:1}, {name: proxy, image: envoy:1}]}
    """
    settings = Settings(service=("push",))

    assert [each.holds_sockets(settings) for each in only_workload(text).containers] == [
        True,
        False,
    ]


def test_a_container_of_a_job_serves_nobody() -> None:
    text = """
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: nightly}
        spec:
          jobTemplate:
            spec: {template: {spec: {containers: [{name: a, image: notifyctl}]}}}
    """
    container = only_container(text)

    assert not container.serves
    assert not container.holds_sockets(Settings())


def test_its_probes_come_with_their_names() -> None:
    container = only_container(pod("livenessProbe: {exec: {}}, startupProbe: {exec: {}}"))

    assert [name for name, _ in container.probes()] == ["startupProbe", "livenessProbe"]
