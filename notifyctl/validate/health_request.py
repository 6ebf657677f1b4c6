"""What a health check's command asks: the URL, or the host and port, that stand in it."""

import re
from typing import Final

import msgspec

_HERE: Final = r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])"
_URL: Final = re.compile(
    rf"https?://{_HERE}(?::(?P<port>[0-9]+))?(?P<path>/[^\s\"'|;&)?#]*)?(?=[\s\"'|;&)?#]|$)"
)
# As in `nc -z localhost 8000` and `HTTPConnection("127.0.0.1", 8000)`.
_HOST_AND_PORT: Final = re.compile(rf"{_HERE}[\"']?(?:\s*,\s*|\s+)(?P<port>[0-9]{{2,5}})\b")


class HealthRequest(msgspec.Struct, frozen=True):
    """The port and path that a check asks for; no path if it only connects."""

    port: int
    path: str | None


def request_in(command: str) -> HealthRequest | None:
    """The first request of a command to its own container; None if none can be read from it."""
    url = _URL.search(command)
    if url:
        usual = 443 if url[0].startswith("https") else 80
        return HealthRequest(int(url["port"] or usual), url["path"] or "/")
    spoken = _HOST_AND_PORT.search(command)
    return HealthRequest(int(spoken["port"]), None) if spoken else None
