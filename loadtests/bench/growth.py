"""Growth: what one event and one accept cost as sessions, users and history grow."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Final, NamedTuple

from loadtests.bench.figures import Figure
from loadtests.bench.process import settle
from loadtests.bench.publisher import pump
from loadtests.bench.seeding import seed
from loadtests.bench.server import Server, publish, session, token
from loadtests.bench.sink import Sink
from loadtests.bench.stage import Stage
from loadtests.plot import Chart, Line

PART: Final = "growth"
IN_FLIGHT: Final = 64


class Point(NamedTuple):
    """A server as far as it has grown."""

    at: int
    users: int
    events_each: int
    sessions: int = 0


class Load(NamedTuple):
    """What is measured at each point."""

    rounds: int
    published: int
    accepted: int


class Axis(NamedTuple):
    """Along what it grows, and the points that are measured."""

    name: str
    title: str
    points: Sequence[Point]


AXES: Final = (
    Axis(
        "sessions",
        "idle sessions",
        [Point(n, users=1000, events_each=1, sessions=n) for n in (100, 1000, 3000, 10_000)],
    ),
    Axis(
        "users",
        "users with an inbox",
        [Point(n, users=n, events_each=1) for n in (100, 1000, 10_000, 100_000)],
    ),
    Axis(
        "retained",
        "retained events in each of 100 inboxes",
        [Point(n, users=100, events_each=n) for n in (1, 100, 1000, 10_000)],
    ),
    Axis(
        "database",
        "events in the database",
        [
            Point(n, users=1000, events_each=n // 1000)
            for n in (1000, 10_000, 100_000, 1_000_000, 10_000_000)
        ],
    ),
)


def growth(
    stage: Stage,
    *,
    axes: Sequence[Axis] = AXES,
    rounds: int = 3,
    published: int = 6000,
    accepted: int = 1000,
) -> list[Figure]:
    """CPU time of the server per durable event and per accept, at each point of each axis."""
    return [
        figure
        for axis in axes
        for point in axis.points
        for figure in _measure(stage, axis, point, Load(rounds, published, accepted))
    ]


def _measure(stage: Stage, axis: Axis, point: Point, load: Load) -> list[Figure]:
    name = f"growth-{axis.name}-{point.at}"
    seed(stage.folder / name, users=point.users, events_each=point.events_each, tell=stage.tell)
    stage.tell(f"cost with {point.at:,} {axis.title}")
    server = stage.server(name)
    with ExitStack() as stack:
        if point.sessions:
            idle = [session(token(f"idle-{n}")) for n in range(point.sessions)]
            stack.enter_context(Sink(server.ws_port, idle, stage.folder)).await_ready()
        costs = [
            (
                _event_cost(server, _some(point.users, load.published), number),
                _accept_cost(stage, server, _some(point.users, load.accepted)),
            )
            for number in range(load.rounds + 1)
        ][1:]  # The first round is the warm-up.
    server.process.kill()
    stage.forget(name)
    return [
        Figure(
            part=PART,
            name=f"{what}, {axis.name} {point.at}",
            unit="CPU-µs",
            values=tuple(cost[place] for cost in costs),
        )
        for place, what in enumerate(("event", "accept"))
    ]


def _some(users: int, count: int) -> list[str]:
    """So many of the users, far from each other; some of them again when there are not enough."""
    stride = max(1, users // count)
    return [f"user-{number * stride % users}" for number in range(count)]


def _event_cost(server: Server, users: Sequence[str], number: int) -> float:
    first = number * len(users)
    messages = [publish(first + place, user, "Go") for place, user in enumerate(users)]
    with server.publisher() as line:
        return _cost(server, len(messages), lambda: pump([line], messages, IN_FLIGHT))


def _accept_cost(stage: Stage, server: Server, users: Sequence[str]) -> float:
    # Without a device they are welcomed at the end of the inbox, and nothing is replayed.
    clients = [session(token(user)) for user in users]

    def connect() -> None:
        with Sink(server.ws_port, clients, stage.folder) as sink:
            sink.await_ready()

    return _cost(server, len(clients), connect)


def _cost(server: Server, count: int, work: Callable[[], None]) -> float:
    settle(server.process)
    before = server.process.cpu_seconds()
    work()
    settle(server.process)
    return (server.process.cpu_seconds() - before) / count * 1e6


def charts(figures: Sequence[Figure], axes: Sequence[Axis] = AXES) -> dict[str, Chart]:
    """One chart per axis, by its name."""
    medians = {figure.name: figure.median for figure in figures if figure.part == PART}
    return {
        axis.name: Chart(
            title=f"Cost by {axis.title}",
            x=axis.title,
            y="CPU-µs",
            log_x=True,
            lines=tuple(
                Line(
                    what,
                    tuple(
                        (float(point.at), medians[name])
                        for point in axis.points
                        if (name := f"{what}, {axis.name} {point.at}") in medians
                    ),
                )
                for what in ("event", "accept")
            ),
        )
        for axis in axes
        if any(f"event, {axis.name} {point.at}" in medians for point in axis.points)
    }
