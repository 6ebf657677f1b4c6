"""The server that is measured: a real `notifyctl serve` on a disk, and how to talk to it."""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from loadtests.bench.loopback import free_port, listens
from loadtests.bench.machine import SERVING
from loadtests.bench.process import Process
from loadtests.bench.publisher import Line, Numbered
from loadtests.bench.sink import Step
from loadtests.bench.websocket import ACCEPTED, masked, upgrade
from notifyctl import wire
from notifyd.auth import issue
from notifyd.keys import secret_key

PUBLISHER: Final = "ci"
SECRET: Final = "a secret of the benchmark, 32 bytes or more"  # noqa: S105
_KEY: Final = secret_key(SECRET.encode())
OK: Final = b'"type":"ok"'
# The last field of `welcome`: when it is here, so is everything before it.
WELCOMED: Final = b'"cap_ms"'
CREATED: Final = b"HTTP/1.1 201"
TOKEN_SECONDS: Final = 86_400.0

# A publisher may send as fast as it can. Nobody is pinged: the receivers only count.
SETTINGS: Final = {
    "NOTIFYD_JWT_SECRET": SECRET,
    "NOTIFYD_PUBLISH_RATE": "1000000000",
    "NOTIFYD_PUBLISH_BURST": "1000000000",
    "NOTIFYD_PING_SECONDS": "86400",
    "NOTIFYD_LOG_LEVEL": "warning",
}


class Server:
    """notifyd in its own process, on the serving core, with its data in `folder`."""

    def __init__(self, folder: Path, **settings: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.http_port, self.ws_port = free_port(), free_port()
        own = {name: value for name, value in os.environ.items() if "NOTIFY" not in name}
        self._environment = own | SETTINGS | settings
        self.process = self._launch()

    def _launch(self) -> Process:
        command = [sys.executable, "-m", "notifyctl", "serve", "--data-dir", str(self.folder)]
        command += ["--http-port", str(self.http_port), "--ws-port", str(self.ws_port)]
        return Process(
            command,
            self.http_port,
            cores=SERVING,
            log=self.folder / "log",
            environment=self._environment,
        )

    def await_ready(self) -> None:
        """Wait until both ports answer."""
        self.process.await_listening()
        while not listens(self.ws_port):
            time.sleep(0.002)

    def crash(self) -> None:
        """`kill -9`, and start it again on the same data without waiting for it."""
        self.process.kill()
        self.process = self._launch()

    def publisher(self) -> Numbered:
        """A session that only publishes."""
        return Numbered(self.ws_port, session(token(PUBLISHER, "publish")), OK)

    def http(self) -> Line:
        """A connection to the HTTP API that is kept alive."""
        return Line(self.http_port, [], CREATED)


def token(user: str, *scopes: str) -> str:
    """A token that the server accepts, and has never seen."""
    return issue(
        _KEY,
        user,
        scopes=scopes or ("subscribe",),
        topics=("*",),
        now=time.time(),
        ttl_seconds=TOKEN_SECONDS,
        token_id=os.urandom(8).hex(),
    )


def session(
    signed: str,
    *,
    device: str | None = None,
    topic: str | None = None,
    after: int | None = None,
) -> list[Step]:
    """What a client says to be welcomed; the token comes in `hello`."""
    streams = {wire.INBOX: wire.Claim(after=after)}
    if topic is not None:
        streams[topic] = wire.Claim()
    hello = wire.encode(wire.Hello(token=signed, device=device, streams=streams))
    return [Step(upgrade(), ACCEPTED), Step(masked(hello), WELCOMED)]


def publish(number: int, to: str, title: str) -> bytes:
    """A frame that publishes; its number is its key."""
    return masked(wire.encode(wire.Publish(id=number, to=to, title=title, key=f"{title}-{number}")))


def post(path: str, signed: str, body: bytes) -> bytes:
    """A request to the HTTP API."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {signed}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def batch(signed: str, key: str, recipients: Sequence[str], title: str) -> bytes:
    """A request that publishes one event to each of the recipients, in their order."""
    items: list[dict[str, Any]] = [
        {"to": to, "title": title, "key": f"{key}-{index}"} for index, to in enumerate(recipients)
    ]
    return post("/v1/notifications/batch", signed, msgspec.json.encode(items))
