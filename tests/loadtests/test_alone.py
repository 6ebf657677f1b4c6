from collections.abc import Iterator
from contextlib import contextmanager

import gevent
import pytest

from loadtests.alone import Alone, values_ms
from loadtests.histogram import Histogram
from tests.support.faulty_server import faulty_server
from tests.support.load_workers import until


@contextmanager
def alone(users: int, **faults: float) -> Iterator[Alone]:
    """So many users who came by themselves, of five that may come."""
    with faulty_server(**faults) as server:
        share = Alone(server.target, most_users=5, rate_each=50.0)
        lives = [gevent.spawn(share.live) for _ in range(users)]
        try:
            yield share
        finally:
            share.finish()
            gevent.sleep(0.1)  # The server answers the goodbyes.
            gevent.killall(lives)


def test_only_who_came_is_written_to() -> None:
    with alone(users=2) as share:
        until(lambda: share.worker.got > 20)
        judgement = share.finish()

    pages = [page for pages in share.worker.ledger.published.values() for page in pages.values()]
    assert [page.attempted > 0 for page in pages].count(True) == 2
    assert judgement.violations == []
    assert judgement.figures.received == judgement.figures.acknowledged > 20


def test_more_users_than_may_come_are_nobody() -> None:
    with alone(users=5) as share:
        until(lambda: share.worker.sessions == 5)
        share.live()

        assert share.worker.sessions == 5


def test_what_was_lost_is_found_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loadtests.alone.QUIET_SECONDS", 0.3)
    with alone(users=1, dropped=1) as share:
        until(lambda: share.worker.got > 5)
        judgement = share.finish()

    assert judgement.figures.lost == 1


def test_every_latency_is_told_one_by_one() -> None:
    histogram = Histogram()
    for value in (250, 250, 1000):
        histogram.record(value)

    assert list(values_ms(histogram)) == [0.25, 0.25, 1.0]
