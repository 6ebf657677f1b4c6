from typing import Any

import pytest

from notifyctl.validate.image import read_image
from notifyctl.validate.launch import Launch
from notifyctl.validate.settings import Settings

DEFAULTS = Settings()
BOTH_PORTS = {8000: {""}, 8001: {""}}


def launch(image: str = "example.org/app:1", **facts: Any) -> Launch:
    return Launch(image=read_image(image), **facts)


@pytest.mark.parametrize(
    "command_line",
    [
        "notifyctl serve",
        "/opt/bin/notifyctl --debug serve --host 0.0.0.0",
        "python -m notifyd",
        "sh -c exec /usr/bin/notifyd; true",
        'sh -c "notifyctl serve"',
        "tini -- notifyctl serve",
    ],
)
def test_the_server_is_known_by_its_command_line(command_line: str) -> None:
    found = launch(command_line=command_line)

    assert found.runs_server
    assert found.holds_sockets(DEFAULTS)


@pytest.mark.parametrize(
    "command_line",
    ["notifyctl send alice hello", "notifyctl-exporter serve", "cat /etc/notifyd.toml", "serve"],
)
def test_another_command_is_not_the_server(command_line: str) -> None:
    assert not launch(command_line=command_line).runs_server


@pytest.mark.parametrize(
    ("command_line", "runs"),
    [("", True), ("serve", True), ("--host 0.0.0.0", True), ("tail alice", False)],
)
def test_its_image_runs_it_unless_told_another_command(command_line: str, runs: bool) -> None:
    assert launch("ghcr.io/example/notifyd:1", command_line=command_line).runs_server is runs


def test_variables_of_the_server_are_for_the_server_alone() -> None:
    variables = frozenset({"NOTIFYD_DATA_DIR"})

    assert launch(variables=variables).runs_server
    assert not launch(variables=variables, command_line="notifyctl tail alice").runs_server
    assert not launch(variables=frozenset({"NOTIFYCTL_URL"})).runs_server
    assert not launch(environment={"NOTIFYD_DATA_DIR": "/data"}).runs_server


@pytest.mark.parametrize("name", ["push", "app", "example/app", "example.org/example/app:1"])
def test_the_settings_can_name_it(name: str) -> None:
    found = launch(
        "example.org/example/app:1", names=frozenset({"push", "example.org/example/app:1"})
    )

    assert found.holds_sockets(Settings(service=(name,)))
    assert not found.holds_sockets(Settings(service=("other",)))


@pytest.mark.parametrize(
    ("label", "says"), [("true", True), ("True", True), ("false", False), ("", False)]
)
def test_a_label_can_say_so(label: str, says: bool) -> None:
    assert launch(label=label).holds_sockets(DEFAULTS) is says


@pytest.mark.parametrize(
    ("ports", "holds"),
    [
        (BOTH_PORTS, True),
        ({8000: {"http"}, 8001: {""}}, True),
        ({8001: {"ws"}}, True),
        ({8001: {"notify-wss"}}, True),
        ({8001: {"WebSocket"}}, True),
        ({8000: {""}}, False),
        ({8001: {""}}, False),
        ({8000: {"ws"}}, False),
        ({8001: {"news"}}, False),
        ({8000: {""}, 8001: {"grpc"}}, False),
        ({**BOTH_PORTS, 8002: {""}}, False),
    ],
)
def test_ports_show_it_by_a_name_or_together(ports: dict[int, set[str]], holds: bool) -> None:
    assert launch(ports=ports).holds_sockets(DEFAULTS) is holds


def test_one_port_will_do_where_the_server_is_installed() -> None:
    assert launch(installs_server=True, ports={8001: {""}}).holds_sockets(DEFAULTS)
    assert launch(installs_server=True, ports={8000: {""}}).holds_sockets(DEFAULTS)
    assert not launch(installs_server=True, ports={80: {""}}).holds_sockets(DEFAULTS)


@pytest.mark.parametrize(
    "other",
    [
        launch("kong/kong-gateway:3.8", ports=BOTH_PORTS),
        launch("nginx:1.29", ports=BOTH_PORTS),
        launch(command_line="/opt/bin/tritonserver --model x", ports=BOTH_PORTS),
    ],
)
def test_known_programs_have_both_ports_for_something_else(other: Launch) -> None:
    assert not other.holds_sockets(DEFAULTS)


def test_a_service_with_a_single_port_is_not_known_by_it() -> None:
    assert not launch(ports={9000: {""}}).holds_sockets(Settings(http_port=9000, ws_port=9000))


@pytest.mark.parametrize(
    ("command_line", "environment", "seconds"),
    [
        ("", {}, 20),
        ("", {"NOTIFYD_DRAIN_SECONDS": "30"}, 30),
        ("", {"NOTIFYD_DRAIN_SECONDS": "0.5m"}, 30),
        ("", {"NOTIFYD_DRAIN_SECONDS": None}, None),
        ("", {"NOTIFYD_DRAIN_SECONDS": "soon"}, None),
        ("serve --drain-seconds 40", {"NOTIFYD_DRAIN_SECONDS": None}, 40),
        ("sh -c 'notifyctl serve --drain-seconds=40'", {}, 40),
        ("serve --drain-seconds", {}, None),
    ],
)
def test_a_setting_comes_from_its_option_its_variable_or_its_default(
    command_line: str, environment: dict[str, str | None], seconds: float | None
) -> None:
    found = launch(command_line=command_line, environment=environment)

    assert found.drain_seconds(DEFAULTS) == seconds


def test_the_ports_that_it_listens_on_can_be_moved() -> None:
    moved = launch(
        command_line="notifyctl serve --http-port 9000", environment={"NOTIFYD_WS_PORT": "9001"}
    )
    unknown = launch(environment={"NOTIFYD_HTTP_PORT": None, "NOTIFYD_WS_PORT": "${PORT}"})

    assert launch().listening_ports(DEFAULTS) == (8000, 8001)
    assert moved.listening_ports(DEFAULTS) == (9000, 9001)
    assert unknown.listening_ports(DEFAULTS) == (None, None)


def test_it_holds_as_many_connections_as_it_is_told() -> None:
    few = launch(environment={"NOTIFYD_MAX_CONNECTIONS": "100"})

    assert launch().connections(DEFAULTS) == DEFAULTS.max_connections
    assert few.connections(DEFAULTS) == 100
