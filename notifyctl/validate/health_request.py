"""What a health check's command asks, and whether anybody answers.

What it asks is the URL, or the host and port, that stand in it.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from notifyctl.validate.finding import Problem
from notifyctl.validate.launch import Launch
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Span
from notifyctl.validate.tree import Node

_HERE: Final = r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])"
_URL: Final = re.compile(
    rf"https?://{_HERE}(?::(?P<port>[0-9]{{1,5}}))?(?P<path>/[^\s\"'`|;&)?#<>$\\]*)?(?=[\s\"'`|;&)?#<>\\]|$)"
)
# As in `nc -z localhost 8000` and `HTTPConnection("127.0.0.1", 8000)`.
_HOST_AND_PORT: Final = re.compile(rf"{_HERE}[\"']?(?:\s*,\s*|\s+)(?P<port>[0-9]{{2,5}})\b")
# As in `HTTPConnection("127.0.0.1", 8000)` and, further on, `.request("GET", "/healthz")`.
_CONNECTION: Final = re.compile(
    rf"HTTPS?Connection\(\s*[\"']{_HERE}[\"']\s*,\s*(?:(?P<port>[0-9]{{2,5}})\b)?"
)
_REQUESTED: Final = re.compile(
    r"\brequest\(\s*[\"'](?:GET|HEAD)[\"']\s*,\s*[\"'](?P<path>/[^\"'?#]*)"
)
# As in `int(os.environ.get("NOTIFYD_HTTP_PORT", "8000"))`.
_OF_A_VARIABLE: Final = re.compile(
    r"int\(\s*os\.(?:environ\.get|getenv)\("
    r"\s*[\"'](?P<name>\w+)[\"']\s*,\s*[\"']?(?P<default>[0-9]+)[\"']?\s*\)\s*\)"
)

_VARIABLE: Final = re.compile(r"\$(?:(\w+)|\{(\w+)\})")
# What the server answers besides the paths for its health.
_SERVED: Final = frozenset({"", "/", "/metrics", "/openapi.json"})


class HealthRequest(msgspec.Struct, frozen=True):
    """The port and path that a check asks for; no port if the command computes it, no path if it
    only connects."""

    port: int | None
    path: str | None


def request_in(
    command: str, environment: Mapping[str, str | None] = MappingProxyType({})
) -> HealthRequest | None:
    """The first request of a command to its own container; None if none can be read from it.

    A variable of the environment is None if it is set and nobody here knows to what.
    """

    def number(found: re.Match[str]) -> str:
        return environment.get(found["name"], found["default"]) or found[0]

    def value(found: re.Match[str]) -> str:
        text = environment.get(found[1] or found[2])
        return found[0] if text is None else text

    command = _VARIABLE.sub(value, _OF_A_VARIABLE.sub(number, command))
    url = _URL.search(command)
    if url:
        usual = 443 if url[0].startswith("https") else 80
        return HealthRequest(int(url["port"] or usual), url["path"] or "/")
    connection = _CONNECTION.search(command)
    requested = _REQUESTED.search(command, connection.end()) if connection else None
    if connection and requested:
        return HealthRequest(
            int(connection["port"]) if connection["port"] else None, requested["path"]
        )
    spoken = _HOST_AND_PORT.search(command)
    return HealthRequest(int(spoken["port"]), None) if spoken else None


def unanswered(
    what: str, command: str, at: Span | Node, launch: Launch, settings: Settings
) -> Problem | None:
    """What is wrong with a check that asks the service where nobody answers; None if it does not.

    `what` is what messages call the check, and `at` where it stands.
    """
    request = request_in(command, launch.environment)
    listening = launch.listening_ports(settings)
    if request is None or None in listening:
        return None
    if request.port is not None and request.port not in listening:
        ports = " and ".join(str(port) for port in listening)
        return Problem(
            f"{what} asks port {request.port}, and the service listens on {ports}",
            at,
            help=f"ask `http://localhost:{listening[0]}{settings.health_path}`",
            note="the check cannot succeed",
        )
    answered = _SERVED | {settings.health_path, settings.ready_path}
    path = request.path
    if launch.runs_server and path is not None and not {path, path.rstrip("/")} & answered:
        return Problem(
            f"{what} asks for `{path}`, which the server does not answer",
            at,
            help=f"ask for `{settings.health_path}`",
            note="the check cannot succeed",
        )
    return None
