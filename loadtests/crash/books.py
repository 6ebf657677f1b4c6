"""The books of a crash test: every entry of its history, held against the promises.

There are two ledgers. On the wire a repeat is right after a connection broke, and only then. In
the application it is right never, unless that kept no position. And whoever names a message, at
any time, has to name the same event.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, assert_never

import msgspec

from loadtests.crash.entries import (
    Abandoned,
    Acked,
    Answered,
    AnyEntry,
    Asked,
    Came,
    Dropped,
    Fault,
    Finished,
    Gapped,
    Given,
    Receipted,
    Refused,
    Welcomed,
)
from loadtests.judgement import Judgement, Violation, judge
from loadtests.ledger import Ledger, Published
from loadtests.sightings import Contradiction, Identity, Sightings
from loadtests.stamp import Message
from notifyctl.wire import INBOX

WIRE: Final = "on the wire"
APPLICATION: Final = "in the application"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A promise that was not kept, in one sentence, and where its history is to be found."""

    kind: str
    text: str
    message: Message | None = None
    other: Message | None = None
    """The message that it was taken for, if there are two."""
    user: str | None = None
    device: str | None = None
    stream: str | None = None
    place: int | None = None


class Books:
    """What is known so far; `findings` says what is wrong with it."""

    def __init__(self, run: str) -> None:
        self.wire, self.application = Ledger(run=run), Ledger(run=run)
        # What was published is the same for both.
        self.application.published = self.wire.published
        self.sightings = Sightings()
        self.counts: Counter[str] = Counter()
        self.events: dict[Message, str] = {}
        """The ids that publishers were told."""
        self._finished: set[str] = set()
        self._breaches: list[Finding] = []

    def expect(self, user: str, device: str, topics: Iterable[str], *, on_wire: bool) -> None:
        """This device has to get all that goes to its user and to these topics."""
        for ledger in (self.wire, self.application) if on_wire else (self.application,):
            receiver = ledger.receiver(user, device)
            for topic in topics:
                receiver.follow(topic)

    def enter(self, entry: AnyEntry) -> None:
        """Something happened."""
        self.counts[type(entry).__name__] += 1
        match entry:
            case Asked() | Answered() | Refused() | Abandoned() | Receipted():
                self._of_message(entry)
            case Came() | Given():
                self._seen(entry)
            case Welcomed():
                self._welcomed(entry)
            case Gapped():
                self._gapped(entry)
            case Finished(user=user, device=device):
                self._finished.add(f"{user}/{device}")
                for ledger in self._ledgers(user, device):
                    ledger.receiver(user, device).finished()
            case Fault(fault=fault):
                self.counts[fault] += 1
            case Acked(lost=lost):
                self.counts["lost ack"] += lost
            case Dropped():
                pass
            case _:
                assert_never(entry)

    def breach(self, kind: str, text: str, message: Message | None = None) -> None:
        """The server broke a promise in a way that is no entry, as by not coming back."""
        self._breaches.append(Finding(kind=kind, text=f"{kind}: {text}", message=message))

    def judged(self) -> tuple[Judgement, Judgement]:
        """What the two ledgers say: of the wire, and of the application."""
        return judge(self.wire), judge(self.application)

    def findings(self) -> list[Finding]:
        """All that is wrong, the worst first: what the application got, then why."""
        wire, application = self.judged()
        return [
            *(self._named(violation, APPLICATION) for violation in application.violations),
            *(self._named(violation, WIRE) for violation in wire.violations),
            *(self._told(each) for each in self.sightings.contradictions),
            *self._breaches,
        ]

    def is_behind(self, user: str, device: str) -> bool:
        """Whether something acknowledged has not been given to the device yet."""
        receiver = self.application.receiver(user, device)
        return any(
            page.acks.as_int() & ~receiver.arrivals[to][name].received.as_int()
            if name in receiver.arrivals.get(to, {})
            else page.acks.as_int()
            for to in receiver.follows
            for name, page in self.application.published.get(to, {}).items()
        )

    def devices_of(self, to: str) -> set[str]:
        """The devices that have to get what is published there, as receipts name them."""
        return {
            f"{user}/{device}"
            for user, receivers in self.application.receivers.items()
            for device, receiver in receivers.items()
            if to in receiver.follows
        }

    def _of_message(self, entry: Asked | Answered | Refused | Abandoned | Receipted) -> None:
        message = entry.message
        page = self._page(message)
        match entry:
            case Asked(ask=ask):
                self.counts[ask] += 1
                if ask == "first" and page.attempt() != message.seq:
                    raise ValueError(f"{message} is not the next one of its publisher")
            case Answered():
                self.counts["replayed"] += entry.replayed is True
                page.acknowledged(message.seq)
                self.events.setdefault(message, entry.id)
                identity = _identity(message, entry.place, entry.id)
                self.sightings.answered(message, identity, entry.at)
            case Refused(answer=answer):
                page.refused(message.seq)
                self.breach("refused", f"{message} was refused: {answer}", message)
            case Abandoned():
                page.retried(message.seq)
            case Receipted():
                identity = _identity(message, entry.place, entry.id)
                self.sightings.receipted(message, identity, entry.devices, self._finished, entry.at)
            case _:
                assert_never(entry)

    def _seen(self, entry: Came | Given) -> None:
        user, device = entry.user, entry.device
        is_on_wire = self._is_on_wire(user, device)
        ledger = self.wire if isinstance(entry, Came) else self.application
        receiver = ledger.receiver(user, device)
        receiver.received(entry.stream, entry.epoch, entry.place, entry.stamp)
        # What another run sent is forged, and is none of our messages, though it may be named so.
        if entry.stamp is None or entry.stamp.run != ledger.run:
            return
        # The wire comes first, and has everything; of other devices only the application is known.
        if is_on_wire == isinstance(entry, Came):
            identity = Identity(_owned(entry.stream, user), entry.place, entry.id)
            self.sightings.arrived(entry.stamp.message, identity, f"{user}/{device}", entry.at)

    def _welcomed(self, entry: Welcomed) -> None:
        self.counts["sessions"] += entry.stream == INBOX
        for ledger in self._ledgers(entry.user, entry.device):
            receiver = ledger.receiver(entry.user, entry.device)
            if ledger is self.wire or entry.afresh or entry.stream not in receiver.readings:
                receiver.resumed(entry.stream, entry.epoch, entry.after)

    def _gapped(self, entry: Gapped) -> None:
        where = f"{entry.user}'s {entry.device}"
        for ledger in self._ledgers(entry.user, entry.device):
            receiver = ledger.receiver(entry.user, entry.device)
            receiver.gap(entry.stream, entry.epoch, entry.first, entry.last)
        self._breaches.append(
            Finding(
                kind="gap",
                text=f"gap: {where} was told that {entry.stream} #{entry.first} to #{entry.last} "
                "are gone, though nothing was removed",
                user=entry.user,
                device=entry.device,
                stream=entry.stream,
                place=entry.first,
            )
        )

    def _ledgers(self, user: str, device: str) -> Iterator[Ledger]:
        if self._is_on_wire(user, device):
            yield self.wire
        yield self.application

    def _is_on_wire(self, user: str, device: str) -> bool:
        return device in self.wire.receivers.get(user, {})

    def _page(self, message: Message) -> Published:
        return self.wire.publisher(message.publisher, message.to)

    def _named(self, violation: Violation, where: str) -> Finding:
        message, place = self._message_of(violation), violation.place
        if message is not None:
            publisher, to, seq = message
            violation = msgspec.structs.replace(violation, publisher=publisher, to=to, seq=seq)
            said = self.sightings.history(message)
            place = place or (said[0].identity.place if said else None)
        return Finding(
            kind=violation.kind.replace("_", " "),
            text=f"{violation}, {where}",
            message=message,
            user=violation.user,
            device=violation.device,
            stream=violation.stream or (_stream(message.to) if message else None),
            place=place,
        )

    def _message_of(self, violation: Violation) -> Message | None:
        if violation.publisher and violation.to and violation.seq is not None:
            return Message(violation.publisher, violation.to, violation.seq)
        # What is forged stands where it stands; the message that belongs there is another.
        if violation.kind == "unexpected" or violation.stream is None or violation.place is None:
            return None
        return self.sightings.at(_owned(violation.stream, violation.user), violation.place)

    def _told(self, contradiction: Contradiction) -> Finding:
        message = contradiction.message
        return Finding(
            kind=contradiction.kind,
            text=str(contradiction),
            message=message,
            other=contradiction.other,
            user=None if _stream(message.to) == message.to else message.to,
            stream=_stream(message.to),
            place=contradiction.history[0].identity.place,
        )


def _stream(to: str) -> str:
    return to if to.startswith("topic:") else INBOX


def _identity(message: Message, place: int, event: str) -> Identity:
    return Identity(_owned(_stream(message.to), message.to), place, event)


def _owned(stream: str, user: str) -> str:
    """A stream with its owner: topics have none, and every user has an inbox."""
    return f"{INBOX}:{user}" if stream == INBOX else stream
