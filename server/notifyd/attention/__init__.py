"""Attention decides how an event is presented, never whether it is kept."""

from collections.abc import Callable
from typing import Final

import msgspec

from notifyctl.wire import Presentation
from notifyd.notification import Draft


class Verdict(msgspec.Struct, frozen=True):
    """How to present an event, and the named reason: the same word in event, log and metric."""

    presentation: Presentation
    why: str


def low_is_quiet(draft: Draft, _now: float) -> Verdict | None:
    """A low level is for the list, not for a toast."""
    return Verdict("quiet", "low") if draft.level == "low" else None


def open_gate(_draft: Draft, _now: float) -> Verdict:
    """Nothing speaks against an alert."""
    return Verdict("alert", "open")


# Asked in this order; the first verdict wins.
POLICIES: Final[tuple[Callable[[Draft, float], Verdict | None], ...]] = (low_is_quiet,)


def decide(draft: Draft, now: float) -> Verdict:
    """How the draft's event is presented. Called inside the store's write transaction."""
    for policy in POLICIES:
        if verdict := policy(draft, now):
            return verdict
    return open_gate(draft, now)
