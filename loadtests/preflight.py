"""Before a run begins: is there a server, and does it take traffic?"""

from http.client import HTTPException
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import ProxyHandler, build_opener

from loadtests.spec import Target

SECONDS: Final = 5.0
# What the environment says of proxies is about the way to the world, and not to a test server.
_opener = build_opener(ProxyHandler({}))


class Unready(RuntimeError):
    """The server cannot be reached, or does not take traffic; the run has not begun."""


def preflight(target: Target) -> None:
    """Ask both ports whether they take traffic. Raises `Unready`."""
    for url in (ready_url(target.http_url), ready_url(target.ws_url)):
        try:
            with _opener.open(url, timeout=SECONDS):
                pass
        except HTTPError as error:
            raise Unready(
                f"{url} answers {error.code}: the server takes no traffic; see what it says there."
            ) from None
        except (HTTPException, OSError, URLError, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise Unready(
                f"{url} cannot be reached ({reason}); is the server running there?"
            ) from None


def ready_url(url: str) -> str:
    """Where a port says whether it takes traffic; the WebSocket's answers plain HTTP, too."""
    parts = urlsplit(url)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    return urlunsplit((scheme, parts.netloc, "/readyz", "", ""))
