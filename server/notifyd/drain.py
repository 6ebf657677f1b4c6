"""Drain: when each session is sent away, so that the reconnects arrive spread out."""

from typing import Final

FIRST_SLOT_SECONDS: Final = 3.0
ACCEPTS_PER_SECOND: Final = 500.0


def slots(sessions: int, drain_seconds: float, *, alone: bool) -> list[float]:
    """Seconds from now at which each session is closed, evenly spread.

    The window is as long as another node needs to accept that many, within `drain_seconds`.
    With other nodes the first slot leaves load balancers time to notice; a server that is
    alone has nobody to wait for.
    """
    if sessions == 0:
        return []
    first = 0.0 if alone else min(FIRST_SLOT_SECONDS, drain_seconds)
    window = min(drain_seconds - first, sessions / ACCEPTS_PER_SECOND)
    return [first + window * number / sessions for number in range(sessions)]
