import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.plot import Band, Chart, Limit, Line, powers, round_steps, short, svg

SVG = "{http://www.w3.org/2000/svg}"


def chart(*lines: Line, log_x: bool = False) -> Chart:
    return Chart(title="Cost & size", x="events", y="µs", lines=lines, log_x=log_x)


def places(drawn: str) -> list[list[tuple[float, float]]]:
    """The points of each line, in pixels."""
    found = []
    for line in ET.fromstring(drawn).iter(f"{SVG}polyline"):
        numbers = [float(number) for number in re.split("[ ,]", line.attrib["points"])]
        found.append(list(zip(numbers[::2], numbers[1::2], strict=True)))
    return found


def test_a_chart_says_what_it_shows() -> None:
    drawn = svg(chart(Line("event", ((1, 10), (2, 20))), Line("accept", ((1, 30), (2, 40)))))

    texts = {text.text for text in ET.fromstring(drawn).iter(f"{SVG}text")}
    assert {"Cost & size", "events", "µs", "event", "accept"} <= texts
    assert len(places(drawn)) == 2


def test_more_is_higher_and_later_is_further_right() -> None:
    ((first, second, third),) = places(svg(chart(Line("event", ((0, 1), (1, 5), (2, 3))))))

    assert first[0] < second[0] < third[0]
    assert second[1] < third[1] < first[1]


def test_a_line_that_stays_at_zero_lies_on_the_axis() -> None:
    ((low, high),) = places(svg(chart(Line("event", ((0, 0), (1, 8))))))

    axis = ET.fromstring(svg(chart(Line("event", ((0, 0), (1, 8)))))).find(f"{SVG}line")
    assert axis is not None
    assert low[1] == float(axis.attrib["y1"])
    assert high[1] < low[1]


def test_tenfold_is_always_as_far_on_a_logarithmic_axis() -> None:
    ((one, ten, hundred),) = places(
        svg(chart(Line("event", ((10, 1), (100, 1), (1000, 1))), log_x=True))
    )

    assert ten[0] - one[0] == pytest.approx(hundred[0] - ten[0], abs=0.2)


def test_a_chart_without_points_is_still_a_chart() -> None:
    assert ET.fromstring(svg(chart())).tag == f"{SVG}svg"


def test_a_chart_can_be_read_in_the_dark() -> None:
    assert "prefers-color-scheme: dark" in svg(chart())


@given(st.floats(min_value=0.001, max_value=1e12))
def test_an_axis_has_a_few_equal_steps_and_reaches_over_everything(most: float) -> None:
    steps = round_steps(most)

    assert steps[0] == 0
    assert steps[-1] >= most * (1 - 1e-6)
    assert 2 <= len(steps) <= 6
    widths = [after - before for before, after in pairwise(steps)]
    assert max(widths) == pytest.approx(min(widths))


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (250, "250"), (10_000, "10k"), (2_500_000, "2.5M")]
)
def test_large_numbers_are_short_beside_an_axis(value: float, text: str) -> None:
    assert short(value) == text


def test_a_logarithmic_height_has_powers_of_ten_and_no_zero() -> None:
    assert powers([0, 0.3, 250]) == [0.1, 1, 10, 100, 1000]
    assert powers([]) == [1, 10]

    line = Line("p99", ((0, 0.1), (1, 1.0), (2, 10.0)))
    drawn = svg(Chart(title="", x="", y="ms", lines=(line,), log_y=True))
    ((low, middle, high),) = places(drawn)
    assert low[1] - middle[1] == pytest.approx(middle[1] - high[1], abs=0.2)


def test_bands_and_limits_are_named_and_reach_across() -> None:
    line = Line("p99", ((2, 1.0), (8, 2.0)))
    bands = (Band("ramp", 0, 4), Band("steady", 4, 10))
    limit = Limit("p99<5ms", 5.0)
    drawn = svg(Chart(title="", x="", y="ms", lines=(line,), bands=bands, limits=(limit,)))

    root = ET.fromstring(drawn)
    assert {"ramp", "steady", "p99<5ms"} <= {text.text for text in root.iter(f"{SVG}text")}
    ((first, last),) = places(drawn)
    (steady,) = root.iter(f"{SVG}rect")
    assert first[0] < float(steady.attrib["x"]) < last[0]
    (drawn_limit,) = [each for each in root.iter(f"{SVG}line") if each.get("class") == "limit"]
    assert float(drawn_limit.attrib["y1"]) < last[1]


def test_ticks_can_be_named() -> None:
    line = Line("delivery", ((1, 1), (100, 5)))
    labels = ((1.0, "0 %"), (100.0, "99 %"))
    drawn = svg(Chart(title="", x="", y="ms", lines=(line,), log_x=True, x_labels=labels))

    assert {"0 %", "99 %"} <= {text.text for text in ET.fromstring(drawn).iter(f"{SVG}text")}


def test_a_chart_can_be_narrower() -> None:
    drawn = svg(Chart(title="", x="", y="", lines=(Line("a", ((0, 1), (9, 2))),), width=400))

    ((_, last),) = places(drawn)
    assert last[0] < 400


def test_no_number_stands_where_nothing_is_drawn() -> None:
    line = Line("sessions", tuple((float(x), 1.0) for x in range(3, 23)))
    root = ET.fromstring(svg(Chart(title="", x="second", y="open", lines=(line,))))

    beside = [text for text in root.iter(f"{SVG}text") if text.get("text-anchor") == "middle"]
    assert [text.text for text in beside] == ["10", "20", "second"]
