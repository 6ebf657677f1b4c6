"""Asks the HTTP port for its health, as the kubelet and a load balancer would."""

import time
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Final
from urllib.parse import SplitResult, urlsplit

from notifyctl.validate.live.exchange import Transcript
from notifyctl.validate.live.server import Health

REQUESTS: Final = 20
TIMEOUT_SECONDS: Final = 5.0
# A server that is so slow is asked no more.
ENOUGH_SECONDS: Final = 2.0
LARGEST_BODY: Final = 64 * 1024


class NoHttp(Exception):
    """Something answers, but not in HTTP."""


def ask(url: str, path: str, *, requests: int = REQUESTS) -> Health:
    """Ask for a path, several times, each over a connection of its own as probes do.

    Raises `OSError` if nobody is there, `NoHttp` if it is no HTTP server.
    """
    parts = urlsplit(url)
    whole = f"{url.rstrip('/')}{path}"
    transcript = Transcript(whole)
    transcript.add(f"GET {path} HTTP/1.1", "request")
    transcript.headers([("Host", parts.netloc.rpartition("@")[2])])
    times: list[float] = []
    first: tuple[int, str, str] | None = None
    for _ in range(requests):
        connection = _connected(parts)
        began = time.perf_counter()
        try:
            connection.request("GET", f"{parts.path.rstrip('/')}{path}")
            response = connection.getresponse()
            body = response.read(LARGEST_BODY).decode(errors="replace")
        except TimeoutError:
            transcript.add(f"(no answer within {TIMEOUT_SECONDS:g} s)", "status")
            return Health(path, transcript.finish(), None, "", "", tuple(times))
        except HTTPException as error:
            raise NoHttp(str(error)) from error
        finally:
            connection.close()
        times.append(time.perf_counter() - began)
        # The worst answer counts: a probe that fails now and then fails.
        if first is None or (first[0] == 200 and response.status != 200):
            first = response.status, response.headers.get("Content-Type", ""), body
            worst = response
        if times[-1] > ENOUGH_SECONDS:
            break
    assert first is not None
    _write(transcript, worst, first[2])
    return Health(path, transcript.finish(), *first, tuple(times))


def status_of(url: str, path: str) -> int | None:
    """The status of one answer; None if there is none."""
    try:
        return ask(url, path, requests=1).status
    except (OSError, NoHttp):
        return None


def _connected(parts: SplitResult) -> HTTPConnection:
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.connect()
    except TimeoutError:
        # Unlike an answer that is late, this says that nobody is there.
        raise ConnectionError(f"no connection within {TIMEOUT_SECONDS:g} s") from None
    return connection


def _write(transcript: Transcript, response: HTTPResponse, body: str) -> None:
    transcript.add(f"HTTP/1.1 {response.status} {response.reason}", "status")
    transcript.headers(response.getheaders())
    transcript.add(body, "body")
