"""Lines and results of load runs that nobody had to run."""

import math
import random
from itertools import groupby
from typing import Any

import msgspec

from loadtests.histogram import Histogram
from loadtests.judgement import Figures, Judgement, Violation
from loadtests.lines import AnyLine, Note, Phase, Result, Tick
from loadtests.report.document import Document
from loadtests.spec import Spec
from loadtests.verdict import Check

RUN = "2f6c01ab"
PHASES = (("ramp", 3), ("warm-up", 2), ("steady", 30), ("quiesce", 3))


def histogram(median: float, count: int, spread: float = 0.4) -> Histogram:
    """Latencies around a median in microseconds, always the same ones."""
    chance = random.Random(count)
    found = Histogram()
    for _ in range(count):
        found.record(int(median * math.exp(chance.gauss(0, spread))))
    return found


def tick(second: int, phase: str = "steady", **values: Any) -> Tick:
    """A second in which all went well."""
    usual = {
        "sessions": 200,
        "asked": 200.0,
        "published": 199.0 + second % 3,
        "received": 200.0,
        "p50": 1.9,
        "p90": 3.1,
        "p99": 5.0 + second % 4,
        "p999": 9.5,
        "max": 14.0 + second % 7,
        "lag": 1.2 + second % 3 / 10,
        "cpu": 0.21,
        "server_cpu": 0.34,
        "server_rss_mb": 61 + second / 20,
    }
    return Tick(second=second, phase=phase, **{**usual, **values})


def series(steady: int = 30) -> list[Tick]:
    """All phases of a run; in the middle the server stands still for two seconds."""
    ticks: list[Tick] = []
    for phase, seconds in PHASES:
        for _ in range(steady if phase == "steady" else seconds):
            second = len(ticks)
            ticks.append(tick(second, phase))
            if phase == "ramp":
                quiet = {"asked": 0.0, "published": 0.0, "received": 0.0}
                nothing = dict.fromkeys(("p50", "p90", "p99", "p999", "max"))
                sessions = {"sessions": min(200, second * 80)}
                ticks[-1] = tick(second, phase, **quiet, **nothing, **sessions)
            elif second in {18, 19}:
                ticks[-1] = tick(second, phase, p99=310.0, p999=840.0, max=912.0, outstanding=160)
    return ticks


def judgement(**counts: int) -> Judgement:
    """A ledger's word: 6,000 messages, and nothing wrong but what is given."""
    usual = {"attempted": 6000, "acknowledged": 6000, "expected": 6000, "received": 6000}
    violations = [
        Violation(
            kind="lost",
            count=counts["lost"],
            user="u7",
            device="d0",
            publisher="w1",
            to="u7",
            seq=41,
        )
        for _ in range(1 if counts.get("lost") else 0)
    ]
    return Judgement(
        Figures(**{**usual, "devices": 200, "devices_at_end": 200, **counts}), violations
    )


def result(**values: Any) -> Result:
    """What a runner finds when all is well."""
    usual: dict[str, Any] = {
        "histograms": {
            "connect.from_intended": histogram(21_000, 200),
            "connect.handshake": histogram(8_000, 200),
            "delivery": histogram(2_000, 6000),
            "lag": histogram(50, 3000),
            "publish.ack": histogram(1_500, 6000),
        },
        "figures": {"rate.achieved": 0.999, "connect.achieved": 1.0, "generator.cpu": 0.21},
        "judgement": msgspec.to_builtins(judgement()),
        "series": series(),
        "environment": {"co_located": True, "cores": 2},
    }
    return Result(**{**usual, **values})


def document(**values: Any) -> Document:
    """A result as it is kept; it passed."""
    found = result()
    usual: dict[str, Any] = {
        "version": "0.1.0",
        "started": "2026-11-23 10:00:07 UTC",
        "command": "notifyctl load delivery --rate 200",
        "spec": Spec(scenario="delivery", run=RUN),
        "target": None,
        "outcome": "pass",
        "sentence": "All 3 thresholds were met, and no message was lost, doubled or reordered.",
        "checks": [
            check("delivery.p99<250ms", 250_000, 5_090, margin=0.98),
            check("lost==0", 0, 0, unit=""),
            check("rate.achieved>=99%", 0.99, 0.999, unit="%", margin=0.009),
        ],
        "notes": ["Generator and server share 2 cores of this machine."],
        "environment": {
            "co_located": True,
            "cores": 2,
            "processor": "AMD EPYC 7B13",
            "python": "3.11.7",
            "locust": "2.47.0",
        },
        "histograms": found.histograms,
        "figures": found.figures,
        "judgement": judgement(),
        "series": found.series,
    }
    return Document(**{**usual, **values})


def check(threshold: str, target: float, measured: float | None, **values: Any) -> Check:
    """A threshold that was met, unless something else is said."""
    usual = {"unit": "us", "verdict": "pass", "samples": 6000}
    return Check(threshold=threshold, target=target, measured=measured, **{**usual, **values})


def lines(found: Result | None = None) -> list[AnyLine]:
    """All that a runner tells of a run with this result."""
    found = result() if found is None else found
    told: list[AnyLine] = [Note(text="Five sessions of each user.")]
    for phase, seconds in groupby(found.series, lambda one: one.phase):
        ticks = list(seconds)
        told += [Phase(name=phase, seconds=float(len(ticks))), *ticks]
    return [*told, found]
