"""The load generator itself: what one process of it holds, and how much it checks in time."""

import secrets
import subprocess
import sys
from collections.abc import Iterator
from typing import Final

import msgspec

from loadtests.bench.figures import Figure, least, most
from loadtests.bench.machine import LOADING, pinned
from loadtests.bench.server import SECRET, Server
from loadtests.bench.stage import Stage
from loadtests.lines import AnyLine, Failed, Result, Tick, decode_line
from loadtests.spec import Spec, Target
from loadtests.usage import usage

PART: Final = "generator"
SUBSCRIBERS: Final = 100
COPIES: Final = 10


def generator(
    stage: Stage, *, rounds: int = 3, connections: int = 10_000, copies: int = 10_000
) -> list[Figure]:
    """One process holds connections, and another one checks every message that comes to it.

    A message goes to ten subscribers, so that the generator is measured and not the server's
    disk. The lag is how late the generator is for what is due every 10 ms.
    """
    stage.tell(f"{connections:,} connections of one process")
    held, memory = _held(stage.server("held"), connections)
    checked, lags = [], []
    server = stage.server("checked")
    for number in range(rounds):
        stage.tell(f"checked messages, round {number + 1} of {rounds}")
        rate, lag = _checked(server, copies)
        checked.append(rate)
        lags.append(lag)
    return [
        Figure(part=PART, name="held", unit="connections", values=(held,), goal=least(10_000)),
        Figure(part=PART, name="memory to hold them", unit="MiB", values=(memory,), goal=most(250)),
        Figure(
            part=PART,
            name="checked",
            unit="messages/s",
            values=tuple(checked),
            # What is due in the last instant comes after it.
            goal=least(0.99 * 10_000),
        ),
        Figure(part=PART, name="lag meanwhile, p99", unit="ms", values=tuple(lags), goal=most(10)),
    ]


def _held(server: Server, connections: int) -> tuple[float, float]:
    topics = max(1, connections // SUBSCRIBERS)
    spec = _spec(server, topics=topics, subscribers=connections // topics, rate=1, duration=4)
    sessions, memory = 0, 0.0
    for line, pid in _played(spec):
        if isinstance(line, Tick) and line.phase == "steady":
            sessions = line.sessions
            memory = max(memory, usage(pid).resident_mb or 0.0)
    return sessions, memory


def _checked(server: Server, copies: int) -> tuple[float, float]:
    spec = _spec(server, topics=100, subscribers=COPIES, rate=copies / COPIES, warmup=2, duration=5)
    for line, _ in _played(spec):
        if isinstance(line, Result):
            lag = line.histograms["lag"].quantile(0.99) or 0
            return line.histograms["delivery"].count / spec.duration, lag / 1000
    raise RuntimeError("the generator ended without a result")


def _spec(
    server: Server,
    *,
    topics: int,
    subscribers: int,
    rate: float,
    duration: float,
    warmup: float = 0,
) -> Spec:
    target = Target(
        http_url=f"http://127.0.0.1:{server.http_port}",
        ws_url=f"ws://127.0.0.1:{server.ws_port}/ws",
        secret=SECRET,
    )
    return Spec(
        scenario="fanout",
        run=secrets.token_hex(4),
        target=target,
        topics=topics,
        subscribers=subscribers,
        rate=rate,
        warmup=warmup,
        duration=duration,
    )


def _played(spec: Spec) -> Iterator[tuple[AnyLine, int]]:
    """What the runner tells, with its process id. Raises `RuntimeError` if it cannot run."""
    with pinned(LOADING):
        process = subprocess.Popen(
            [sys.executable, "-m", "loadtests.runner"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        with process.stdin as stdin:
            stdin.write(msgspec.json.encode(spec))
        try:
            for text in process.stdout:
                line = decode_line(text)
                match line:
                    case Failed(reason=reason):
                        raise RuntimeError(reason)
                    case _:
                        yield line, process.pid
        finally:
            process.terminate()
