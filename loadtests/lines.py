"""What a running load test tells, one line of JSON each: phases, seconds, remarks, the result."""

from typing import Any, TypeAlias

import msgspec

from loadtests.histogram import Histogram


class Line(msgspec.Struct, frozen=True, kw_only=True, tag_field="line", tag=str.lower):
    """Any of them."""


class Phase(Line, frozen=True, kw_only=True):
    """A part of the run begins; `seconds` is how long it takes, if that is known."""

    name: str
    seconds: float | None = None


class Tick(Line, frozen=True, kw_only=True):
    """One second of the run, over all processes. Latencies and lag in milliseconds."""

    second: int
    phase: str
    sessions: int = 0
    # Events per second: what the schedule asked for, what was published, what was received.
    asked: float = 0
    published: float = 0
    received: float = 0
    p50: float | None = None
    p90: float | None = None
    p99: float | None = None
    p999: float | None = None
    max: float | None = None
    # Acknowledged and not yet with everybody; known only to the checker.
    outstanding: int = 0
    lost: int = 0
    duplicated: int = 0
    out_of_order: int = 0
    # Of the generator: how late a sleep of 10 ms ends (99th percentile), and its busiest process.
    lag: float = 0
    cpu: float = 0
    # Of a server on this machine.
    server_cpu: float | None = None
    server_rss_mb: float | None = None


class Note(Line, frozen=True, kw_only=True):
    """Something that people should know, in one sentence."""

    text: str


class Failed(Line, frozen=True, kw_only=True):
    """The run could not be done or finished, and why; it is inconclusive."""

    reason: str


class Result(Line, frozen=True, kw_only=True):
    """What was found.

    `histograms` (microseconds) and `figures` are the metrics that thresholds may name. `judgement`
    is the ledger's. `environment` says where it ran. A run that was stopped early is `partial`.
    """

    histograms: dict[str, Histogram]
    figures: dict[str, float]
    judgement: dict[str, Any]
    series: list[Tick]
    environment: dict[str, Any]
    partial: bool = False


AnyLine: TypeAlias = Phase | Tick | Note | Failed | Result

_decoder: msgspec.json.Decoder[AnyLine] = msgspec.json.Decoder(AnyLine)


def decode_line(text: bytes) -> AnyLine:
    """A line as the runner wrote it. Raises `msgspec.DecodeError`."""
    return _decoder.decode(text)
