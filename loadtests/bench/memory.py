"""Memory: what one more idle session costs."""

from collections.abc import Sequence
from typing import Final

from loadtests.bench.figures import Figure, most
from loadtests.bench.peers.peer import bare_websockets
from loadtests.bench.process import Process, settle
from loadtests.bench.server import session, token
from loadtests.bench.sink import Sink, Step
from loadtests.bench.stage import Stage

PART: Final = "memory"


def memory(stage: Stage, *, sessions: int = 5000) -> list[Figure]:
    """KiB per idle session that has authenticated, and per connection of a bare library."""
    stage.tell(f"{sessions:,} idle sessions")
    server = stage.server("memory")
    peer = stage.peer(bare_websockets, b"")
    users = [session(token(f"user-{number}"), device="phone") for number in range(sessions)]
    unit = "KiB"
    return [
        Figure(
            part=PART,
            name="per idle authenticated session",
            unit=unit,
            values=(_growth(stage, server.process, server.ws_port, users),),
            goal=most(14),
        ),
        Figure(
            part=PART,
            name="per idle connection of bare websockets",
            unit=unit,
            values=(_growth(stage, peer.process, peer.port, [peer.receiver(0)] * sessions),),
        ),
    ]


def _growth(stage: Stage, process: Process, port: int, clients: Sequence[Sequence[Step]]) -> float:
    """How much the process grows with the last nine tenths of its clients.

    The first tenth are there before: what is loaded and allocated once is no part of a session.
    """
    tenth = len(clients) // 10
    with Sink(port, clients[:tenth], stage.folder) as first:
        first.await_ready()
        settle(process)
        before = process.memory_kib()
        with Sink(port, clients[tenth:], stage.folder) as others:
            others.await_ready()
            settle(process)
            return (process.memory_kib() - before) / (len(clients) - tenth)
