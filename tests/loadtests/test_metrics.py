from loadtests.judgement import KINDS, Figures
from loadtests.metrics import METRICS, Quantity
from loadtests.threshold import is_statistic

NAMES = [metric.name for metric in METRICS]


def test_every_name_means_one_thing() -> None:
    assert sorted(set(NAMES)) == sorted(NAMES)
    assert all(metric.about for metric in METRICS)


def test_whatever_breaks_a_promise_can_be_asked_for() -> None:
    counts = [metric.name for metric in METRICS if metric.quantity is Quantity.COUNT]

    assert set(KINDS) <= set(counts)


def test_what_the_ledger_judges_is_named_as_it_names_it() -> None:
    judged = {
        metric.name
        for metric in METRICS
        if metric.quantity is Quantity.COUNT and "." not in metric.name
    }

    assert judged <= set(Figures.__struct_fields__)


def test_the_parts_of_a_distribution_hide_no_other_metric() -> None:
    times = [metric.name for metric in METRICS if metric.quantity is Quantity.TIME]
    hidden = [
        name
        for name in NAMES
        for time in times
        if name.startswith(f"{time}.") and is_statistic(name.removeprefix(f"{time}."))
    ]

    assert hidden == []
