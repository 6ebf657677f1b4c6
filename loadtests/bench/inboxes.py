"""Inboxes: a thousand events to a thousand different people, published in batches."""

import time
from typing import Final

from loadtests.bench.figures import Figure, least
from loadtests.bench.publisher import pump
from loadtests.bench.server import PUBLISHER, batch, session, token
from loadtests.bench.sink import Sink
from loadtests.bench.stage import Stage

PART: Final = "inboxes"
BATCH: Final = 500


def inboxes(
    stage: Stage, *, rounds: int = 5, receivers: int = 1000, batches: int = 40
) -> list[Figure]:
    """Events per second and per CPU-second, from the first byte published to the last received."""
    server = stage.server("inboxes")
    users = [f"user-{number}" for number in range(receivers)]
    clients = [session(token(user)) for user in users]
    signed = token(PUBLISHER, "publish")
    per_second, per_cpu_second = [], []
    with (
        Sink(server.ws_port, clients, stage.folder) as sink,
        server.http() as one,
        server.http() as other,
    ):
        sink.await_ready()
        for number in range(rounds + 1):
            stage.tell(f"inboxes, round {number} of {rounds}")
            requests = [
                batch(signed, f"{number}-{index}", _turn(users, index), "Go")
                for index in range(batches)
            ]
            events = sum(len(_turn(users, index)) for index in range(batches))
            cpu, began = server.process.cpu_seconds(), time.monotonic()
            sink.expect((number + 1) * events)
            pump([one, other], requests, 1)
            ended = sink.await_reached().at
            if number:  # The first round is the warm-up.
                per_second.append(events / (ended - began))
                per_cpu_second.append(events / (server.process.cpu_seconds() - cpu))
    name = f"batches of {BATCH} to {receivers:,} connected users"
    return [
        Figure(
            part=PART,
            name=name,
            unit="events/s",
            values=tuple(per_second),
            goal=least(20_000),
        ),
        Figure(part=PART, name=name, unit="events/CPU-s", values=tuple(per_cpu_second)),
    ]


def _turn(users: list[str], index: int) -> list[str]:
    """The next users in turn, one batch of them."""
    first = index * BATCH % len(users)
    return (users + users)[first : first + min(BATCH, len(users))]
