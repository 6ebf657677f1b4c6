import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.judgement import KINDS, Figures, Judgement, Violation, judge
from loadtests.ledger import Ledger
from loadtests.stamp import Stamp
from tests.support.runs import EPOCH, RUN, device, ledger_of, publish, stamp

TOPIC = "topic:news"


def only(judgement: Judgement) -> Violation:
    (violation,) = judgement.violations
    return violation


def counted(figures: Figures) -> dict[str, int]:
    return {kind: count for kind in KINDS if (count := getattr(figures, kind))}


# What is right


def test_all_that_was_acknowledged_came_once_and_in_order() -> None:
    ledger = ledger_of(3)
    device(ledger, 1, 2, 3)

    judgement = judge(ledger)

    assert judgement.is_valid
    assert judgement.figures == Figures(
        attempted=3, acknowledged=3, expected=3, received=3, devices=1, devices_at_end=1
    )


def test_every_device_of_a_user_gets_its_copy() -> None:
    ledger = ledger_of(2)
    device(ledger, 1, 2, name="phone")
    device(ledger, 1, 2, name="laptop")

    figures = judge(ledger).figures

    assert (figures.attempted, figures.expected, figures.received) == (2, 4, 4)


def test_every_subscriber_of_a_topic_gets_its_copy() -> None:
    ledger = ledger_of(2, to=TOPIC)
    for user in ("alice", "bob"):
        receiver = ledger.receiver(user, "phone")
        receiver.follow(TOPIC)
        for seq in (1, 2):
            receiver.received(TOPIC, EPOCH, seq, stamp(seq, to=TOPIC))
        receiver.finished()

    judgement = judge(ledger)

    assert judgement.is_valid
    assert (judgement.figures.expected, judgement.figures.received) == (4, 4)


def test_several_publishers_have_numbers_of_their_own() -> None:
    ledger = ledger_of(2, publisher="w1")
    publish(ledger, 1, publisher="w2")
    receiver = device(ledger)
    for place, (publisher, seq) in enumerate([("w1", 1), ("w2", 1), ("w1", 2)], 1):
        receiver.received("inbox", EPOCH, place, stamp(seq, publisher=publisher))

    assert judge(ledger).is_valid


def test_what_came_without_an_answer_is_recovered_and_no_fault() -> None:
    ledger = ledger_of(1)
    page = ledger.publisher("w1", "alice")
    page.attempt()
    page.attempt()
    device(ledger, 1, 2, name="phone")
    device(ledger, 1, 2, name="laptop")

    judgement = judge(ledger)

    assert judgement.is_valid
    assert (judgement.figures.unknown, judgement.figures.recovered) == (2, 1)
    assert (judgement.figures.expected, judgement.figures.received) == (2, 4)


def test_what_was_refused_and_did_not_come_is_no_fault() -> None:
    ledger = ledger_of(1)
    page = ledger.publisher("w1", "alice")
    page.refused(page.attempt())
    device(ledger, 1)

    judgement = judge(ledger)

    assert judgement.is_valid
    assert (judgement.figures.refused, judgement.figures.unknown) == (1, 0)


def test_an_acknowledgement_outweighs_a_refusal() -> None:
    ledger = ledger_of(1)
    ledger.publisher("w1", "alice").refused(1)
    device(ledger, 1)

    figures = judge(ledger).figures

    assert (figures.acknowledged, figures.refused, figures.contradicted) == (1, 0, 0)


def test_repeats_after_a_resume_are_counted_and_no_fault() -> None:
    ledger = ledger_of(2)
    receiver = device(ledger, 1, 2)
    receiver.resumed("inbox", EPOCH, 1)
    receiver.received("inbox", EPOCH, 2, stamp(2))

    judgement = judge(ledger)

    assert judgement.is_valid
    assert judgement.figures.replayed == 1


# What is a fault, and is named


def test_a_lost_message_is_named() -> None:
    ledger = ledger_of(5)
    device(ledger, 1, 3, 5)

    judgement = judge(ledger)
    violation = only(judgement)

    assert judgement.is_valid is False
    assert counted(judgement.figures) == {"lost": 2}
    assert (violation.publisher, violation.user, violation.device, violation.seq) == (
        "w1",
        "alice",
        "phone",
        2,
    )
    assert str(violation) == "lost at alice's phone: #2 of w1 to alice and 1 more"


def test_a_message_of_which_nothing_came_is_lost() -> None:
    ledger = ledger_of(1)
    device(ledger)

    assert counted(judge(ledger).figures) == {"lost": 1}


def test_a_copy_that_one_subscriber_lacks_is_lost() -> None:
    ledger = ledger_of(1, to=TOPIC)
    for user in ("alice", "bob"):
        receiver = ledger.receiver(user, "phone")
        receiver.follow(TOPIC)
        receiver.finished()
    ledger.receiver("bob", "phone").received(TOPIC, EPOCH, 1, stamp(1, to=TOPIC))

    assert str(only(judge(ledger))) == "lost at alice's phone: #1 of w1 to topic:news"


def test_a_message_that_comes_twice_is_named() -> None:
    ledger = ledger_of(3)
    device(ledger, 1, 2, 2, 3, 2)

    judgement = judge(ledger)

    assert counted(judgement.figures) == {"duplicated": 2}
    assert str(only(judgement)) == "duplicated at alice's phone: #2 of w1 to alice and 1 more"


def test_an_event_that_is_sent_twice_is_named_by_its_place() -> None:
    ledger = ledger_of(1)
    device(ledger, 1).received("inbox", EPOCH, 1, stamp(1))

    judgement = judge(ledger)

    assert counted(judgement.figures) == {"duplicated": 1}
    assert str(only(judgement)) == "duplicated at alice's phone: inbox #1"


def test_messages_that_are_stored_in_another_order_are_named() -> None:
    ledger = ledger_of(4)
    device(ledger, 1, 3, 2, 4)

    judgement = judge(ledger)

    assert counted(judgement.figures) == {"out_of_order": 1}
    assert only(judgement).seq == 2


def test_events_that_are_sent_in_another_order_are_counted_once() -> None:
    ledger = ledger_of(3)
    receiver = device(ledger)
    for number in (1, 3, 2):
        receiver.received("inbox", EPOCH, number, stamp(number))

    judgement = judge(ledger)

    assert counted(judgement.figures) == {"out_of_order": 1}
    assert only(judgement).place == 2


def test_a_message_that_left_once_more_may_come_late() -> None:
    ledger = ledger_of(3)
    ledger.publisher("w1", "alice").retried(1)
    device(ledger, 2, 1, 3)

    assert judge(ledger).is_valid


def test_another_message_that_left_once_more_excuses_nothing() -> None:
    ledger = ledger_of(3)
    ledger.publisher("w1", "alice").retried(3)
    device(ledger, 2, 1, 3)

    assert counted(judge(ledger).figures) == {"out_of_order": 1}


def test_of_messages_that_left_side_by_side_no_order_is_asked() -> None:
    ledger = Ledger(run=RUN)
    page = ledger.publisher("w1", "alice", is_in_order=False)
    for _ in range(2):
        page.acknowledged(page.attempt())
    device(ledger, 2, 1)

    assert judge(ledger).is_valid


def test_a_message_that_nobody_sent_is_named() -> None:
    ledger = ledger_of(1)
    device(ledger, 1, 2)

    judgement = judge(ledger)

    assert counted(judgement.figures) == {"unexpected": 1}
    assert str(only(judgement)) == "unexpected at alice's phone: #2 of w1 to alice"
    assert judgement.figures.received == 1


def test_a_message_of_a_publisher_that_does_not_exist_is_named() -> None:
    ledger = ledger_of(1)
    device(ledger, 1).received("inbox", EPOCH, 2, stamp(1, publisher="w9"))

    assert str(only(judge(ledger))) == "unexpected at alice's phone: #1 of w9 to alice"


@pytest.mark.parametrize(
    ("strange", "sentence"),
    [
        (None, "inbox #2, without a stamp"),
        (stamp(7, run="old"), "#7 of w1 to alice, inbox #2, of run old"),
        (stamp(7, to="bob"), "#7 of w1 to bob, inbox #2"),
    ],
)
def test_a_stray_message_is_named(strange: Stamp | None, sentence: str) -> None:
    ledger = ledger_of(1)
    device(ledger, 1).received("inbox", EPOCH, 2, strange)

    assert str(only(judge(ledger))) == f"unexpected at alice's phone: {sentence}"


def test_a_topic_that_nobody_asked_for_is_no_loss_and_its_messages_are_judged() -> None:
    ledger = ledger_of(2, to=TOPIC)
    receiver = ledger.receiver("alice", "phone")
    receiver.received(TOPIC, EPOCH, 1, stamp(2, to=TOPIC))
    receiver.received(TOPIC, EPOCH, 2, stamp(2, to=TOPIC))
    receiver.finished()

    judgement = judge(ledger)

    assert counted(judgement.figures) == {"duplicated": 1}
    assert judgement.figures.expected == 0


def test_a_message_that_came_though_it_was_refused_is_named() -> None:
    ledger = ledger_of(1)
    page = ledger.publisher("w1", "alice")
    page.refused(page.attempt())
    device(ledger, 1, 2)

    judgement = judge(ledger)

    assert counted(judgement.figures) == {"contradicted": 1}
    assert judgement.figures.recovered == 0
    assert only(judgement).seq == 2


def test_a_hole_that_nobody_explained_is_named() -> None:
    ledger = ledger_of(2)
    receiver = device(ledger, 1)
    receiver.received("inbox", EPOCH, 4, stamp(2))

    judgement = judge(ledger)

    assert counted(judgement.figures) == {"skipped": 2}
    assert str(only(judgement)) == "skipped at alice's phone: inbox #2 and 1 more"


def test_what_a_gap_tells_of_is_explained_and_lost_nevertheless() -> None:
    ledger = ledger_of(3)
    receiver = device(ledger, 1)
    receiver.gap("inbox", EPOCH, 2, 2)
    receiver.received("inbox", EPOCH, 3, stamp(3))

    figures = judge(ledger).figures

    assert counted(figures) == {"lost": 1}
    assert (figures.gaps, figures.missed) == (1, 1)


def test_a_replaced_history_is_counted() -> None:
    ledger = ledger_of(1)
    device(ledger, 1).gap("inbox", "f", 1, 0)

    assert judge(ledger).figures.epochs == 1


# What cannot be known


def test_what_a_device_did_not_come_back_for_is_not_lost() -> None:
    ledger = ledger_of(3)
    ledger.receiver("alice", "phone").received("inbox", EPOCH, 1, stamp(1))

    judgement = judge(ledger)

    assert judgement.is_valid is None
    assert judgement.violations == []
    assert (judgement.figures.never_read, judgement.figures.devices_at_end) == (2, 0)


def test_a_fault_is_one_though_other_devices_never_came_back() -> None:
    ledger = ledger_of(1)
    ledger.receiver("alice", "laptop")
    device(ledger)

    assert judge(ledger).is_valid is False


def test_a_run_in_which_nothing_was_to_come_proves_nothing() -> None:
    ledger = Ledger(run=RUN)
    ledger.publisher("w1", "alice").attempt()
    device(ledger)

    assert judge(ledger).is_valid is None


# Planted faults, in any mixture

faults = st.sets(st.integers(1, 30))


@given(dropped=faults, doubled=faults, unanswered=faults)
def test_whatever_is_planted_is_counted_exactly(
    dropped: set[int], doubled: set[int], unanswered: set[int]
) -> None:
    ledger = Ledger(run=RUN)
    page = ledger.publisher("w1", "alice")
    for _ in range(30):
        seq = page.attempt()
        if seq not in unanswered:
            page.acknowledged(seq)
    came = [seq for seq in range(1, 31) if seq not in dropped]
    device(ledger, *(seq for each in came for seq in [each] * (1 + (each in doubled))))

    figures = judge(ledger).figures

    assert figures.lost == len(dropped - unanswered)
    assert figures.duplicated == len(doubled - dropped)
    assert figures.recovered == len(unanswered - dropped)
    assert figures.received == 30 - len(dropped)
    assert (figures.out_of_order, figures.unexpected, figures.skipped) == (0, 0, 0)


@given(st.permutations(list(range(1, 9))))
def test_every_message_that_came_after_a_later_one_is_counted(order: list[int]) -> None:
    ledger = ledger_of(8)
    device(ledger, *order)
    late = sum(seq < max(order[: place + 1]) for place, seq in enumerate(order))

    assert counted(judge(ledger).figures) == ({"out_of_order": late} if late else {})


def test_a_judgement_travels_as_json() -> None:
    ledger = ledger_of(2)
    device(ledger, 1)
    judgement = judge(ledger)

    assert msgspec.json.decode(msgspec.json.encode(judgement), type=Judgement) == judgement
