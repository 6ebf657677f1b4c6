import msgspec
import pytest

from loadtests.crash.entries import (
    Abandoned,
    Acked,
    AnyEntry,
    Dropped,
    Fault,
    Gapped,
    Refused,
)
from loadtests.crash.outcome import Outcome, Progress, Verdict, figures, verdict
from loadtests.crash.report import MOST_FINDINGS, conclusion, round_line, table
from loadtests.crash.report import told as in_words
from tests.support.crash_histories import (
    answered,
    books_of,
    came,
    finished,
    given,
    healthy,
    message,
    receipted,
    told,
    welcomed,
)
from tests.support.runs import EPOCH

PROGRESS = Progress(
    round=3,
    rounds=20,
    faults="freeze + kill",
    back_seconds=0.4,
    acknowledged=1234,
    deliveries=5678,
    replayed=9,
    wrong=0,
)


def outcome(history: list[AnyEntry], *, seconds: float = 2.0) -> Outcome:
    books = books_of(history)
    findings = books.findings()
    return Outcome(
        seed=7,
        verdict=verdict(books, findings, None),
        figures=figures(books, rounds=2, slowest_return=0.0, seconds=seconds),
        findings=findings,
    )


def test_a_round_is_one_line() -> None:
    line = round_line(PROGRESS)

    assert line.startswith("round  3/20  freeze + kill ")
    assert line.endswith("acknowledged   1,234  delivered    5,678  nothing wrong")


def test_a_round_with_something_wrong_says_so() -> None:
    assert round_line(msgspec.structs.replace(PROGRESS, wrong=2)).endswith("  2 WRONG")


def test_rounds_stand_below_each_other() -> None:
    other = msgspec.structs.replace(PROGRESS, round=20, faults="silence + kill + kill in start")

    assert len(round_line(PROGRESS)) == len(round_line(other))


def test_the_table_names_every_figure_with_its_count() -> None:
    rows = dict(line.split()[:2] for line in table(outcome(healthy(3)).figures))

    assert (rows["published"], rows["acknowledged"], rows["delivered"]) == ("3", "3", "3")
    assert {rows[name] for name in ("lost", "duplicated", "reordered", "forged")} == {"0"}


def test_a_valid_run_ends_with_its_seed() -> None:
    assert list(conclusion(outcome(healthy(3)))) == [
        "VALID: every promise was kept (seed 7, 2 rounds in 2 s)."
    ]


def test_a_violated_run_shows_what_is_wrong_its_history_the_seed_and_the_files() -> None:
    wrong = outcome(told(healthy(1), answered(1, place=9)))
    whole = msgspec.structs.replace(wrong, history=[answered(1)], kept="crash-7")

    assert list(conclusion(whole)) == [
        "changed: #1 of w1 to alice: answer to w1 has inbox:alice #1 (alice-1), "
        "answer to w1 has inbox:alice #9 (alice-9)",
        "The smallest history that shows the first of them:",
        "     0.000  publisher is answered: #1 of w1 to alice is event 1 (alice-1)",
        "VIOLATED: a promise was broken (seed 7, 2 rounds in 2 s).",
        "The server's data and log, and the whole history, are in crash-7.",
    ]


def test_of_many_findings_the_first_are_shown_and_the_others_counted() -> None:
    wrong = outcome(told(healthy(1), (answered(1, place=place) for place in range(2, 20))))

    lines = list(conclusion(wrong))

    assert len(lines) == MOST_FINDINGS + 2
    assert lines[MOST_FINDINGS] == "... and 8 more"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("The run broke off: no disk", "UNKNOWN: The run broke off: no disk (seed 7, "),
        (None, "UNKNOWN: too little was seen to judge (seed 7, "),
    ],
)
def test_an_unknown_run_says_why(reason: str | None, said: str) -> None:
    of: Verdict = "unknown"
    unknown = msgspec.structs.replace(outcome([]), verdict=of, unknown=reason)

    assert next(conclusion(unknown)).startswith(said)


def test_an_interrupted_run_says_so() -> None:
    early = msgspec.structs.replace(outcome(healthy(1)), partial=True)

    assert next(conclusion(early)).endswith("(seed 7, 2 rounds in 2 s, and was interrupted).")


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            Refused(message=message(1), answer="400 bad"),
            "publisher is refused: #1 of w1 to alice: 400 bad",
        ),
        (
            Abandoned(message=message(1)),
            "publisher gives up without an answer: #1 of w1 to alice",
        ),
        (receipted(1), "receipt: #1 of w1 to alice is event 1, acknowledged by nobody"),
        (
            receipted(1, "alice/phone", "alice/tv"),
            "receipt: #1 of w1 to alice is event 1, acknowledged by alice/phone, alice/tv",
        ),
        (Fault(round=4, fault="cut"), "fault in round 4: cut"),
        (welcomed(after=3), "alice's phone is welcomed: inbox after 3"),
        (came(2), "alice's phone receives inbox 2 (alice-2): #2 of w1 to alice"),
        (given(came(2)), "alice's phone is given inbox 2 (alice-2): #2 of w1 to alice"),
        (came(None), "alice's phone receives inbox 1 (alice-1): no message of this run"),
        (
            Gapped(user="alice", device="phone", stream="inbox", epoch=EPOCH, first=1, last=2),
            "alice's phone is told of a gap: inbox 1 to 2",
        ),
        (
            Acked(user="alice", device="phone", stream="inbox", through=1, lost=True),
            "alice's phone acknowledges inbox 1, which is lost",
        ),
        (
            Acked(user="alice", device="phone", stream="inbox", through=1, lost=False),
            "alice's phone acknowledges inbox 1",
        ),
        (Dropped(user="alice", device="phone", why="EOF"), "alice's phone is disconnected: EOF"),
        (finished(), "alice's phone has read to the end"),
    ],
)
def test_every_entry_has_its_words(entry: AnyEntry, words: str) -> None:
    assert in_words(entry) == words
