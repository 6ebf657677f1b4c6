"""The plan of a run: which faults, at which instants. The same seed, the same plan."""

from random import Random
from typing import Final, Literal

import msgspec

Nuisance = Literal["freeze", "cut", "silence", "lost acks"]
"""What goes wrong beside the kill.

`freeze`: the server's process stands still. `cut`: all connections are reset, and no new one is
let through. `silence`: nothing arrives any more, in either direction, until all connections
break. `lost acks`: what devices acknowledge does not arrive.
"""
Aim = Literal["an answer", "a delivery"]
"""A kill that waits for one: what was promised a moment ago is what is lost most easily."""
AIMS: Final[tuple[Aim | None, ...]] = ("an answer", "a delivery", None, None)
# Every other round is a kill and nothing else.
NUISANCES: Final[tuple[Nuisance | None, ...]] = (
    "freeze",
    "cut",
    "silence",
    "lost acks",
    None,
    None,
    None,
    None,
)
# Of as many kills one comes while the server is still starting from the one before.
STUMBLES: Final = 10


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """One kill, and what leads up to it; times in seconds, each from the one before."""

    number: int
    calm: float
    nuisance: Nuisance | None
    is_over_by_kill: bool
    """Whether the nuisance ends on the way to the kill, or with it."""
    until_kill: float
    aim: Aim | None
    until_launch: float
    until_stumble: float | None
    """How long after its launch the server is killed once more, before it is ready."""

    @property
    def kills(self) -> int:
        """How often the server is killed in this round."""
        return 1 if self.until_stumble is None else 2

    def __str__(self) -> str:
        kill = "kill" if self.aim is None else f"kill at {self.aim}"
        faults = [self.nuisance or "", kill, "kill in start" if self.kills == 2 else ""]
        return " + ".join(filter(None, faults))


def plan(seed: int, rounds: int) -> tuple[Round, ...]:
    """The rounds of a run. A longer plan of the same seed begins with the shorter one."""
    chance, aims = Random(f"{seed}-plan"), Random(f"{seed}-aims")  # noqa: S311
    return tuple(_round(number, chance, aims) for number in range(1, rounds + 1))


def _round(number: int, chance: Random, aims: Random) -> Round:
    return Round(
        number=number,
        calm=chance.uniform(0.03, 0.35),
        nuisance=chance.choice(NUISANCES),
        is_over_by_kill=chance.random() < 0.5,
        until_kill=chance.uniform(0.02, 0.25),
        aim=aims.choice(AIMS),
        until_launch=chance.choice((0.0, 0.05)),
        until_stumble=chance.uniform(0.05, 0.4) if chance.randrange(STUMBLES) == 0 else None,
    )
