import time

import gevent

from loadtests.generator import Generator
from loadtests.meter import LAG, Meter


def test_a_process_that_stood_still_was_late_for_all_that_was_due_meanwhile() -> None:
    meter = Meter()
    generator = Generator(meter)
    gevent.sleep(0.05)
    time.sleep(0.3)  # It blocks: no greenlet runs.
    gevent.sleep(0.05)
    generator.stop()
    lag = meter.take().histogram(LAG)

    # Every 10 ms something was due, and most of it was late: the median says so, too.
    assert lag.count >= 30
    assert lag.max >= 280_000
    median = lag.quantile(0.5)
    assert median is not None
    assert median >= 50_000


def test_who_stopped_samples_no_more() -> None:
    meter = Meter()
    generator = Generator(meter)
    gevent.sleep(0.03)
    generator.stop()
    meter.take()
    gevent.sleep(0.05)

    assert meter.take().histogram(LAG).count == 0


def test_the_time_that_was_spent_grows() -> None:
    generator = Generator(Meter())
    before = generator.spent()
    assert sum(number * number for number in range(100_000))

    assert generator.spent() > before
    generator.stop()
