"""What the fan-out needs to know of any server: how to receive, how to publish."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from loadtests.bench.loopback import free_port
from loadtests.bench.machine import SERVING
from loadtests.bench.process import Process
from loadtests.bench.publisher import Line
from loadtests.bench.sink import Step
from loadtests.bench.websocket import ACCEPTED, masked, upgrade

HELLO = [Step(upgrade(), ACCEPTED), Step(masked(b"hello"), b"welcome")]


class Missing(Exception):
    """A peer is not there; the reason is one line of the report."""


class Peer(msgspec.Struct, kw_only=True):
    """A server that sends to many what one publishes."""

    name: str
    process: Process
    port: int
    receiver: Callable[[int], Sequence[Step]]
    """What the receiver with this number says."""
    publisher: Callable[[], Line]
    publish: Callable[[int], bytes]
    """The message that publishes the event with this number."""


def python_peer(name: str, module: str, text: bytes, folder: Path) -> Peer:
    """A peer in this folder that is written in Python."""
    return socket_peer(
        name, [sys.executable, "-m", f"loadtests.bench.peers.{module}"], text, folder
    )


def bare_websockets(text: bytes, folder: Path) -> Peer:
    """The `websockets` library by itself: what a session is compared with."""
    return python_peer("bare websockets", "bare_websockets", text, folder)


def socket_peer(name: str, command: Sequence[str], text: bytes, folder: Path) -> Peer:
    """A WebSocket server that takes its port as argument.

    It welcomes who says `hello`; whatever else is said, it sends to all of these, and `done` to
    the sender.
    """
    port = free_port()
    process = Process([*command, str(port)], port, cores=SERVING, log=folder / f"{name}.log")
    return Peer(
        name=name,
        process=process,
        port=port,
        receiver=lambda _: HELLO,
        publisher=lambda: Line(port, HELLO[:1], b"done"),
        publish=lambda _: masked(text),
    )
