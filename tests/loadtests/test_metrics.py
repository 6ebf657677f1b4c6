from loadtests.judgement import KINDS, Figures
from loadtests.metrics import METRICS, Quantity

NAMES = [metric.name for metric in METRICS]


def test_every_name_means_one_thing() -> None:
    assert sorted(set(NAMES)) == sorted(NAMES)
    assert all(metric.about for metric in METRICS)


def test_whatever_breaks_a_promise_can_be_asked_for() -> None:
    counts = [metric.name for metric in METRICS if metric.quantity is Quantity.COUNT]

    assert set(KINDS) <= set(counts)


def test_the_ledger_counts_what_is_a_count() -> None:
    foreign = {"reconnect.refused"}
    counts = {metric.name for metric in METRICS if metric.quantity is Quantity.COUNT} - foreign

    assert counts <= set(Figures.__struct_fields__)


def test_no_metric_is_a_part_of_another_ones_distribution() -> None:
    times = [metric.name for metric in METRICS if metric.quantity is Quantity.TIME]
    shadowed = [name for name in NAMES for time in times if name.startswith(f"{time}.")]

    # `reconnect.refused` is no part of it: refusals are counted, and not timed.
    assert shadowed == ["reconnect.refused"]
