"""The smallest history that shows a finding: its message, its device, and what stood beside it."""

from collections.abc import Iterable
from typing import Final

from loadtests.crash.books import Finding
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
from loadtests.stamp import Message

MOST: Final = 40
"""What is longer shows less."""
BESIDE: Final = 1
"""So many places before and after the one in question."""
CONTEXT: Final = 2
"""So many faults and reconnects before each thing that concerns it."""


def excerpt(entries: Iterable[AnyEntry], finding: Finding) -> list[AnyEntry]:
    """The entries that concern a finding, in order; between them what broke the connection."""
    found: list[AnyEntry] = []
    context: list[AnyEntry] = []
    for entry in entries:
        if concerns(entry, finding):
            found += [*context[-CONTEXT:], entry]
            context.clear()
        elif _is_context(entry, finding):
            context.append(entry)
    # Where it began, and how it ended.
    return found if len(found) <= MOST else found[: MOST // 2] + found[-MOST // 2 :]


def concerns(entry: AnyEntry, finding: Finding) -> bool:
    """Whether an entry is about the finding's message, or stands beside it at its device."""
    match entry:
        case Asked() | Answered() | Refused() | Abandoned() | Receipted():
            return _is_message(entry.message, finding)
        case Came() | Given():
            if not _is_there(entry.user, entry.device, finding):
                return False
            return (entry.stamp is not None and _is_message(entry.stamp.message, finding)) or (
                entry.stream == finding.stream and _is_beside(entry.place, finding)
            )
        case Gapped():
            return _is_there(entry.user, entry.device, finding) and entry.stream == finding.stream
        case Acked():
            return (
                _is_there(entry.user, entry.device, finding)
                and entry.stream == finding.stream
                and _is_beside(entry.through, finding)
            )
        case _:
            return False


def _is_context(entry: AnyEntry, finding: Finding) -> bool:
    match entry:
        case Fault():
            return True
        case Welcomed(stream=stream):
            return stream == finding.stream and _is_there(entry.user, entry.device, finding)
        case Dropped() | Finished():
            return finding.device is not None and _is_there(entry.user, entry.device, finding)
        case _:
            return False


def _is_there(user: str, device: str, finding: Finding) -> bool:
    """Whether it is the finding's device; one that names none is about all of them."""
    return finding.user in (None, user) and finding.device in (None, device)


def _is_beside(place: int, finding: Finding) -> bool:
    return finding.place is not None and abs(place - finding.place) <= BESIDE


def _is_message(message: Message, finding: Finding) -> bool:
    return message in (finding.message, finding.other)
