"""A second of a run as a person watches it."""

from typing import NamedTuple

from loadtests.lines import Tick
from loadtests.report.numbers import UNMEASURED, count, milliseconds, share


class Cell(NamedTuple):
    """A figure; `is_bad` is one that breaks a promise."""

    name: str
    text: str
    is_bad: bool = False


def columns(tick: Tick) -> list[list[Cell]]:
    """The figures in three columns of the same length: traffic, latency, and how all fare."""
    traffic = [
        Cell("sessions", count(tick.sessions)),
        Cell("asked", f"{count(tick.asked)}/s"),
        Cell("published", f"{count(tick.published)}/s"),
        Cell("received", f"{count(tick.received)}/s"),
        Cell("outstanding", count(tick.outstanding)),
        Cell("server memory", memory(tick)),
    ]
    latencies = [
        Cell("p50", milliseconds(tick.p50)),
        Cell("p90", milliseconds(tick.p90)),
        Cell("p99", milliseconds(tick.p99)),
        Cell("p99.9", milliseconds(tick.p999)),
        Cell("max", milliseconds(tick.max)),
        Cell("server CPU", share(tick.server_cpu)),
    ]
    fates = [
        Cell("lost", count(tick.lost), tick.lost > 0),
        Cell("doubled", count(tick.duplicated), tick.duplicated > 0),
        Cell("out of order", count(tick.out_of_order), tick.out_of_order > 0),
        Cell("lag", milliseconds(tick.lag)),
        Cell("CPU", share(tick.cpu)),
        Cell("second", count(tick.second)),
    ]
    return [traffic, latencies, fates]


def memory(tick: Tick) -> str:
    """What the server holds; nobody knows that of a server elsewhere."""
    return UNMEASURED if tick.server_rss_mb is None else f"{tick.server_rss_mb:,.0f} MB"


def in_one_line(tick: Tick) -> str:
    """The same, for a log."""
    return (
        f"{tick.second:>4} s  {tick.phase}: {count(tick.sessions)} sessions, "
        f"{count(tick.published)} of {count(tick.asked)}/s published, "
        f"p50 {milliseconds(tick.p50)}, p99 {milliseconds(tick.p99)}, "
        f"{count(tick.outstanding)} outstanding, {count(tick.lost)} lost, "
        f"{count(tick.duplicated)} doubled, lag {milliseconds(tick.lag)}, CPU {share(tick.cpu)}"
    )
