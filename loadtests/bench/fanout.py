"""Fan-out: one event to a thousand receivers, frame by frame on the server's CPU clock."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import msgspec

from loadtests.bench.figures import Figure, ratio
from loadtests.bench.peers.external import nats, nchan, node_ws
from loadtests.bench.peers.peer import Missing, Peer, python_peer
from loadtests.bench.publisher import Line
from loadtests.bench.server import PUBLISHER, Server, publish, session, token
from loadtests.bench.sink import Sink
from loadtests.bench.stage import Stage
from notifyctl import wire

PART: Final = "fan-out"
TOPIC: Final = "topic:bench"
# As short as an event can be: 170 bytes and a few, in a frame of 280.
TITLE: Final = "Go"
FLOOR: Final = "raw write loop"
RECEIVERS: Final = "(the receivers)"
Start = Callable[[bytes, Path], Peer]


def example() -> bytes:
    """What notifyd sends per event; every peer sends the same number of bytes."""
    event = wire.Notification(
        seq=1000,
        id="0193a5f0-7a00-7000-8000-000000000000",
        at="2026-01-01T00:00:00.000Z",
        title=TITLE,
        sender=PUBLISHER,
        category="general",
        level="normal",
    )
    return wire.encode(wire.Events(stream=TOPIC, epoch="0" * 32, live=True, events=[event]))


PEERS: Final[Sequence[Start]] = (
    lambda text, folder: python_peer(FLOOR, "write_loop", text, folder),
    lambda text, folder: python_peer("websockets.broadcast", "bare_websockets", text, folder),
    node_ws,
    nats,
    nchan,
)


class Side(msgspec.Struct):
    """A server with its receivers and its publisher, through all rounds."""

    peer: Peer
    sink: Sink
    line: Line
    sent: int = 0
    sink_rates: list[float] = msgspec.field(default_factory=list)
    rates: list[float] = msgspec.field(default_factory=list)

    def play(self, events: int, receivers: int) -> None:
        """Publish one event after the other; note frames per CPU-second."""
        before, sink_before = self.peer.process.cpu_seconds(), self.sink.cpu_seconds()
        for _ in range(events):
            # The next one only when all have this one: nobody saves writes by sending two at once.
            self.line.ask(self.peer.publish(self.sent))
            self.sent += 1
            self.sink.expect(self.sent * receivers)
            self.sink.await_reached()
        spent = self.peer.process.cpu_seconds() - before
        self.rates.append(events * receivers / spent)
        self.sink_rates.append(events * receivers / (self.sink.cpu_seconds() - sink_before))


def notifyd(server: Server) -> Peer:
    """The server that is measured, as a peer among peers. It keeps every event on the disk."""
    return Peer(
        name="notifyd",
        process=server.process,
        port=server.ws_port,
        receiver=lambda number: session(token(f"user-{number}"), topic=TOPIC),
        publisher=server.publisher,
        publish=lambda number: publish(number, TOPIC, TITLE),
    )


def fan_out(
    stage: Stage,
    *,
    rounds: int = 9,
    receivers: int = 1000,
    events: int = 100,
    peers: Sequence[Start] = PEERS,
) -> list[Figure]:
    """Frames per CPU-second of notifyd and of each peer, and the ratios round by round."""
    text = example()
    with ExitStack() as stack:
        sides = [_side(stage, stack, notifyd(stage.server("fanout")), receivers)]
        for start in peers:
            try:
                sides.append(_side(stage, stack, stage.peer(start, text), receivers))
            except Missing as missing:
                stage.without(missing)
        for side in sides:
            side.play(events, receivers)  # The warm-up.
            side.rates.clear()
            side.sink_rates.clear()
        for number in range(rounds):
            stage.tell(f"fan-out, round {number + 1} of {rounds}")
            # Each round begins with another one: nobody is always first.
            turn = number % len(sides)
            for side in sides[turn:] + sides[:turn]:
                side.play(events, receivers)
    return figures(sides)


def _side(stage: Stage, stack: ExitStack, peer: Peer, receivers: int) -> Side:
    stage.tell(f"{receivers} receivers of {peer.name}")
    clients = [peer.receiver(number) for number in range(receivers)]
    sink = stack.enter_context(Sink(peer.port, clients, stage.folder))
    sink.await_ready()
    return Side(peer, sink, stack.enter_context(peer.publisher()))


def figures(sides: Sequence[Side]) -> list[Figure]:
    """Ratios to every peer, then everybody's rate, and the receivers' that they must not reach."""
    ours, *others = sides
    found = []
    for side in others:
        goal = 0.9 if side.peer.name == FLOOR else 1.0
        name = f"{ours.peer.name} / {side.peer.name}"
        found.append(ratio(PART, name, ours.rates, side.rates, goal))
    rates = {side.peer.name: side.rates for side in sides} | {RECEIVERS: ours.sink_rates}
    return found + [
        Figure(part=PART, name=name, unit="frames/CPU-s", values=tuple(values))
        for name, values in rates.items()
    ]
