"""Histories of crash tests, written by hand: small, whole, and with a fault where one is wanted."""

from collections.abc import Iterable

from loadtests.crash.books import Books
from loadtests.crash.entries import (
    Answered,
    AnyEntry,
    Asked,
    Came,
    Finished,
    Given,
    Receipted,
    Welcomed,
)
from loadtests.stamp import Message
from tests.support.runs import EPOCH, RUN, stamp

PHONE = ("alice", "phone")


def message(seq: int, *, to: str = "alice", publisher: str = "w1") -> Message:
    """A message, by its publisher's number."""
    return Message(publisher, to, seq)


def event_id(place: int, to: str = "alice") -> str:
    """The id of the event at a place."""
    return f"{to}-{place}"


def published(
    seq: int, *, place: int | None = None, to: str = "alice", publisher: str = "w1"
) -> list[AnyEntry]:
    """A publisher asks, and is answered; messages stand at the places of their numbers."""
    return [
        Asked(message=message(seq, to=to, publisher=publisher), ask="first", via="http"),
        answered(seq, place=place, to=to, publisher=publisher),
    ]


def answered(
    seq: int, *, place: int | None = None, to: str = "alice", publisher: str = "w1"
) -> Answered:
    """The publisher is told where its message is."""
    place = place or seq
    name = message(seq, to=to, publisher=publisher)
    return Answered(message=name, place=place, id=event_id(place, to))


def welcomed(
    after: int = 0,
    *,
    device: tuple[str, str] = PHONE,
    stream: str = "inbox",
    afresh: bool = False,
) -> Welcomed:
    """A device reads from behind a place."""
    user, name = device
    return Welcomed(user=user, device=name, stream=stream, epoch=EPOCH, after=after, afresh=afresh)


def came(
    seq: int | None,
    *,
    place: int | None = None,
    device: tuple[str, str] = PHONE,
    to: str | None = None,
    publisher: str = "w1",
    run: str = RUN,
) -> Came:
    """A message comes over the wire; one without a number is somebody else's."""
    user, name = device
    to, place = to or user, place or seq or 1
    return Came(
        user=user,
        device=name,
        stream=to if to.startswith("topic:") else "inbox",
        epoch=EPOCH,
        place=place,
        id=event_id(place, to),
        stamp=None if seq is None else stamp(seq, to=to, publisher=publisher, run=run),
    )


def given(entry: Came) -> Given:
    """What came is given to the application."""
    return Given(
        user=entry.user,
        device=entry.device,
        stream=entry.stream,
        epoch=entry.epoch,
        place=entry.place,
        id=entry.id,
        stamp=entry.stamp,
    )


def delivered(entry: Came) -> list[AnyEntry]:
    """It comes over the wire, and is given to the application."""
    return [entry, given(entry)]


def finished(device: tuple[str, str] = PHONE) -> Finished:
    """A device has read to the end."""
    return Finished(user=device[0], device=device[1])


def receipted(seq: int, *devices: str, place: int | None = None) -> Receipted:
    """A receipt of a message names these devices."""
    place = place or seq
    return Receipted(message=message(seq), place=place, id=event_id(place), devices=list(devices))


def told(*parts: AnyEntry | Iterable[AnyEntry]) -> list[AnyEntry]:
    """The parts as one history, a second between two entries."""
    history: list[AnyEntry] = []
    for part in parts:
        history += part if isinstance(part, Iterable) else [part]
    for second, entry in enumerate(history):
        entry.at = float(second)
    return history


def healthy(count: int) -> list[AnyEntry]:
    """So many messages are published to alice, and come to her phone as they should."""
    return told(
        *(published(seq) for seq in range(1, count + 1)),
        welcomed(),
        *(delivered(came(seq)) for seq in range(1, count + 1)),
        finished(),
    )


def books_of(
    history: Iterable[AnyEntry],
    *,
    devices: Iterable[tuple[str, str]] = (PHONE,),
    topics: tuple[str, ...] = (),
    on_wire: bool = True,
) -> Books:
    """The books after all of it."""
    books = Books(RUN)
    for user, device in devices:
        books.expect(user, device, topics, on_wire=on_wire)
    for entry in history:
        books.enter(entry)
    return books


def texts(books: Books) -> list[str]:
    """What the books find wrong, in words."""
    return [finding.text for finding in books.findings()]


def story(*seen: list[AnyEntry], messages: int = 3) -> Books:
    """Messages to alice, and what her phone sees until it has read to the end."""
    sent = (published(seq) for seq in range(1, messages + 1))
    return books_of(told(*sent, welcomed(), *seen, finished()))


def asked(seq: int, *, retries: int = 0) -> list[AnyEntry]:
    """A message leaves its publisher, and leaves again; no answer is told of."""
    retry = Asked(message=message(seq), ask="retry", via="http")
    return [Asked(message=message(seq), ask="first", via="http"), *[retry] * retries]
