import msgspec
import pytest

from loadtests.crash.entries import Acked, AnyEntry, Fault
from loadtests.crash.outcome import INTERRUPTED, Outcome, Verdict, figures, verdict
from tests.support.crash_histories import (
    answered,
    books_of,
    came,
    delivered,
    finished,
    healthy,
    published,
    told,
    welcomed,
)


def judged(history: list[AnyEntry], unknown: str | None = None) -> Verdict:
    books = books_of(history)
    return verdict(books, books.findings(), unknown)


def outcome(of: Verdict, *, partial: bool = False) -> Outcome:
    count = figures(books_of(healthy(1)), rounds=1, slowest_return=0.5, seconds=2.0)
    return Outcome(seed=1, verdict=of, figures=count, findings=[], partial=partial)


def test_a_run_with_nothing_wrong_is_valid() -> None:
    assert judged(healthy(3)) == "valid"


def test_a_run_with_a_fault_is_violated_however_it_ended() -> None:
    history = told(healthy(3), answered(1, place=9))

    assert judged(history) == "violated"
    assert judged(history, "The run broke off") == "violated"


def test_a_run_that_broke_off_is_unknown() -> None:
    assert judged(healthy(3), "The run broke off") == "unknown"


def test_a_run_without_messages_is_unknown() -> None:
    assert judged([finished()]) == "unknown"


def test_a_device_that_has_not_read_to_the_end_leaves_it_unknown() -> None:
    assert judged(told(published(1), welcomed())) == "unknown"


@pytest.mark.parametrize(("of", "status"), [("valid", 0), ("violated", 1), ("unknown", 3)])
def test_the_exit_status_is_the_verdict(of: Verdict, status: int) -> None:
    assert outcome(of).exit_status == status


@pytest.mark.parametrize(("of", "status"), [("valid", 130), ("violated", 1), ("unknown", 130)])
def test_an_interrupted_run_says_so_unless_something_is_wrong(of: Verdict, status: int) -> None:
    assert INTERRUPTED == 130
    assert outcome(of, partial=True).exit_status == status


def test_the_figures_count_what_was_done_and_seen() -> None:
    faults = ["kill", "kill", "freeze", "cut", "silence"]
    lost_ack = Acked(user="alice", device="phone", stream="inbox", through=3, lost=True)
    history = told(
        (Fault(round=1, fault=fault) for fault in faults),
        healthy(3)[:-1],
        [lost_ack, welcomed(after=2), came(3)],
        finished(),
    )

    count = figures(books_of(history), rounds=2, slowest_return=0.12345, seconds=9.87)

    assert (count.rounds, count.kills) == (2, 2)
    assert (count.freezes, count.cuts, count.silences) == (1, 1, 1)
    assert (count.attempted, count.attempts, count.acknowledged) == (3, 3, 3)
    assert (count.deliveries, count.expected) == (3, 3)
    assert (count.lost, count.duplicated, count.reordered, count.forged) == (0, 0, 0, 0)
    assert (count.replayed, count.lost_acks, count.sessions) == (1, 1, 2)
    assert (count.slowest_return, count.seconds) == (0.123, 9.9)


def test_the_figures_count_every_kind_of_fault() -> None:
    history = told(
        *(published(seq) for seq in (1, 2, 3, 4)),
        welcomed(),
        *(delivered(came(seq)) for seq in (1, 3, 2)),
        came(2),
        delivered(came(None, place=4)),
        answered(1, place=9),
        finished(),
    )

    count = figures(books_of(history), rounds=1, slowest_return=0.0, seconds=1.0)

    assert (count.lost, count.forged, count.contradictions) == (1, 1, 1)
    # On the wire and in the application, and the repeat on the wire alone.
    assert (count.reordered, count.duplicated) == (2, 1)


def test_an_outcome_is_read_as_it_was_written() -> None:
    whole = msgspec.structs.replace(outcome("violated"), history=healthy(2))

    assert msgspec.json.decode(msgspec.json.encode(whole), type=Outcome) == whole
