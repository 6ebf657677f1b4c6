"""An open model: events are published when they are due, whatever became of those before."""

import select
import time
from collections.abc import Sequence

import msgspec

from loadtests.bench.publisher import ANSWER_SECONDS, Numbered
from loadtests.bench.server import publish


class Course(msgspec.Struct):
    """How a schedule went, in seconds from the time each event was due."""

    lags: list[float] = msgspec.field(default_factory=list)
    """Until it was sent: the publisher's own lateness."""
    answers: list[float] = msgspec.field(default_factory=list)
    """Until it was answered."""


def stamp(due: float) -> str:
    """The time an event is due, as a title: microseconds in 16 digits."""
    return f"{int(due * 1e6):016d}"


def keep_schedule(
    line: Numbered, users: Sequence[str], *, rate: float, events: int, first: int = 0
) -> Course:
    """Publish `events` at `rate` per second to the users in turn, and wait for the answers."""
    course = Course()
    begin = time.monotonic() + 0.1
    sent = 0
    while len(course.answers) < events:
        now = time.monotonic()
        due = min(events, int((now - begin) * rate) + 1) if now >= begin else 0
        if due > sent:
            frames = []
            for number in range(sent, due):
                at = begin + number / rate
                frames.append(publish(first + number, users[number % len(users)], stamp(at)))
                course.lags.append(now - at)
            line.say(b"".join(frames))
            sent = due
        wait = max(0.0, begin + sent / rate - time.monotonic()) if sent < events else ANSWER_SECONDS
        if select.select([line.socket], [], [], wait)[0]:
            numbers = line.numbers()
            now = time.monotonic()
            course.answers += [now - begin - (number - first) / rate for number in numbers]
        elif sent == events:
            raise RuntimeError(f"{events - len(course.answers)} events were not answered")
    return course
