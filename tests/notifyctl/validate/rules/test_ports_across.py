"""Port numbers that image, compose, Kubernetes and variables must agree on."""

import pytest

from tests.support.manifests import pod, together
from tests.support.validating import found

DOCKERFILE = """\
FROM python:3.13-slim
USER 10001
EXPOSE 8000 8001
CMD ["notifyctl", "serve"]
"""


def compose(ports: str, more: str = "") -> str:
    return f"services:\n  notify: {{build: ., ports: [{ports}]{more}}}\n"


def in_compose(ports: str, more: str = "", dockerfile: str = DOCKERFILE) -> list[str]:
    files = {"Dockerfile": dockerfile, "compose.yaml": compose(ports, more)}
    return [text for _, _, text in found(files, "XF401")]


def in_kubernetes(container: str, *others: str, dockerfile: str = DOCKERFILE) -> list[str]:
    files = {"Dockerfile": dockerfile, "pod.yaml": together(pod(container), *others)}
    return [text for _, _, text in found(files, "XF402")]


def test_compose_publishes_what_the_image_exposes() -> None:
    assert in_compose('"8000:8000", "8001:9001"') == ['"8001:9001"']
    assert in_compose('"80:8000", "8001:8001"') == []


@pytest.mark.parametrize(
    "more",
    [
        ", environment: {NOTIFYD_WS_PORT: 9001}",
        ", environment: {DEBUG: '0.0.0.0:9001'}",
        ", command: [notifyctl, serve, --ws-port, '9001']",
        ", entrypoint: debugger --listen=9001",
        ", env_file: [gone.env]",
        ", build: {context: ., target: another}",
    ],
)
def test_a_port_that_something_else_may_listen_on_is_not_asked_about(more: str) -> None:
    assert in_compose('"8001:9001"', more) == []


@pytest.mark.parametrize(
    "dockerfile",
    [
        DOCKERFILE.replace("EXPOSE 8000 8001\n", ""),
        DOCKERFILE.replace("8001", "8001 $MORE"),
        'FROM python:3.13-slim\nEXPOSE 5000\nCMD ["web"]\n',
    ],
)
def test_an_image_that_says_nothing_sure_of_the_service_is_not_compared(dockerfile: str) -> None:
    ports = '"80:81"'

    assert in_compose(ports, dockerfile=dockerfile) == []


def test_kubernetes_declares_what_the_image_exposes() -> None:
    assert in_kubernetes("ports: [{containerPort: 8000}, {containerPort: 9001}]") == ["9001"]
    assert in_kubernetes("ports: [{containerPort: 8000}, {containerPort: 8001}]") == []
    assert in_kubernetes("ports: [{containerPort: 9001, protocol: UDP}]") == []


@pytest.mark.parametrize(
    "more",
    [
        "env: [{name: NOTIFYD_WS_PORT, value: '9001'}]",
        "env: [{name: NOTIFYD_WS_PORT, valueFrom: {secretKeyRef: {name: a, key: b}}}]",
        "envFrom: [{configMapRef: {name: elsewhere}}]",
        "envFrom: [{secretRef: {name: any}}]",
        "args: [serve, --ws-port=9001]",
    ],
)
def test_a_container_port_that_may_have_been_moved_there_is_right(more: str) -> None:
    assert in_kubernetes(f"ports: [{{containerPort: 9001}}], {more}") == []


def test_a_port_that_a_config_map_moves_is_right() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {NOTIFYD_WS_PORT: '9001'}\n"
    container = "ports: [{containerPort: 9001}], envFrom: [{configMapRef: {name: a}}]"

    assert in_kubernetes(container, text) == []


@pytest.mark.parametrize(
    ("files", "places"),
    [
        ({"Dockerfile": DOCKERFILE + "ENV NOTIFYD_WS_PORT=9001\n"}, ["9001"]),
        ({"Dockerfile": DOCKERFILE + "ENV NOTIFYD_WS_PORT=8001\n"}, []),
        ({"Dockerfile": DOCKERFILE + "ENV NOTIFYD_WS_PORT=$PORT\n"}, []),
        (
            {
                "Dockerfile": DOCKERFILE.replace('"serve"', '"serve", "--ws-port=8001"')
                + "ENV NOTIFYD_WS_PORT=9001\n"
            },
            [],
        ),
        (
            {
                "compose.yaml": compose(
                    '"80:8000", "81:8001"', ", environment: {NOTIFYD_HTTP_PORT: 9}"
                )
            },
            [],
        ),
        (
            {"compose.yaml": compose('"8001:8001"', ", environment: {NOTIFYD_WS_PORT: 9001}")},
            ["9001"],
        ),
        (
            {"compose.yaml": compose('"8001:9001"', ", environment: {NOTIFYD_WS_PORT: 9001}")},
            [],
        ),
        (
            {
                "compose.yaml": compose(
                    '"8001:8001"',
                    ", environment: {NOTIFYD_WS_PORT: 9001}, command: notifyd --ws-port=8001",
                )
            },
            [],
        ),
        (
            {"compose.yaml": compose('"${P}"', ", environment: {NOTIFYD_WS_PORT: 9001}")},
            [],
        ),
        (
            {
                "pod.yaml": pod(
                    "ports: [{containerPort: 8001}], env: [{name: NOTIFYD_WS_PORT, value: '9001'}]"
                )
            },
            ["'9001'"],
        ),
        ({"pod.yaml": pod("env: [{name: NOTIFYD_WS_PORT, value: '9001'}]")}, []),
        (
            {
                "pod.yaml": pod(
                    "ports: [{containerPort: '${P}'}],"
                    " env: [{name: NOTIFYD_WS_PORT, value: '9001'}]"
                )
            },
            [],
        ),
    ],
)
def test_a_variable_moves_a_port_together_with_its_names(
    files: dict[str, str], places: list[str]
) -> None:
    assert [text for _, _, text in found(files, "XF406")] == places
