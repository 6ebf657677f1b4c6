"""The judgement of a ledger: what was lost, doubled, reordered or forged, with an example each.

The words are those of Jepsen's queues, because they are exact. `lost` is what was acknowledged
and never came to a device that read to the end; `never_read` what a device cannot be asked for,
because it did not come back; `recovered` what came though its acknowledgement did not.
"""

from collections.abc import Iterator
from typing import Final, Literal, get_args

import msgspec

from loadtests.bitset import lowest, up_to
from loadtests.ledger import Arrivals, Ledger, Published, Receiver, Stray
from loadtests.reading import Reading

Kind = Literal["lost", "unexpected", "duplicated", "out_of_order", "skipped", "contradicted"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


class Figures(msgspec.Struct, kw_only=True):
    """What is counted: messages at the publishers, copies of them at the devices."""

    attempted: int = 0
    acknowledged: int = 0
    refused: int = 0
    unknown: int = 0
    """Neither acknowledged nor refused: their answer was lost."""
    recovered: int = 0
    """Of the unknown ones, those that came to a device."""

    expected: int = 0
    """Copies of acknowledged messages, one for each device that follows the address."""
    received: int = 0
    """Copies that came, each counted once."""
    never_read: int = 0
    """Expected copies that have not come to devices that have not read to the end."""
    lost: int = 0
    unexpected: int = 0
    duplicated: int = 0
    out_of_order: int = 0
    skipped: int = 0
    """Places of a stream that a device was not sent, and no gap frame explained."""
    contradicted: int = 0
    """Messages that came though they were refused."""

    devices: int = 0
    devices_at_end: int = 0
    replayed: int = 0
    """Repeats after a connection was resumed, as they shall be."""
    gaps: int = 0
    missed: int = 0
    """Places that gap frames told of. Whatever stood there counts as lost nevertheless."""
    epochs: int = 0


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """A promise that was not kept at a device, how often, and the first instance of it.

    An instance is named by what is known: `seq` is the publisher's number of the message,
    `place` its number in the stream.
    """

    kind: Kind
    count: int
    user: str
    device: str
    publisher: str | None = None
    to: str | None = None
    seq: int | None = None
    stream: str | None = None
    place: int | None = None
    note: str = ""

    def __str__(self) -> str:
        message = "" if self.seq is None else f"#{self.seq} of {self.publisher} to {self.to}"
        place = "" if self.place is None else f"{self.stream} #{self.place}"
        what = ", ".join(part for part in (message, place, self.note) if part)
        others = f" and {self.count - 1:,} more" if self.count > 1 else ""
        return f"{self.kind.replace('_', ' ')} at {self.user}'s {self.device}: {what}{others}"


class Judgement(msgspec.Struct, frozen=True):
    """What the ledger says in the end."""

    figures: Figures
    violations: list[Violation]

    @property
    def is_valid(self) -> bool | None:
        """Whether every promise was kept; None if that cannot be known."""
        if self.violations:
            return False
        figures = self.figures
        return True if figures.expected and not figures.never_read else None


def judge(ledger: Ledger) -> Judgement:
    """Compare what was answered with what came. It may be asked while the run goes on, too."""
    figures, came = Figures(), _came(ledger)
    for page in _pages(ledger):
        acknowledged, refused = page.acks.as_int(), _refused(page)
        unanswered = up_to(page.attempted) & ~acknowledged & ~refused
        figures.attempted += page.attempted
        figures.acknowledged += acknowledged.bit_count()
        figures.refused += refused.bit_count()
        figures.unknown += unanswered.bit_count()
        figures.recovered += (unanswered & came.get((page.to, page.publisher), 0)).bit_count()
    violations = [
        violation for receiver in _receivers(ledger) for violation in _at(receiver, ledger, figures)
    ]
    for violation in violations:
        name = violation.kind
        setattr(figures, name, getattr(figures, name) + violation.count)
    return Judgement(figures, violations)


def _pages(ledger: Ledger) -> Iterator[Published]:
    for pages in ledger.published.values():
        yield from pages.values()


def _receivers(ledger: Ledger) -> Iterator[Receiver]:
    for receivers in ledger.receivers.values():
        yield from receivers.values()


def _refused(page: Published) -> int:
    return page.refusals.as_int() & ~page.acks.as_int()


def _came(ledger: Ledger) -> dict[tuple[str, str], int]:
    came: dict[tuple[str, str], int] = {}
    for receiver in _receivers(ledger):
        for to, by_publisher in receiver.arrivals.items():
            for publisher, arrivals in by_publisher.items():
                received = arrivals.received.as_int()
                came[to, publisher] = came.get((to, publisher), 0) | received
    return came


def _at(receiver: Receiver, ledger: Ledger, figures: Figures) -> Iterator[Violation]:
    figures.devices += 1
    figures.devices_at_end += receiver.is_at_end
    for stream, reading in receiver.readings.items():
        figures.replayed += reading.replayed
        figures.gaps += reading.gaps
        figures.missed += reading.missed
        figures.epochs += reading.epochs
        yield from _in_stream(receiver, stream, reading)
    if receiver.first_unexpected is not None:
        yield _strayed(receiver, receiver.first_unexpected)
    for to in sorted(receiver.follows | receiver.arrivals.keys()):
        pages, arrived = ledger.published.get(to, {}), receiver.arrivals.get(to, {})
        for publisher in sorted(pages.keys() | arrived.keys()):
            page = pages.get(publisher, Published(publisher=publisher, to=to))
            arrivals = arrived.get(publisher, Arrivals())
            yield from _of_publisher(receiver, page, arrivals, figures)


def _in_stream(receiver: Receiver, stream: str, reading: Reading) -> Iterator[Violation]:
    skipped, first_skipped = reading.holes()
    found: tuple[tuple[Kind, int, int], ...] = (
        ("duplicated", reading.duplicated, reading.first_duplicated),
        ("out_of_order", reading.late, reading.first_late),
        ("skipped", skipped, first_skipped),
    )
    for kind, count, place in found:
        if count:
            yield Violation(
                kind=kind,
                count=count,
                user=receiver.user,
                device=receiver.device,
                stream=stream,
                place=place,
            )


def _strayed(receiver: Receiver, stray: Stray) -> Violation:
    violation = Violation(
        kind="unexpected",
        count=receiver.unexpected,
        user=receiver.user,
        device=receiver.device,
        stream=stray.stream,
        place=stray.place,
        note="without a stamp",
    )
    stamp = stray.stamp
    if stamp is None:
        return violation
    return msgspec.structs.replace(
        violation,
        publisher=stamp.publisher,
        to=stamp.to,
        seq=stamp.seq,
        note="" if stamp.run == receiver.run else f"of run {stamp.run}",
    )


def _of_publisher(
    receiver: Receiver, page: Published, arrivals: Arrivals, figures: Figures
) -> Iterator[Violation]:
    acknowledged, received = page.acks.as_int(), arrivals.received.as_int()
    attempted, missing = up_to(page.attempted), acknowledged & ~received
    figures.received += (received & attempted).bit_count()
    lost = 0
    if page.to in receiver.follows:
        figures.expected += acknowledged.bit_count()
        if receiver.is_at_end:
            lost = missing
        else:
            figures.never_read += missing.bit_count()
    late = arrivals.late.as_int() & ~page.retries.as_int() if page.is_in_order else 0
    found: tuple[tuple[Kind, int], ...] = (
        ("lost", lost),
        ("unexpected", received & ~attempted),
        ("out_of_order", late & attempted),
        ("contradicted", received & _refused(page)),
    )
    for kind, numbers in found:
        if numbers:
            yield _instance(kind, numbers.bit_count(), lowest(numbers), receiver, page)
    if arrivals.duplicated:
        first = arrivals.first_duplicated
        yield _instance("duplicated", arrivals.duplicated, first, receiver, page)


def _instance(kind: Kind, count: int, seq: int, receiver: Receiver, page: Published) -> Violation:
    return Violation(
        kind=kind,
        count=count,
        user=receiver.user,
        device=receiver.device,
        publisher=page.publisher,
        to=page.to,
        seq=seq,
    )
