"""A server on both ports that does everything right, but for the flaws it was asked for."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

LIMIT = 1000
JSON = "application/json"
WELCOME = b'{"type":"welcome"}'
ERROR = b'{"type":"error","code":"unauthorized"}'


class Flaws(msgspec.Struct, frozen=True, kw_only=True):
    """What the server does; without any word it does well."""

    health: tuple[int, str, str] = (200, JSON, '{"status":"ok"}')
    ready: tuple[int, str, str] = (200, JSON, '{"ready":true}')
    slow_seconds: float = 0.0
    speaks_http: bool = True
    upgrade_status: int = 101
    accept: str | None = None
    subprotocols: tuple[str, ...] = ("notify.v1",)
    greetings: int = 0
    believes_all: bool = False
    admits_all_origins: bool = False
    wants_token_first: bool = False
    pongs: bool = True
    garbles_pongs: bool = False
    ping_seconds: float = 0.3
    cut_seconds: float | None = None
    cut_code: int | None = None
    too_long_code: int | None = 1009
    limit: int = LIMIT


class FlawedServer:
    """Where it listens, and what it was asked and told."""

    def __init__(self, flaws: Flaws) -> None:
        self.flaws = flaws
        self.url = ""
        self.ws_url = ""
        self.asked: list[str] = []
        self.heard: list[bytes] = []

    def talk(self, connection: socket.socket) -> None:
        """One connection of the WebSocket port, to its end."""
        with connection, suppress(OSError):
            _Talk(self, connection).go_on()


class _Talk:
    def __init__(self, server: FlawedServer, connection: socket.socket) -> None:
        self._flaws = flaws = server.flaws
        self._heard = server.heard
        self._socket = connection
        self._protocol = ServerProtocol(subprotocols=list(flaws.subprotocols), max_size=flaws.limit)  # type: ignore[arg-type]
        self._began = time.monotonic()
        self._pinged = self._began
        self._is_open = False
        self._ends = False

    def go_on(self) -> None:
        """Read, answer, ping, until one side ends it."""
        self._socket.settimeout(0.02)
        while not self._ends:
            try:
                data = self._socket.recv(65536)
            except TimeoutError:
                self._tick(time.monotonic())
                continue
            if not data:
                return
            self._protocol.receive_data(data)
            for event in self._protocol.events_received():
                if isinstance(event, Request):
                    self._answer(event)
                elif isinstance(event, Frame):
                    self._hear(event)
            self._flush()
            self._ends = self._ends or self._protocol.close_expected()

    def _answer(self, request: Request) -> None:
        flaws = self._flaws
        if flaws.wants_token_first and "Authorization" not in request.headers:
            response = self._protocol.reject(401, "a token, please\n")
        elif flaws.upgrade_status != 101:
            response = self._protocol.reject(flaws.upgrade_status, "no\n")
        elif "Origin" in request.headers and not flaws.admits_all_origins:
            response = self._protocol.reject(403, "not from there\n")
        else:
            response = self._protocol.accept(request)
            self._is_open = response.status_code == 101
        if flaws.accept is not None and self._is_open:
            del response.headers["Sec-WebSocket-Accept"]
            response.headers["Sec-WebSocket-Accept"] = flaws.accept
        self._protocol.send_response(response)
        self._flush()
        for _ in range(flaws.greetings if self._is_open else 0):
            self._protocol.send_text(b'{"secret":"of alice"}')

    def _hear(self, frame: Frame) -> None:
        if frame.opcode is Opcode.TEXT:
            self._heard.append(bytes(frame.data))
            is_good = self._flaws.believes_all or b"token" not in bytes(frame.data)
            self._protocol.send_text(WELCOME if is_good else ERROR)

    def _tick(self, now: float) -> None:
        flaws = self._flaws
        if not self._is_open:
            return
        if flaws.cut_seconds is not None and now - self._began > flaws.cut_seconds:
            if flaws.cut_code is not None:
                self._protocol.send_close(flaws.cut_code)
            self._ends = True
        elif now - self._pinged > flaws.ping_seconds:
            self._pinged = now
            self._protocol.send_ping(b"?")
        self._flush()

    def _flush(self) -> None:
        """Send what waits, without what the flaws leave out."""
        flaws = self._flaws
        for data in self._protocol.data_to_send():
            if data[:1] == b"\x8a" and not flaws.pongs:
                continue
            if data[:1] == b"\x8a" and flaws.garbles_pongs:
                data = data[:-1] + b"?"
            if data[:1] == b"\x88" and data[2:4] == (1009).to_bytes(2, "big"):
                self._ends = True
                if flaws.too_long_code is None:
                    return
                data = data[:2] + flaws.too_long_code.to_bytes(2, "big") + data[4:]
            self._socket.sendall(data)


@contextmanager
def flawed_server(**flaws: Any) -> Iterator[FlawedServer]:
    """A server with these flaws, as long as the block."""
    server = FlawedServer(Flaws(**flaws))
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    http.daemon_threads = True
    listener = socket.create_server(("127.0.0.1", 0))
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    server.ws_url = f"ws://127.0.0.1:{listener.getsockname()[1]}/ws"
    threads = [
        threading.Thread(target=http.serve_forever, args=(0.01,)),
        threading.Thread(target=_accept, args=(listener, server)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        listener.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()
        listener.close()


def _accept(listener: socket.socket, server: FlawedServer) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=server.talk, args=(connection,), daemon=True).start()


def _handler(server: FlawedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            flaws = server.flaws
            server.asked.append(self.path)
            if not flaws.speaks_http:
                self.wfile.write(b"SSH-2.0-nothing\r\n")
                return
            time.sleep(flaws.slow_seconds)
            status, kind, body = flaws.ready if self.path == "/readyz" else flaws.health
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Set-Cookie", "session=hunter2")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    return Handler
