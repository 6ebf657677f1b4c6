"""What a health check asks, read from its command."""

import pytest

from notifyctl.validate.health_request import HealthRequest, request_in, unanswered
from notifyctl.validate.launch import Launch
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Source

HERE = Source("Dockerfile", "CMD x").line_span(1)


@pytest.mark.parametrize(
    ("command", "port", "path"),
    [
        ("curl -f http://localhost:8000/healthz || exit 1", 8000, "/healthz"),
        ("wget -q -O - 'http://127.0.0.1/x?y=1'", 80, "/x"),
        ("curl https://localhost", 443, "/"),
        ("nc -z localhost 8001", 8001, None),
        ("python3 -c \"HTTPConnection('127.0.0.1', 8000)\"", 8000, None),
        (
            'c = HTTPConnection("127.0.0.1", 8000, timeout=4)\nc.request("GET", "/healthz")',
            8000,
            "/healthz",
        ),
        (
            "c = HTTPConnection('127.0.0.1', int(os.environ['PORT'])); c.request('GET', '/x')",
            None,
            "/x",
        ),
    ],
)
def test_the_port_and_the_path_are_read(command: str, port: int | None, path: str | None) -> None:
    assert request_in(command) == HealthRequest(port, path)


@pytest.mark.parametrize(
    "command",
    [
        "notifyctl status --check",
        "curl http://example.org:8000/healthz",
        'HTTPConnection("db", 8000).request("GET", "/healthz")',
        "valkey-cli ping",
    ],
)
def test_what_asks_something_else_is_not_read(command: str) -> None:
    assert request_in(command) is None


@pytest.mark.parametrize(
    ("environment", "port"), [({}, 8000), ({"PORT": "9000"}, 9000), ({"PORT": None}, None)]
)
def test_a_port_may_come_from_a_variable(
    environment: dict[str, str | None], port: int | None
) -> None:
    port_of = "int(os.environ.get('PORT', '8000'))"
    command = f"HTTPConnection('127.0.0.1', {port_of}).request('GET', '/healthz')"

    assert request_in(command, environment) == HealthRequest(port, "/healthz")


def test_a_shell_fills_its_variables_in() -> None:
    command = "curl http://localhost:$PORT/${WHERE}"

    known = request_in(command, {"PORT": "9000", "WHERE": "healthz"})
    assert known == HealthRequest(9000, "/healthz")
    assert request_in(command, {"WHERE": "healthz"}) is None
    assert request_in(command, {"PORT": None, "WHERE": "healthz"}) is None


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("curl localhost", None),
        ("curl http://localhost:8000/healthz", None),
        ("curl http://localhost:8001/readyz/", None),
        ("curl http://localhost:8000/metrics", None),
        ("nc -z localhost 8000", None),
        ("nc -z localhost 80", "the check asks port 80, and the service listens on 8000 and 8001"),
        (
            "curl http://localhost:8000/health",
            "the check asks for `/health`, which the server does not answer",
        ),
    ],
)
def test_a_check_asks_where_the_server_answers(command: str, message: str | None) -> None:
    server = Launch(command_line="notifyctl serve")

    problem = unanswered("the check", command, HERE, server, Settings())
    assert (problem and problem.message) == message


def test_what_another_server_answers_is_not_known() -> None:
    command = "curl http://localhost:8000/health"
    moved = Launch(environment={"NOTIFYD_HTTP_PORT": None})

    assert unanswered("the check", command, HERE, Launch(), Settings()) is None
    assert unanswered("the check", "nc -z localhost 80", HERE, moved, Settings()) is None
