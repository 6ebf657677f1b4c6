"""An HTTP server that gives prepared answers: real sockets, and nothing behind them."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec


class Asked(msgspec.Struct, frozen=True):
    """A request as it arrived; `body` is its JSON."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


class Reply(msgspec.Struct, frozen=True):
    """An answer: bytes as they are, anything else as JSON. `hang_up` closes without any."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = {}
    hang_up: bool = False


class FakeApi:
    """Gives its replies in their order, the last one again and again."""

    def __init__(self, replies: tuple[Reply, ...]) -> None:
        self.asked: list[Asked] = []
        self.connections = 0
        self.url = ""
        self._replies = replies

    def answer(self, asked: Asked) -> Reply:
        """The reply to a request."""
        self.asked.append(asked)
        return self._replies[min(len(self.asked), len(self._replies)) - 1]


def _handler(fake: FakeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            fake.connections += 1

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

        def _reply(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = json.loads(raw) if raw else None
            reply = fake.answer(Asked(self.command, self.path, headers, body))
            if reply.hang_up:
                self.close_connection = True
                return
            content = reply.body
            if not isinstance(content, bytes):
                content = msgspec.json.encode(content)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _reply  # noqa: N815

    return Handler


@contextmanager
def fake_api(*replies: Reply) -> Iterator[FakeApi]:
    """A server that gives these replies."""
    fake = FakeApi(replies)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
