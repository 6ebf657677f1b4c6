"""One message, one place, one id: whoever saw a message says the same of it, kill after kill.

The ledger counts; this one remembers every word, and is for runs that are small enough: what
publishers were answered, each time they asked, what came to devices, what receipts say. Of a
contradiction it keeps the history of that message, and of no other.
"""

from collections.abc import Collection
from typing import Literal

import msgspec

from loadtests.stamp import Message

Kind = Literal["changed", "shared", "unfounded", "forgotten"]


class Identity(msgspec.Struct, frozen=True):
    """Which event a message became: its place in the stream, and its id."""

    stream: str
    """With its owner, as in `inbox:alice`: streams of two users have two names here."""
    place: int
    event: str

    @property
    def at(self) -> str:
        """The place with its stream."""
        return f"{self.stream} #{self.place}"

    def __str__(self) -> str:
        return f"{self.at} ({self.event})"


class Sighting(msgspec.Struct, frozen=True):
    """Somebody said which event a message is, at a time in seconds of the run."""

    at: float
    by: str
    identity: Identity

    def __str__(self) -> str:
        return f"{self.at:10.3f}  {self.by}: {self.identity}"


class Contradiction(msgspec.Struct, frozen=True):
    """Words that cannot both be true, with all that had been said of the messages until then.

    `changed`: a message became two events. `shared`: two messages became one.
    `unfounded`: a receipt names a device that never had the event. `forgotten`: it leaves out one
    that had it, and acknowledged it.
    """

    kind: Kind
    message: Message
    detail: str
    history: tuple[Sighting, ...]
    other: Message | None = None
    """The one that it shares an event with."""

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}: {self.detail}"


class Sightings:
    """All that was said of every message, and which device saw it."""

    def __init__(self) -> None:
        self._by_message: dict[Message, list[Sighting]] = {}
        self._by_event: dict[str, Message] = {}
        """By id and by place in the stream: each belongs to one message."""
        self._devices: dict[Message, set[str]] = {}
        self.contradictions: list[Contradiction] = []

    def answered(self, message: Message, identity: Identity, now: float) -> None:
        """A publisher was told where its message is, for the first time or once more."""
        self._note(message, Sighting(now, f"answer to {message.publisher}", identity))

    def arrived(self, message: Message, identity: Identity, device: str, now: float) -> None:
        """The message came to a device, named as receipts name it: `alice/phone`."""
        self._devices.setdefault(message, set()).add(device)
        self._note(message, Sighting(now, device, identity))

    def receipted(
        self,
        message: Message,
        identity: Identity,
        acknowledged_by: Collection[str],
        finished: Collection[str],
        now: float,
    ) -> None:
        """A receipt names the devices that acknowledged the message.

        `finished` are those that acknowledged all they had, and whose last ack was not cut off.
        """
        self._note(message, Sighting(now, "receipt", identity))
        had = self._devices.get(message, set())
        for device in sorted(set(acknowledged_by) - had):
            self._contradict("unfounded", message, f"{device} is named and never had it")
        for device in sorted((had & set(finished)) - set(acknowledged_by)):
            self._contradict("forgotten", message, f"{device} acknowledged it and is not named")

    def at(self, stream: str, place: int) -> Message | None:
        """The message that stands at this place, if anybody said so."""
        return self._by_event.get(f"{stream} #{place}")

    def history(self, *messages: Message) -> tuple[Sighting, ...]:
        """All that was said of these messages, in the order of time."""
        said = [sighting for message in messages for sighting in self._by_message.get(message, [])]
        return tuple(sorted(said, key=lambda sighting: sighting.at))

    def _note(self, message: Message, sighting: Sighting) -> None:
        said = self._by_message.setdefault(message, [])
        said.append(sighting)
        if sighting.identity != said[0].identity:
            detail = f"{said[0].by} has {said[0].identity}, {sighting.by} has {sighting.identity}"
            self._contradict("changed", message, detail)
        for name in (sighting.identity.at, sighting.identity.event):
            other = self._by_event.setdefault(name, message)
            if other != message:
                self._contradict("shared", message, f"{name} is also {other}", other)
                return  # Two messages that are one share both names; that is one contradiction.

    def _contradict(
        self, kind: Kind, message: Message, detail: str, other: Message | None = None
    ) -> None:
        history = self.history(message) if other is None else self.history(message, other)
        self.contradictions.append(Contradiction(kind, message, detail, history, other))
