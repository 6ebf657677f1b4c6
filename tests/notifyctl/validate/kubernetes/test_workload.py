import pytest

from notifyctl.validate.finding import Named
from notifyctl.validate.settings import Settings
from tests.support.manifests import deployment, only_container, only_workload, pod

OTHER = "example.org/other:1.0"
BOTH_PORTS = "ports: [{containerPort: 8000}, {containerPort: 8001}]"


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
        pod("args: [--host, 0.0.0.0]"),
        pod("env: [{name: NOTIFYD_WS_PORT, value: '8001'}]", image=OTHER),
        pod(BOTH_PORTS, image=OTHER),
        pod("ports: [{containerPort: 8001, name: ws}]", image=OTHER),
        pod("ports: [{containerPort: 8001, name: notify-ws}]", image=OTHER),
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
        pod("ports: [{containerPort: 8000}, {containerPort: 8001, name: grpc}]", image=OTHER),
        pod("ports: [{containerPort: 8001, name: news}]", image=OTHER),
        pod(BOTH_PORTS, image="kong:3.8"),
        pod("command: [notifyctl, send, alice, hello]", image=OTHER),
        pod("args: [load, delivery]"),
        pod(
            "command: [notifyctl, tail], env: [{name: NOTIFYD_DATA_DIR, value: /data}]", image=OTHER
        ),
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


SIDECAR = """
    apiVersion: v1
    kind: Pod
    metadata: {name: a}
    spec:
      initContainers:
        - {name: migrate, image: a:1}
        - {name: proxy, image: b:1, restartPolicy: Always}
      containers: [{name: app, image: c:1}]
"""


def test_a_sidecar_runs_as_long_as_the_containers_do() -> None:
    workload = only_workload(SIDECAR)

    assert [(each.name, each.role) for each in workload.containers] == [
        ("app", "main"),
        ("proxy", "sidecar"),
    ]
    assert [(each.name, each.role) for each in workload.init_containers] == [("migrate", "init")]


def test_the_number_of_replicas_is_one_unless_it_is_given() -> None:
    assert only_workload(deployment()).replicas == 1
    assert only_workload(deployment(spec="replicas: 3")).replicas == 3
    assert only_workload(deployment(spec="replicas: ${REPLICAS}")).replicas is None
    assert only_workload(deployment(kind="DaemonSet")).replicas is None
    assert only_workload(pod()).replicas is None


def test_a_pod_ends_if_it_is_not_started_again() -> None:
    assert not only_workload(pod()).ends
    assert only_workload(pod(spec="restartPolicy: Never")).ends


def test_containers_that_are_no_mappings_are_none() -> None:
    text = "{apiVersion: v1, kind: Pod, spec: {containers: [5, [], null, {image: a}]}}"

    assert [each.image for each in only_workload(text).containers] == ["a"]


def test_a_workload_holds_sockets_if_one_of_its_containers_does() -> None:
    assert only_workload(pod()).holds_sockets(Settings())
    assert not only_workload(SIDECAR).holds_sockets(Settings())
