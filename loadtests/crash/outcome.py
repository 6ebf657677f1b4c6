"""What a crash test found: figures, what is wrong, and the verdict on it."""

from typing import Final, Literal

import msgspec

from loadtests.crash.books import Books, Finding
from loadtests.crash.entries import AnyEntry

Verdict = Literal["valid", "violated", "unknown"]
STATUS: Final[dict[Verdict, int]] = {"valid": 0, "violated": 1, "unknown": 3}
INTERRUPTED: Final = 130


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What was done and seen. Messages are counted once, deliveries once per device."""

    rounds: int
    kills: int
    freezes: int
    cuts: int
    silences: int
    attempted: int
    acknowledged: int
    attempts: int
    repeats: int
    """How often a publisher asked again for what was answered."""
    recovered: int
    """Messages that came though their publisher never got an answer."""
    deliveries: int
    expected: int
    lost: int
    duplicated: int
    reordered: int
    forged: int
    contradictions: int
    replayed: int
    """Repeats on the wire after a connection broke, as they shall be."""
    lost_acks: int
    sessions: int
    receipts: int
    slowest_return: float
    """The longest that the server took to come back, in seconds."""
    seconds: float


class Progress(msgspec.Struct, frozen=True, kw_only=True, tag_field="line", tag="round"):
    """A round is over; the figures are those of the whole run until now."""

    round: int
    rounds: int
    faults: str
    back_seconds: float
    acknowledged: int
    deliveries: int
    replayed: int
    wrong: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True, tag_field="line", tag="outcome"):
    """The end of a run.

    `history` is the smallest one that shows the first finding. `unknown` says why the run cannot be
    judged, `kept` where its files are.
    """

    seed: int
    verdict: Verdict
    figures: Figures
    findings: list[Finding]
    history: list[AnyEntry] = []
    partial: bool = False
    unknown: str | None = None
    kept: str | None = None

    @property
    def exit_status(self) -> int:
        """0 valid, 1 violated, 3 unknown, 130 interrupted with nothing found until then."""
        if self.partial and self.verdict != "violated":
            return INTERRUPTED
        return STATUS[self.verdict]


def verdict(books: Books, findings: list[Finding], unknown: str | None) -> Verdict:
    """What is wrong is wrong, however the run ended; else it has to have come to its end."""
    if findings:
        return "violated"
    _, application = books.judged()
    return "unknown" if unknown or application.is_valid is None else "valid"


def figures(books: Books, *, rounds: int, slowest_return: float, seconds: float) -> Figures:
    """The figures of a run; those of what went wrong are the application's, and the wire's."""
    wire, application = (judgement.figures for judgement in books.judged())
    counts = books.counts
    return Figures(
        rounds=rounds,
        kills=counts["kill"],
        freezes=counts["freeze"],
        cuts=counts["cut"],
        silences=counts["silence"],
        attempted=application.attempted,
        acknowledged=application.acknowledged,
        attempts=counts["Asked"],
        repeats=counts["repeat"],
        recovered=application.recovered,
        deliveries=application.received,
        expected=application.expected,
        lost=application.lost,
        duplicated=application.duplicated + wire.duplicated,
        reordered=application.out_of_order + wire.out_of_order,
        forged=application.unexpected,
        contradictions=len(books.sightings.contradictions),
        replayed=wire.replayed,
        lost_acks=counts["lost ack"],
        sessions=counts["sessions"],
        receipts=counts["Receipted"],
        slowest_return=round(slowest_return, 3),
        seconds=round(seconds, 1),
    )
