from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gevent
import msgspec

from loadtests import orders
from loadtests.ledger import Ledger
from loadtests.meter import Measured
from loadtests.share import Share
from tests.support.faulty_server import faulty_server
from tests.support.load_workers import begin, until


@contextmanager
def sharing(**options: Any) -> Iterator[Share]:
    """A share that is the whole run, with everybody connected."""
    with faulty_server() as server:
        share = Share(begin(server.target, **{"users": 4, "connections": 8, **options}))
        lives = [gevent.spawn(share.live) for _ in share.devices]
        until(lambda: share.worker.sessions == len(share.devices))
        try:
            yield share
        finally:
            share.obey(orders.End())
            gevent.sleep(0.1)  # The server answers the goodbyes.
            gevent.killall(lives)


def report(share: Share, *, ledger: bool = False) -> orders.Report:
    found = share.obey(orders.Ask(number=1, ledger=ledger))
    assert found is not None
    return found


def has_all(share: Share) -> bool:
    found = report(share)
    return not found.is_publishing and not found.unanswered and found.got == found.due > 0


def test_more_lives_than_devices_are_nobody() -> None:
    with sharing() as share:
        share.live()

        assert report(share).sessions == 8


def test_what_was_ordered_is_published_and_comes_to_everybody() -> None:
    with sharing() as share:
        share.obey(orders.Publish(rate=200, seconds=0.5))
        until(lambda: has_all(share))
        ledger = report(share, ledger=True).ledger

    assert ledger is not None
    assert (
        sum(page.attempted for pages in ledger.published.values() for page in pages.values()) == 100
    )
    assert share.worker.got == 200


def test_a_report_travels_as_json() -> None:
    with sharing() as share:
        share.obey(orders.Publish(rate=100, seconds=0.1))
        until(lambda: has_all(share))
        told = report(share, ledger=True)

    again = orders.decode_report(msgspec.json.encode(told))
    assert isinstance(again.ledger, Ledger)
    assert again == told


def test_who_is_told_to_hold_publishes_nothing_more() -> None:
    with sharing() as share:
        share.obey(orders.Publish(rate=100, seconds=1000))
        until(lambda: share.worker.got > 0)
        share.obey(orders.Hold())
        until(lambda: has_all(share))
        before = share.worker.due
        gevent.sleep(0.2)

        assert share.worker.due == before
        assert not report(share).is_publishing


def test_a_cut_breaks_every_session_and_all_come_back() -> None:
    with sharing(come_back="immediate") as share:
        share.obey(orders.Cut())
        back = Measured()

        def are_all_back() -> bool:
            back.add(report(share).measured)
            return back.histogram("reconnect").count == 8

        until(are_all_back)

        assert share.worker.sessions == 8
        assert back.number("sessions.closed") == 0


def test_who_is_away_misses_as_much_as_was_ordered_and_gets_it_in_the_end() -> None:
    with sharing(scenario="offline") as share:
        share.obey(orders.Leave(share=0.5))
        until(lambda: share.worker.sessions == 4)
        assert report(share).away == 4
        share.obey(orders.Miss(events=3, seconds=0.1))
        until(lambda: not report(share).is_publishing and not report(share).unanswered)
        assert (share.worker.due, share.worker.got) == (12, 0)
        share.obey(orders.Return(spread=0.0))
        until(lambda: has_all(share))

    # Two users with two devices each, and three events for each of them.
    assert share.worker.got == 12


def test_the_devices_that_are_here_at_the_end_have_read_to_the_end() -> None:
    with sharing() as share:
        share.obey(orders.End())
        ledger = report(share, ledger=True).ledger

    assert ledger is not None
    pages = [page for devices in ledger.receivers.values() for page in devices.values()]
    assert [page.is_at_end for page in pages] == [True] * 8
