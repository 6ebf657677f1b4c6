import pytest

from loadtests.histogram import Histogram
from loadtests.judgement import Figures
from loadtests.report.tables import (
    BREACHES,
    asked,
    busy,
    check_rows,
    figure_rows,
    latency_rows,
    loss_rows,
    margin,
)
from loadtests.spec import Spec
from tests.support.load_results import RUN, check, document, histogram, tick


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("us", 5_090, "5.09 ms"),
        ("", 12, "12"),
        ("%", 0.999, "99.9 %"),
        ("/s", 1234, "1,234/s"),
        ("times", 1.234, "1.23 times"),
        ("us", None, "-"),
    ],
)
def test_a_threshold_is_told_in_its_own_unit(unit: str, value: float | None, text: str) -> None:
    ((_, measured, _, _),) = check_rows([check("any", 1, value, unit=unit)])

    assert measured == text


@pytest.mark.parametrize(
    ("part", "text"),
    [(None, "-"), (0.63, "+63 %"), (-0.12, "-12 %"), (-0.001, "0 %"), (0.0, "0 %")],
)
def test_a_margin_says_which_side_it_is_on(part: float | None, text: str) -> None:
    assert margin(check("any", 1, 1, margin=part)) == text


def test_what_is_unknown_says_why() -> None:
    unknown = check("any", 1, None, verdict="unknown", why="it was not measured")

    assert check_rows([unknown])[0][3] == "unknown: it was not measured"


def test_every_breach_has_its_row_and_of_the_rest_only_what_was_seen() -> None:
    names = [name for name, _, _ in loss_rows(Figures(attempted=9, acknowledged=9, lost=2))]

    assert names[:2] == ["attempted", "acknowledged"]
    assert names[2:] == [name.replace("_", " ") for name in BREACHES]


def test_each_latency_that_was_measured_has_its_row() -> None:
    rows = latency_rows({"delivery": histogram(2000, 500), "connect": Histogram()})

    assert [row[:2] for row in rows] == [("delivery", "500")]


def test_one_line_says_what_was_asked_for() -> None:
    one = Spec(scenario="delivery", run=RUN, rate=1500)
    assert asked(document(spec=one)) == "200 users · 200 sessions · 1,500 events/s, constant · 30 s"

    wide = Spec(scenario="fanout", run=RUN, topics=3, subscribers=1000, processes=2)
    assert asked(document(spec=wide)) == (
        "3 topics · 1,000 subscribers each · 200 events/s, constant · 30 s · 2 generator processes"
    )


def test_a_figure_has_its_unit_and_its_meaning() -> None:
    rows = figure_rows({"drift.p99": 1.5, "resume.ok_ratio": 0.995, "lost": 3, "generator.cpu": 1})

    # The ledger's counts stand elsewhere, and what has no meaning for people nowhere.
    assert [row[:2] for row in rows] == [("drift.p99", "1.50 times"), ("resume.ok_ratio", "99.5 %")]
    assert all(about for _, _, about in rows)


def test_who_shares_the_processor_is_said_with_figures() -> None:
    idle = tick(1, asked=0, cpu=0.9, server_cpu=0.9)
    used = [tick(2, cpu=0.2, server_cpu=0.5), tick(3, cpu=0.4, server_cpu=0.7)]

    assert busy([idle, *used]) == {
        "busiest generator process": "30 % of a core",
        "server": "60 % of a core",
    }
    assert busy([tick(2, cpu=0.2, server_cpu=None)]) == {
        "busiest generator process": "20 % of a core"
    }
