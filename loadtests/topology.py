"""Who is in a run: which users with which devices, which topics, and who publishes to whom.

Publisher and receivers of an address are in the same process, so that every latency is a
difference of one clock, and both ends of every message are known in one place.
"""

from math import ceil
from typing import Final

import msgspec

from loadtests.arrivals import share_of
from loadtests.spec import Spec
from notifyctl.wire import TOPIC

RATE_PER_PUBLISHER: Final = 400.0
"""Servers limit how fast one token may publish, by default to 1,000 a second."""


class Seat(msgspec.Struct, frozen=True):
    """A device that connects, and the topics it follows beside its user's inbox."""

    user: str
    device: str
    topics: tuple[str, ...] = ()


class Sender(msgspec.Struct, frozen=True):
    """A publisher, the addresses that are its own, and its part of the whole run's rate."""

    name: str
    addresses: tuple[str, ...]
    part: float


def seats(spec: Spec, index: int, of: int) -> list[Seat]:
    """The devices of one process."""
    if spec.scenario == "fanout":
        return [
            Seat(f"{topic(spec, number).removeprefix(TOPIC)}-{subscriber}", "d0", (name,))
            for number in share_of(spec.topics, index, of)
            for subscriber in range(spec.subscribers)
            if (name := topic(spec, number))
        ]
    return [
        Seat(user(spec, number), f"d{device}")
        for device in range(ceil(spec.connections / spec.users))
        for number in share_of(_users(spec), index, of)
        if device * spec.users + number < spec.connections
    ]


def most_seats(spec: Spec) -> int:
    """How many devices the largest of the processes has."""
    return max(len(seats(spec, index, spec.processes)) for index in range(spec.processes))


def all_seats(spec: Spec) -> int:
    """How many devices all processes have together."""
    return spec.topics * spec.subscribers if spec.scenario == "fanout" else spec.connections


def addresses(spec: Spec, index: int, of: int) -> list[str]:
    """Where the publishers of one process send to."""
    if spec.scenario == "fanout":
        return [topic(spec, number) for number in share_of(spec.topics, index, of)]
    return [user(spec, number) for number in share_of(_users(spec), index, of)]


def senders(spec: Spec, index: int, of: int) -> list[Sender]:
    """The publishers of one process; every address belongs to one of them."""
    mine = addresses(spec, index, of)
    every = spec.topics if spec.scenario == "fanout" else _users(spec)
    wanted = ceil(spec.rate * len(mine) / every / RATE_PER_PUBLISHER)
    count = min(wanted, len(mine))
    return [
        Sender(
            f"load-{spec.run}-p{index}-{number}",
            tuple(mine[number::count]),
            len(mine[number::count]) / every,
        )
        for number in range(count)
    ]


def user(spec: Spec, number: int) -> str:
    """A user's name. Every run has users of its own: nobody else's messages are in their way."""
    return f"load-{spec.run}-u{number}"


def topic(spec: Spec, number: int) -> str:
    """A topic's address."""
    return f"{TOPIC}load-{spec.run}-t{number}"


def _users(spec: Spec) -> int:
    # A user without a device would only be written to.
    return min(spec.users, spec.connections)
