"""What a health check asks, read from its command."""

import pytest

from notifyctl.validate.health_request import HealthRequest, request_in


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
