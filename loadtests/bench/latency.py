"""Latency: from the time an event was due until the device acknowledged it."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from loadtests.bench.figures import Figure, Goal, most, percentile
from loadtests.bench.schedule import keep_schedule
from loadtests.bench.server import Server, session, token
from loadtests.bench.sink import Sink
from loadtests.bench.stage import Stage

PART: Final = "latency"
GOALS: Final = {"p50": most(3.0), "p99": most(15.0)}


class Round(NamedTuple):
    """The latencies of one round, in seconds."""

    acknowledged: list[float]
    answered: list[float]
    lags: list[float]


def latency(
    stage: Stage, *, rounds: int = 3, users: int = 1000, rate: float = 1000.0, seconds: float = 5.0
) -> list[Figure]:
    """1,000 devices, 1,000 events a second on schedule; each device acknowledges what it gets.

    The clock starts when an event is due, so that a server that lags is not spared by a
    publisher that waits for it.
    """
    server = stage.server("latency")
    names = [f"user-{number}" for number in range(users)]
    found = []
    for number in range(rounds + 1):
        stage.tell(f"latency, round {number} of {rounds}")
        found.append(_play(stage, server, names, rate, int(rate * seconds), number))
    counted = found[1:]  # The first round is the warm-up.
    return [
        *figures("until the device's ack", [each.acknowledged for each in counted], GOALS),
        *figures("until the publisher's ok", [each.answered for each in counted]),
        *figures("the load's own lateness", [each.lags for each in counted]),
    ]


def _play(
    stage: Stage, server: Server, users: Sequence[str], rate: float, events: int, number: int
) -> Round:
    clients = [session(token(user), device="phone") for user in users]
    path = stage.folder / f"stamps-{number}"
    with server.publisher() as line:
        sink = Sink(server.ws_port, clients, stage.folder, acknowledges=True, stamps=path)
        with sink:
            sink.await_ready()
            sink.expect(events)
            course = keep_schedule(line, users, rate=rate, events=events, first=number * events)
            sink.await_reached()
    acknowledged = [(came - due) / 1e6 for due, came in sink.stamps()]
    return Round(acknowledged, course.answers, course.lags)


def figures(
    name: str, rounds: Sequence[Sequence[float]], goals: Mapping[str, Goal] | None = None
) -> list[Figure]:
    """Median, 99th percentile and maximum of each round, in milliseconds."""
    ordered = [sorted(values) for values in rounds]
    shares = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    return [
        Figure(
            part=PART,
            name=f"{name}, {label}",
            unit="ms",
            values=tuple(percentile(values, share) * 1000 for values in ordered),
            goal=(goals or {}).get(label),
        )
        for label, share in shares.items()
    ]
