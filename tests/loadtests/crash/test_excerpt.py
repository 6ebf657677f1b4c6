from loadtests.crash.entries import AnyEntry, Dropped, Fault
from loadtests.crash.excerpt import MOST, excerpt
from loadtests.crash.report import told as in_words
from tests.support.crash_histories import (
    PHONE,
    answered,
    books_of,
    came,
    delivered,
    finished,
    healthy,
    published,
    receipted,
    told,
    welcomed,
)

BOB = ("bob", "tv")


def shown(history: list[AnyEntry]) -> list[str]:
    """The smallest history that shows the first thing that is wrong."""
    finding = books_of(history, devices=(PHONE, BOB)).findings()[0]
    return [in_words(entry) for entry in excerpt(history, finding)]


def both(seq: int) -> list[AnyEntry]:
    """A message of each publisher, to alice and to bob, that comes to each."""
    return [*delivered(came(seq)), *delivered(came(seq, device=BOB))]


def sent(count: int) -> list[AnyEntry]:
    return [
        entry
        for seq in range(1, count + 1)
        for to in ("alice", "bob")
        for entry in published(seq, to=to)
    ]


def test_of_a_lost_event_it_is_its_publishing_and_what_came_beside_it() -> None:
    seen = [entry for seq in (1, 2, 3, 4, 6, 7, 8) for entry in both(seq)]
    five = delivered(came(5, device=BOB))

    assert shown(told(sent(8), welcomed(), seen, five, finished())) == [
        "publisher asks over http (first): #5 of w1 to alice",
        "publisher is answered: #5 of w1 to alice is event 5 (alice-5)",
        "alice's phone is welcomed: inbox after 0",
        "alice's phone receives inbox 4 (alice-4): #4 of w1 to alice",
        "alice's phone is given inbox 4 (alice-4): #4 of w1 to alice",
        "alice's phone receives inbox 6 (alice-6): #6 of w1 to alice",
        "alice's phone is given inbox 6 (alice-6): #6 of w1 to alice",
    ]


def test_of_an_event_that_was_sent_twice_it_is_both_times_and_who_published_it() -> None:
    history = told(sent(4), welcomed(), both(1), both(2), both(3), both(4), came(4))

    assert shown(history) == [
        "publisher asks over http (first): #4 of w1 to alice",
        "publisher is answered: #4 of w1 to alice is event 4 (alice-4)",
        "alice's phone is welcomed: inbox after 0",
        "alice's phone receives inbox 3 (alice-3): #3 of w1 to alice",
        "alice's phone is given inbox 3 (alice-3): #3 of w1 to alice",
        "alice's phone receives inbox 4 (alice-4): #4 of w1 to alice",
        "alice's phone is given inbox 4 (alice-4): #4 of w1 to alice",
        "alice's phone receives inbox 4 (alice-4): #4 of w1 to alice",
    ]


def test_of_a_contradicted_answer_it_is_that_message_and_its_users_devices() -> None:
    history = told(sent(3), both(1), both(2), both(3), answered(1, place=9))

    assert shown(history) == [
        "publisher asks over http (first): #1 of w1 to alice",
        "publisher is answered: #1 of w1 to alice is event 1 (alice-1)",
        "alice's phone receives inbox 1 (alice-1): #1 of w1 to alice",
        "alice's phone is given inbox 1 (alice-1): #1 of w1 to alice",
        "alice's phone receives inbox 2 (alice-2): #2 of w1 to alice",
        "alice's phone is given inbox 2 (alice-2): #2 of w1 to alice",
        "publisher is answered: #1 of w1 to alice is event 9 (alice-9)",
    ]


def test_of_an_event_that_two_messages_share_it_is_both_messages() -> None:
    assert shown(told(published(1), published(1, publisher="w2"))) == [
        "publisher asks over http (first): #1 of w1 to alice",
        "publisher is answered: #1 of w1 to alice is event 1 (alice-1)",
        "publisher asks over http (first): #1 of w2 to alice",
        "publisher is answered: #1 of w2 to alice is event 1 (alice-1)",
    ]


def test_of_a_wrong_receipt_it_is_the_receipt_too() -> None:
    history = told(healthy(3), receipted(1), receipted(3, "alice/phone"))

    assert shown(history)[-1] == "receipt: #1 of w1 to alice is event 1, acknowledged by nobody"


def test_of_what_broke_the_connection_it_is_the_last_before_each_entry() -> None:
    kills = [Fault(round=number, fault="kill") for number in range(1, 6)]
    breaks = [Dropped(user=user, device=device, why="EOF") for user, device in (PHONE, BOB)]

    assert shown(told(published(1), welcomed(), kills, breaks, finished(), kills)) == [
        "publisher asks over http (first): #1 of w1 to alice",
        "publisher is answered: #1 of w1 to alice is event 1 (alice-1)",
    ]
    assert shown(told(sent(2), both(1), kills, breaks, both(2), came(2)))[-6:] == [
        "alice's phone is given inbox 1 (alice-1): #1 of w1 to alice",
        "fault in round 5: kill",
        "alice's phone is disconnected: EOF",
        "alice's phone receives inbox 2 (alice-2): #2 of w1 to alice",
        "alice's phone is given inbox 2 (alice-2): #2 of w1 to alice",
        "alice's phone receives inbox 2 (alice-2): #2 of w1 to alice",
    ]


def test_a_long_one_is_its_beginning_and_its_end() -> None:
    history = told(published(1), [came(1)] * 100, answered(1, place=9))
    finding = books_of(history).findings()[-1]

    found = excerpt(history, finding)

    assert len(found) == MOST
    assert (found[0], found[-1]) == (history[0], history[-1])
