"""What a load run measures: every name that a threshold may use, and in which unit."""

from enum import Enum
from typing import Final

import msgspec

from loadtests.histogram import Histogram


class Quantity(Enum):
    """What kind of number a metric is; the value is the unit that it is told in.

    A time is a distribution, in microseconds; a threshold says which part of it.
    """

    TIME = "us"
    COUNT = ""
    SHARE = "%"
    RATE = "/s"
    FACTOR = "times"
    SLOPE = "MB/h"


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One name, and what it means. More is better of shares and rates, less of all others.

    What the generator alone decides (`is_own`) says nothing about the server. What both reach
    together (`is_joint`) blames the server only if the generator could have done better.
    """

    name: str
    quantity: Quantity
    about: str
    is_own: bool = False
    is_joint: bool = False


class Sample(msgspec.Struct, frozen=True):
    """A measured number, and of how many observations it was made.

    `doubt` is why it proves nothing though it looks right: what was not seen may be wrong.
    """

    value: float
    samples: int
    doubt: str = ""


Measured = Histogram | Sample


def _time(name: str, about: str, *, is_own: bool = False) -> Metric:
    return Metric(name=name, quantity=Quantity.TIME, about=about, is_own=is_own)


def _count(name: str, about: str) -> Metric:
    return Metric(name=name, quantity=Quantity.COUNT, about=about)


METRICS: Final = (
    _time("delivery", "from when a message was due until a device had it"),
    _time("publish.ack", "from when a message was due until its publisher was answered"),
    _time("connect.from_intended", "from when a session was due until its welcome"),
    _time("connect.handshake", "from opening the connection until the welcome"),
    _time("reconnect", "from the cut until a session was back"),
    _time("drain.per_user", "from the return of a user until all that was waiting had come"),
    _time("drain.whole", "from the return of the users until all that was waiting had come"),
    _time("fanout.last", "from when a message was due until its last subscriber had it"),
    _time("fanout.skew", "between the first subscriber and the last"),
    _time("lag", "how late the generator itself was", is_own=True),
    Metric(
        name="rate.achieved",
        quantity=Quantity.SHARE,
        about="messages published, of those that were due",
        is_joint=True,
    ),
    Metric(
        name="connect.achieved",
        quantity=Quantity.SHARE,
        about="sessions open, of those asked for",
        is_joint=True,
    ),
    Metric(
        name="resume.ok_ratio",
        quantity=Quantity.SHARE,
        about="sessions that resumed exactly where they were",
    ),
    Metric(
        name="drain.msgs_per_s",
        quantity=Quantity.RATE,
        about="messages a second while backlogs drained",
        is_joint=True,
    ),
    Metric(
        name="drift.p50",
        quantity=Quantity.FACTOR,
        about="the median delivery of the last tenth of a run, over that of the first",
        is_joint=True,
    ),
    Metric(
        name="drift.p99",
        quantity=Quantity.FACTOR,
        about="the same of the 99th percentile",
        is_joint=True,
    ),
    Metric(
        name="server.memory_mb_per_hour",
        quantity=Quantity.SLOPE,
        about="by how much the server's memory grows",
    ),
    _count("connect.failed", "connections that could not be opened"),
    _count("connect.refused", "connections that the server refused for the time being"),
    _count("reconnect.refused", "the same, of those that came back after a cut"),
    _count("sessions.closed", "sessions that ended though nobody cut them"),
    _count("sessions.stopped", "sessions that ended for good"),
    _count("lost", "acknowledged, and not come to a device that read to the end"),
    _count("unexpected", "come, though nobody of this run sent it there"),
    _count("duplicated", "come more than once"),
    _count("out_of_order", "come after a later one"),
    _count("skipped", "places of a stream that did not come and were not explained"),
    _count("contradicted", "come, though it was refused"),
    _count("recovered", "come, though its acknowledgement was lost"),
    _count("never_read", "not come to devices that did not read to the end"),
    _count("refused", "messages that the server refused"),
    _count("unknown", "messages without an answer"),
    _count("replayed", "repeats after a resume, as they shall be"),
    _count("gaps", "gap frames"),
    _count("missed", "places that gap frames told of"),
    _count("epochs", "histories that were replaced"),
)
