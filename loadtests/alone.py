"""A share without a run: for Locust's own command and web page, which add users as they like."""

import secrets
from collections.abc import Iterator
from itertools import repeat
from typing import Final

import gevent

from loadtests.arrivals import arrivals
from loadtests.histogram import Histogram, bounds
from loadtests.judgement import Judgement, judge
from loadtests.meter import Measured
from loadtests.orders import Begin, End, Hold
from loadtests.share import Share
from loadtests.spec import Spec, Target

TIMED: Final = ("connect.handshake", "publish.ack", "delivery")
ENDLESS: Final = 1e9
QUIET_SECONDS: Final = 5.0
LOOK_SECONDS: Final = 0.05


class Alone(Share):
    """Whoever comes is written to from then on, so many times a second; all of it is checked."""

    def __init__(self, target: Target, *, most_users: int, rate_each: float) -> None:
        spec = Spec(
            scenario="delivery",
            run=secrets.token_hex(4),
            users=most_users,
            connections=most_users,
            rate=most_users * rate_each,
        )
        self._rate_each = rate_each
        super().__init__(Begin(spec=spec, target=target, index=0, of=1, ramp=0.0))
        self._publisher_of = {
            to: publisher for publisher in self.publishers for to in publisher.sender.addresses
        }

    def live(self) -> None:
        """Be the next device, and be written to; nobody if all have a greenlet already."""
        device, _ = next(self._free, (None, 0.0))
        if device is None:
            return
        worker, user = self.worker, device.seat.user
        now_us = worker.now_us()
        dues = arrivals(worker.spec.arrival, self._rate_each, ENDLESS, worker.random)
        keep = self._publisher_of[user].keep
        self._publishing.append(gevent.spawn(keep, dues, now_us, repeat(user)))
        device.live(now_us)

    def take(self) -> Measured:
        """What was measured since the last time."""
        return self.worker.meter.take()

    def finish(self) -> Judgement:
        """Publish nothing more, wait for what is outstanding, and judge it."""
        self.obey(Hold())
        worker = self.worker
        before, quiet = -1, 0.0
        while quiet < QUIET_SECONDS and self._is_waiting():
            quiet = 0.0 if worker.got != before else quiet + LOOK_SECONDS
            before = worker.got
            gevent.sleep(LOOK_SECONDS)
        self.obey(End())
        return judge(worker.ledger)

    def _is_waiting(self) -> bool:
        unanswered = sum(publisher.unanswered for publisher in self.publishers)
        return bool(unanswered) or self.worker.got < self.worker.due


def values_ms(histogram: Histogram) -> Iterator[float]:
    """Every latency that a histogram counted, in milliseconds, for those who count one by one."""
    for bucket, count in sorted(histogram.buckets.items()):
        yield from repeat(min(bounds(bucket)[1], histogram.max) / 1000, count)
