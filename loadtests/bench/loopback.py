"""Ports of the loopback: which one is free, and whether somebody answers there."""

import socket
from typing import Final

LOOPBACK: Final = "127.0.0.1"


def free_port() -> int:
    """A port of the loopback that nobody used a moment ago."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether somebody answers on a port of the loopback."""
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0
