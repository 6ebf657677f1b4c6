"""Planted faults: the checker catches each, and names it."""

import pytest

from loadtests.crash.books import Finding
from loadtests.crash.entries import (
    Answered,
    Gapped,
    Refused,
)
from tests.support.crash_histories import (
    PHONE,
    answered,
    asked,
    books_of,
    came,
    delivered,
    event_id,
    finished,
    given,
    healthy,
    message,
    published,
    receipted,
    story,
    texts,
    told,
    welcomed,
)
from tests.support.runs import EPOCH

TOPIC = "topic:news"
GAP = Gapped(user="alice", device="phone", stream="inbox", epoch=EPOCH, first=2, last=2)


def test_a_lost_event_is_caught() -> None:
    books = story(delivered(came(1)), delivered(came(3)))

    assert sorted(texts(books)) == [
        "lost at alice's phone: #2 of w1 to alice, in the application",
        "lost at alice's phone: #2 of w1 to alice, on the wire",
        "skipped at alice's phone: #2 of w1 to alice, inbox #2, in the application",
        "skipped at alice's phone: #2 of w1 to alice, inbox #2, on the wire",
    ]


def test_the_last_event_is_missed_too() -> None:
    books = story(delivered(came(1)), messages=2)

    assert texts(books) == [
        "lost at alice's phone: #2 of w1 to alice, in the application",
        "lost at alice's phone: #2 of w1 to alice, on the wire",
    ]


def test_what_came_and_was_not_given_is_lost_in_the_application_alone() -> None:
    books = story(delivered(came(1)), [came(2)], messages=2)

    assert texts(books) == ["lost at alice's phone: #2 of w1 to alice, in the application"]


def test_an_event_that_one_subscriber_of_a_topic_lacks_is_lost() -> None:
    bob = ("bob", "tv")
    books = books_of(
        told(
            published(1, to=TOPIC),
            *(welcomed(device=device, stream=TOPIC) for device in (PHONE, bob)),
            delivered(came(1, to=TOPIC)),
            finished(),
            finished(bob),
        ),
        devices=(PHONE, bob),
        topics=(TOPIC,),
    )

    assert texts(books)[0] == "lost at bob's tv: #1 of w1 to topic:news, in the application"
    assert {finding.user for finding in books.findings()} == {"bob"}


def test_an_event_that_is_sent_twice_in_one_connection_is_caught() -> None:
    twice = came(2)
    books = story(delivered(came(1)), delivered(twice), [twice], messages=2)

    assert texts(books) == ["duplicated at alice's phone: #2 of w1 to alice, inbox #2, on the wire"]


def test_an_event_that_is_given_twice_is_caught() -> None:
    twice = came(2)
    books = story(delivered(came(1)), delivered(twice), [given(twice)], messages=2)

    assert texts(books) == [
        "duplicated at alice's phone: #2 of w1 to alice, inbox #2, in the application"
    ]


def test_what_an_application_that_kept_its_position_is_given_again_is_caught() -> None:
    twice = came(2)
    books = story(
        delivered(came(1)), delivered(twice), [welcomed(after=1)], delivered(twice), messages=2
    )

    assert texts(books) == [
        "duplicated at alice's phone: #2 of w1 to alice, inbox #2, in the application"
    ]


def test_a_message_that_became_two_events_is_caught() -> None:
    books = story(delivered(came(1)), delivered(came(1, place=2)), messages=1)

    assert texts(books) == [
        "duplicated at alice's phone: #1 of w1 to alice, in the application",
        "duplicated at alice's phone: #1 of w1 to alice, on the wire",
        "changed: #1 of w1 to alice: answer to w1 has inbox:alice #1 (alice-1), "
        "alice/phone has inbox:alice #2 (alice-2)",
    ]


def test_an_event_that_comes_before_its_place_is_caught() -> None:
    books = story(*(delivered(came(seq)) for seq in (1, 3, 2)))

    assert texts(books) == [
        "out of order at alice's phone: #2 of w1 to alice, inbox #2, in the application",
        "out of order at alice's phone: #2 of w1 to alice, inbox #2, on the wire",
    ]


def test_an_event_from_behind_the_position_of_the_welcome_is_caught() -> None:
    books = books_of(told(healthy(2)[:-1], welcomed(after=2), came(1), finished()))

    assert texts(books) == ["duplicated at alice's phone: #1 of w1 to alice, inbox #1, on the wire"]


def test_messages_that_are_stored_in_another_order_are_caught() -> None:
    books = books_of(
        told(
            published(1, place=2),
            published(2, place=1),
            welcomed(),
            delivered(came(2, place=1)),
            delivered(came(1, place=2)),
            finished(),
        )
    )

    assert texts(books) == [
        "out of order at alice's phone: #1 of w1 to alice, in the application",
        "out of order at alice's phone: #1 of w1 to alice, on the wire",
    ]


def test_an_event_that_nobody_published_is_caught() -> None:
    books = story(delivered(came(1)), delivered(came(2)), messages=1)

    assert texts(books) == [
        "unexpected at alice's phone: #2 of w1 to alice, in the application",
        "unexpected at alice's phone: #2 of w1 to alice, on the wire",
    ]


def test_an_event_of_another_run_is_caught_and_speaks_for_no_message_of_this_one() -> None:
    books = story(delivered(came(1)), delivered(came(1, place=2, run="0bad")), messages=1)

    assert texts(books) == [
        "unexpected at alice's phone: #1 of w1 to alice, inbox #2, of run 0bad, in the application",
        "unexpected at alice's phone: #1 of w1 to alice, inbox #2, of run 0bad, on the wire",
    ]


def test_an_event_without_a_stamp_is_caught() -> None:
    books = story(delivered(came(1)), delivered(came(None, place=2)), messages=1)

    assert texts(books)[0] == (
        "unexpected at alice's phone: inbox #2, without a stamp, in the application"
    )


def test_a_forged_event_is_not_taken_for_the_message_whose_place_it_has() -> None:
    books = story(delivered(came(1)), delivered(came(None, place=2)), messages=2)
    forged = [finding for finding in books.findings() if finding.kind == "unexpected"]

    assert [finding.message for finding in forged] == [None, None]


def test_an_event_that_comes_to_another_user_is_caught() -> None:
    astray = came(1)
    astray.user = "bob"
    books = books_of(
        told(healthy(1), welcomed(device=("bob", "phone")), delivered(astray)),
        devices=(PHONE, ("bob", "phone")),
    )

    assert texts(books)[0] == (
        "unexpected at bob's phone: #1 of w1 to alice, inbox #1, in the application"
    )


@pytest.mark.parametrize(
    "other", [answered(1, place=2), Answered(message=message(1), place=1, id=event_id(9))]
)
def test_a_contradicted_answer_is_caught(other: Answered) -> None:
    books = books_of(told(healthy(1), other))

    assert texts(books) == [
        "changed: #1 of w1 to alice: answer to w1 has inbox:alice #1 (alice-1), "
        f"answer to w1 has inbox:alice #{other.place} ({other.id})"
    ]


def test_one_event_for_two_messages_is_caught() -> None:
    books = books_of(told(healthy(1), published(1, place=1, publisher="w2"), finished()))

    assert texts(books)[-1] == (
        "shared: #1 of w2 to alice: inbox:alice #1 is also #1 of w1 to alice"
    )
    assert books.findings()[-1].other == message(1)


def test_a_receipt_that_leaves_out_a_device_is_caught() -> None:
    books = books_of(told(healthy(1), receipted(1)))

    assert texts(books) == [
        "forgotten: #1 of w1 to alice: alice/phone acknowledged it and is not named"
    ]


def test_a_receipt_that_names_a_device_which_never_had_it_is_caught() -> None:
    books = books_of(told(healthy(1), receipted(1, "alice/phone", "alice/tv")))

    assert texts(books) == ["unfounded: #1 of w1 to alice: alice/tv is named and never had it"]


def test_a_receipt_of_another_event_is_caught() -> None:
    books = books_of(told(healthy(1), receipted(1, "alice/phone", place=2)))

    assert [finding.kind for finding in books.findings()] == ["changed"]


def test_a_refusal_without_a_reason_is_caught() -> None:
    books = books_of(
        told(healthy(1), asked(2), Refused(message=message(2), answer="400 bad_request"))
    )

    assert texts(books) == ["refused: #2 of w1 to alice was refused: 400 bad_request"]
    assert books.judged()[1].is_valid


def test_what_was_refused_and_came_is_caught() -> None:
    refused = Refused(message=message(2), answer="400 bad_request")
    books = books_of(
        told(healthy(1)[:-1], asked(2), refused, delivered(came(2)), finished()),
    )

    assert texts(books)[0] == (
        "contradicted at alice's phone: #2 of w1 to alice, in the application"
    )


def test_a_gap_is_a_fault_where_nothing_is_ever_removed() -> None:
    (finding,) = story(delivered(came(1)), [GAP], messages=1).findings()

    assert finding == Finding(
        kind="gap",
        text="gap: alice's phone was told that inbox #2 to #2 are gone, though nothing was removed",
        user="alice",
        device="phone",
        stream="inbox",
        place=2,
    )


def test_what_a_gap_tells_of_is_lost_and_not_skipped_as_well() -> None:
    books = story(delivered(came(1)), [GAP], delivered(came(3)))

    assert {finding.kind for finding in books.findings()} == {"lost", "gap"}


def test_a_server_that_does_not_come_back_is_a_fault() -> None:
    books = books_of(healthy(1))
    books.breach("did not return", "round 1 (kill): it did not answer")

    assert texts(books) == ["did not return: round 1 (kill): it did not answer"]
