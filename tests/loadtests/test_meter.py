from loadtests.histogram import Histogram
from loadtests.meter import Measured, Meter


def histogram(*values: int) -> Histogram:
    found = Histogram()
    for value in values:
        found.record(value)
    return found


def test_a_meter_gives_away_what_it_has_and_begins_anew() -> None:
    meter = Meter()
    meter.record("delivery", 100)
    meter.count("received")
    first = meter.take()
    meter.record("delivery", 200)
    meter.count("received", 2)

    assert first == Measured({"delivery": histogram(100)}, {"received": 1})
    assert meter.take() == Measured({"delivery": histogram(200)}, {"received": 2})
    assert meter.take() == Measured()


def test_what_several_measured_adds_up_to_the_same_as_if_one_had() -> None:
    whole = Measured()
    whole.add(Measured({"delivery": histogram(1, 2)}, {"received": 2}))
    whole.add(Measured({"delivery": histogram(3), "publish.ack": histogram(9)}, {"received": 1}))

    assert whole.histogram("delivery") == histogram(1, 2, 3)
    assert whole.histogram("publish.ack") == histogram(9)
    assert whole.number("received") == 3
    assert whole.number("never heard of") == 0


def test_what_was_taken_over_stays_as_it_was() -> None:
    part = Measured({"delivery": histogram(1)})
    whole = Measured()
    whole.add(part)
    whole.record("delivery", 5)

    assert part.histogram("delivery") == histogram(1)
