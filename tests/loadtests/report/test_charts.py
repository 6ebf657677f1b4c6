from hypothesis import given
from hypothesis import strategies as st

from loadtests.histogram import Histogram
from loadtests.plot import Chart
from loadtests.report.charts import MOST_POINTS, charts, curve, phases, thinned
from tests.support.load_results import document, histogram, series, tick


def titled(word: str, **values: object) -> Chart:
    (found,) = [chart for chart in charts(document(**values)) if word in chart.title]
    return found


def test_every_question_has_its_chart() -> None:
    titles = " ".join(chart.title for chart in charts(document()))

    for word in ("Asked", "due", "percentile", "outstanding", "Sessions", "Lag", "Processor"):
        assert word in titles
    assert "Memory" in titles


def test_of_a_server_elsewhere_nothing_is_drawn() -> None:
    elsewhere = [tick(second, server_cpu=None, server_rss_mb=None) for second in range(5)]
    drawn = charts(document(series=elsewhere))

    assert not any("Memory" in chart.title for chart in drawn)
    assert [line.name for line in titled("Processor", series=elsewhere).lines] == ["generator"]


def test_a_run_without_a_second_has_no_chart_over_time() -> None:
    assert [chart.title for chart in charts(document(series=[], histograms={}))] == []


def test_a_phase_lasts_until_the_next_one() -> None:
    found = phases([tick(0, "ramp"), tick(1, "ramp"), tick(2, "steady"), tick(5, "steady")])

    assert [(band.name, band.start, band.end) for band in found] == [
        ("ramp", 0, 2),
        ("steady", 2, 5),
    ]


def test_the_curve_draws_only_what_was_measured() -> None:
    drawn = curve(
        {"delivery": histogram(2000, 100), "publish.ack": Histogram(), "else": Histogram()}
    )

    assert [line.name for line in drawn.lines] == ["delivery"]


def test_the_curve_ends_where_the_last_message_stands() -> None:
    (line,) = curve({"delivery": histogram(2000, 1000)}).lines

    assert line.points[-1][0] == 1000
    assert [name for _, name in curve({"delivery": histogram(2000, 1000)}).x_labels][-1] == "99.9 %"


def test_the_latencies_have_the_line_they_have_to_stay_below() -> None:
    (limit,) = titled("due").limits

    assert (limit.name, limit.y) == ("delivery.p99<250ms", 250)


@given(st.lists(st.floats(0, 1e6), max_size=MOST_POINTS * 3))
def test_what_stands_out_is_never_left_out(values: list[float]) -> None:
    found = list(thinned(list(enumerate(values))))

    assert len(found) <= MOST_POINTS
    assert max((y for _, y in found), default=0) == max(values, default=0)


def test_a_short_run_is_drawn_second_by_second() -> None:
    (line,) = titled("Sessions").lines

    assert len(line.points) == len(series())
