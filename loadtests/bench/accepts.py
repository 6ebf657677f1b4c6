"""Accepts: from the connection to `welcome`, for users whose tokens were never seen."""

from collections.abc import Sequence
from typing import Final

from loadtests.bench.figures import Figure, ratio
from loadtests.bench.peers.peer import bare_websockets
from loadtests.bench.process import Process, settle
from loadtests.bench.server import session, token
from loadtests.bench.sink import Sink, Step
from loadtests.bench.stage import Stage

PART: Final = "accepts"
BARE: Final = "bare websockets"


def accepts(stage: Stage, *, rounds: int = 5, sessions: int = 1000) -> list[Figure]:
    """Accepts per CPU-second: notifyd with and without a device, and a bare accept loop.

    Every session is of another user with another token. A device has been here before; it is
    found in the store and goes on from its cursor.
    """
    server, bare = stage.server("accepts"), stage.peer(bare_websockets, b"")
    every = range((rounds + 1) * sessions)
    ephemeral = [session(token(f"user-{number}")) for number in every]
    devices = [session(token(f"owner-{number}"), device="phone") for number in every]
    stage.tell("devices that come for the first time")
    first = _rate(stage, server.process, server.ws_port, devices)
    rates: dict[str, list[float]] = {"ephemeral": [], "device": [], BARE: []}
    for number in range(rounds + 1):
        stage.tell(f"accepts, round {number} of {rounds}")
        now = slice(number * sessions, (number + 1) * sessions)
        found = {
            "ephemeral": _rate(stage, server.process, server.ws_port, ephemeral[now]),
            BARE: _rate(stage, bare.process, bare.port, [bare.receiver(0)] * sessions),
            "device": _rate(stage, server.process, server.ws_port, devices[now]),
        }
        if number:  # The first round is the warm-up.
            for name, value in found.items():
                rates[name].append(value)
    unit = "accepts/CPU-s"
    return [
        ratio(PART, f"session / {BARE}", rates["ephemeral"], rates[BARE], 1.0),
        ratio(PART, f"returning device / {BARE}", rates["device"], rates[BARE], 1.0),
        Figure(part=PART, name="session", unit=unit, values=tuple(rates["ephemeral"])),
        Figure(part=PART, name="returning device", unit=unit, values=tuple(rates["device"])),
        Figure(part=PART, name="new device", unit=unit, values=(first,)),
        Figure(part=PART, name=BARE, unit=unit, values=tuple(rates[BARE])),
    ]


def _rate(stage: Stage, process: Process, port: int, clients: Sequence[Sequence[Step]]) -> float:
    before = process.cpu_seconds()
    with Sink(port, clients, stage.folder) as sink:
        sink.await_ready()
        spent = process.cpu_seconds() - before
    settle(process)
    return len(clients) / spent
