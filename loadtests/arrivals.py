"""When things are due: an absolute schedule, which nothing that happens can move.

Whoever waits for an answer before the next message asks less of a server that is slow, and
measures it to be fast. Here a message is due at its time, and late is late.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import TypeVar

from loadtests.spec import Arrival

Item = TypeVar("Item")


def arrivals(kind: Arrival, rate: float, seconds: float, random: Random) -> Iterator[float]:
    """When each message is due, in seconds from the begin: at `rate` per second, for `seconds`.

    `constant` keeps the same distance; `poisson` is how people come, by chance and in clusters.
    """
    number, due = 0, 0.0
    while True:
        if kind == "constant":
            due = number / rate
        elif number:
            due += random.expovariate(rate)
        if due >= seconds:
            return
        yield due
        number += 1


def shuffled(items: Sequence[Item], random: Random) -> Iterator[Item]:
    """The items in chance order, all of them before any comes again; without end."""
    while True:
        yield from random.sample(items, len(items))


def spread(count: int, seconds: float) -> list[float]:
    """When each of `count` begins, evenly over the seconds."""
    return [seconds * number / count for number in range(count)]


def share_of(count: int, index: int, of: int) -> range:
    """Which numbers of 0 .. `count` - 1 belong to one of so many processes."""
    return range(index, count, of)
