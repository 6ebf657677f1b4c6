"""Publishing: how many events per second are on the disk and answered."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Final

import msgspec

from loadtests.bench.figures import Figure, Goal, least
from loadtests.bench.publisher import Line, pump
from loadtests.bench.server import PUBLISHER, Server, batch, post, publish, token
from loadtests.bench.stage import Stage

PART: Final = "publishing"
IN_FLIGHT: Final = 64
BATCH: Final = 500
USERS: Final = 1000


class Way(msgspec.Struct):
    """One way to publish: its connections, and the messages of a round."""

    name: str
    goal: Goal | None
    lines: Sequence[Line]
    window: int
    events: int
    messages: Callable[[int], list[bytes]]
    per_second: list[float] = msgspec.field(default_factory=list)
    per_cpu_second: list[float] = msgspec.field(default_factory=list)

    def play(self, server: Server, number: int) -> None:
        """Publish the messages of a round; note events per second."""
        messages = self.messages(number)
        cpu, began = server.process.cpu_seconds(), time.monotonic()
        pump(self.lines, messages, self.window)
        self.per_second.append(self.events / (time.monotonic() - began))
        self.per_cpu_second.append(self.events / (server.process.cpu_seconds() - cpu))


def publishing(
    stage: Stage, *, rounds: int = 5, singles: int = 4000, batches: int = 20
) -> list[Figure]:
    """Single events with 64 in flight, and batches. Nobody is connected; every key is new."""
    server = stage.server("publishing")
    with ExitStack() as stack:
        found = ways(server, stack, singles, batches)
        for number in range(rounds + 1):
            stage.tell(f"publishing, round {number} of {rounds}")
            for way in found:
                way.play(server, number)
    # The first round is the warm-up.
    return [
        Figure(
            part=PART,
            name=way.name,
            unit="events/s",
            values=tuple(way.per_second[1:]),
            goal=way.goal,
        )
        for way in found
    ] + [
        Figure(part=PART, name=way.name, unit="events/CPU-s", values=tuple(way.per_cpu_second[1:]))
        for way in found
    ]


def ways(server: Server, stack: ExitStack, singles: int, batches: int) -> list[Way]:
    """All ways, each with its connections open."""
    signed = token(PUBLISHER, "publish")

    def connections(count: int) -> list[Line]:
        return [stack.enter_context(server.http()) for _ in range(count)]

    def frames(number: int) -> list[bytes]:
        first = number * singles
        return [publish(index, user(index), "Go") for index in range(first, first + singles)]

    def requests(number: int) -> list[bytes]:
        return [single(signed, user(index), f"single-{number}-{index}") for index in range(singles)]

    def several(number: int) -> list[bytes]:
        users = [user(index) for index in range(BATCH)]
        return [batch(signed, f"several-{number}-{index}", users, "Go") for index in range(batches)]

    def same(number: int) -> list[bytes]:
        users = [user(0)] * BATCH
        return [batch(signed, f"same-{number}-{index}", users, "Go") for index in range(batches)]

    socket = [stack.enter_context(server.publisher())]
    events = batches * BATCH
    return [
        Way("single, WebSocket, 64 in flight", least(4_000), socket, IN_FLIGHT, singles, frames),
        Way("single, HTTP, 64 connections", None, connections(IN_FLIGHT), 1, singles, requests),
        Way("batches of 500 users", least(20_000), connections(2), 1, events, several),
        Way("batches of 500 to one user", None, connections(2), 1, events, same),
    ]


def user(index: int) -> str:
    """One of the users in turn."""
    return f"user-{index % USERS}"


def single(signed: str, to: str, key: str) -> bytes:
    """A request that publishes one event."""
    body = msgspec.json.encode({"to": to, "title": "Go", "key": key})
    return post("/v1/notifications", signed, body)
