import pytest

from loadtests.crash.entries import (
    Abandoned,
    Acked,
    Asked,
    Dropped,
    Fault,
)
from tests.support.crash_histories import (
    PHONE,
    answered,
    asked,
    books_of,
    came,
    delivered,
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

TOPIC = "topic:news"
LOST_ACK = Acked(user="alice", device="phone", stream="inbox", through=2, lost=True)
DROPPED = Dropped(user="alice", device="phone", why="it dropped out")


# What is right


def test_what_was_acknowledged_and_came_once_in_order_is_right() -> None:
    books = books_of(healthy(3))
    wire, application = books.judged()

    assert books.findings() == []
    assert (wire.is_valid, application.is_valid) == (True, True)


def test_a_repeat_on_the_wire_after_a_lost_ack_and_a_reconnect_is_right() -> None:
    twice, third = came(2), came(3)
    books = story(
        delivered(came(1)),
        delivered(twice),
        [LOST_ACK, DROPPED, welcomed(after=1), twice],
        delivered(third),
    )
    wire, application = books.judged()

    assert books.findings() == []
    assert (wire.figures.replayed, application.figures.replayed) == (1, 0)
    assert books.counts["lost ack"] == 1


def test_an_application_that_kept_no_position_may_be_given_a_repeat() -> None:
    books = books_of(
        told(
            published(1),
            welcomed(afresh=True),
            delivered(came(1)),
            welcomed(afresh=True),
            delivered(came(1)),
            finished(),
        )
    )

    assert books.findings() == []


def test_what_came_though_its_answer_was_lost_is_recovered() -> None:
    books = books_of(
        told(
            published(1),
            asked(2),
            Abandoned(message=message(2)),
            welcomed(),
            delivered(came(1)),
            delivered(came(2)),
            finished(),
        )
    )

    assert books.findings() == []
    assert books.judged()[1].figures.recovered == 1


def test_what_was_given_up_may_be_stored_after_a_later_one() -> None:
    books = books_of(
        told(
            asked(1),
            Abandoned(message=message(1)),
            published(2, place=1),
            welcomed(),
            delivered(came(2, place=1)),
            delivered(came(1, place=2)),
            finished(),
        )
    )

    assert books.findings() == []


def test_what_was_given_up_need_not_come() -> None:
    books = books_of(told(healthy(1)[:-1], asked(2), Abandoned(message=message(2)), finished()))

    assert books.findings() == []


def test_the_same_answer_to_a_retry_and_to_a_repeat_is_right() -> None:
    books = books_of(
        told(
            asked(1, retries=1),
            answered(1),
            Asked(message=message(1), ask="repeat", via="socket"),
            answered(1),
            welcomed(),
            delivered(came(1)),
            finished(),
        )
    )

    assert books.findings() == []
    assert (books.counts["retry"], books.counts["repeat"]) == (1, 1)
    assert books.judged()[1].figures.attempted == 1


def test_a_receipt_that_names_who_had_it_is_right() -> None:
    books = books_of(told(healthy(1), receipted(1, "alice/phone")))

    assert books.findings() == []


# What findings and figures are made of


def test_a_finding_says_where_its_history_is_to_be_found() -> None:
    finding = story(delivered(came(1)), messages=2).findings()[0]

    assert finding.kind == "lost"
    assert finding.message == message(2)
    assert (finding.user, finding.device) == PHONE
    assert (finding.stream, finding.place) == ("inbox", 2)


def test_what_the_application_got_is_told_before_what_the_wire_says() -> None:
    books = books_of(told(healthy(1)[:-1], published(2), finished(), answered(1, place=7)))

    assert [text.rpartition(", ")[2] for text in texts(books)][:2] == [
        "in the application",
        "on the wire",
    ]
    assert books.findings()[2].kind == "changed"


def test_of_a_client_library_only_the_application_is_judged() -> None:
    history = told(published(1), given(came(1)), given(came(1)), finished())
    books = books_of(history, on_wire=False)

    assert texts(books) == [
        "duplicated at alice's phone: #1 of w1 to alice, inbox #1, in the application"
    ]


def test_a_device_is_behind_until_it_was_given_what_was_acknowledged() -> None:
    books = books_of(told(published(1), asked(2), welcomed(), came(1)))
    before = books.is_behind(*PHONE)
    books.enter(given(came(1)))

    assert (before, books.is_behind(*PHONE)) == (True, False)


def test_the_devices_of_an_address_are_those_that_follow_it() -> None:
    devices = (PHONE, ("bob", "tv"))
    books = books_of([], devices=devices, topics=(TOPIC,))

    assert books.devices_of("alice") == {"alice/phone"}
    assert books.devices_of(TOPIC) == {"alice/phone", "bob/tv"}


def test_faults_are_counted_by_their_names() -> None:
    faults = [Fault(round=number, fault=name) for number, name in ((1, "cut"), (1, "kill"))]

    assert (books_of(faults).counts["kill"], books_of(faults).counts["cut"]) == (1, 1)


def test_a_publisher_that_jumps_over_a_number_is_a_mistake_of_the_test() -> None:
    with pytest.raises(ValueError, match="#2 of w1 to alice is not the next one"):
        books_of(asked(2))
