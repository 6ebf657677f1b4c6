import io
from pathlib import Path

from rich.console import Console

from loadtests.bench.figures import Figure, least, ratio
from loadtests.bench.growth import charts
from loadtests.bench.machine import describe
from loadtests.bench.report import Record, draw, in_order, in_page, load, merge, record, save
from loadtests.plot import svg
from tests.support.sources import ROOT

PAGES = ROOT / "docs" / "explanation"
RATE = Figure(part="fan-out", name="notifyd", unit="frames/CPU-s", values=(90, 100, 120))
FAST = Figure(part="inboxes", name="batches", unit="events/s", values=(9,), goal=least(10))
COMPARED = ratio("fan-out", "notifyd / ws", [90, 100], [100, 100], goal=0.9)


def found(*figures: Figure, folder: Path = ROOT) -> Record:
    return record("1.0", describe(folder), figures, ["Node ws: npm is not installed"])


def test_ratios_come_first_and_goals_before_the_rest() -> None:
    assert in_order([RATE, FAST, COMPARED]) == [COMPARED, FAST, RATE]


def test_the_table_shows_each_figure_with_its_goal() -> None:
    output = io.StringIO()
    draw([RATE, FAST, COMPARED], Console(file=output, width=120))

    ratio_line, goal_line, rate_line = [
        line.split() for line in output.getvalue().splitlines() if "fan-out" in line or "✗" in line
    ]
    assert ratio_line[-3:] == ["≥", "0.9", "✓"]
    assert goal_line[-3:] == ["≥", "10", "✗"]
    assert rate_line == ["fan-out", "notifyd", "100", "90", "-", "120", "frames/CPU-s"]


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    save(found(RATE, COMPARED), tmp_path / "record.json")

    assert load(tmp_path / "record.json") == found(RATE, COMPARED)


def test_parts_that_were_not_measured_anew_stay_in_their_place() -> None:
    again = Figure(part="inboxes", name="batches", unit="events/s", values=(11,))

    assert merge(found(FAST, RATE), found(again)).figures == [again, RATE]


def test_peers_are_absent_until_they_take_part() -> None:
    complete = record("1.0", describe(ROOT), [RATE], [])
    other = record("1.0", describe(ROOT), [FAST], [])

    assert merge(found(RATE), other).absent == ["Node ws: npm is not installed"]
    assert merge(found(RATE), complete).absent == []


def test_only_the_table_of_a_page_is_replaced() -> None:
    page = "before\n<!-- figures -->\nold\n<!-- end of figures -->\nafter\n"
    written = in_page(found(RATE), page)

    assert written.startswith("before\n<!-- figures -->\n")
    assert written.endswith("|  |\n<!-- end of figures -->\nafter\n")
    assert "| fan-out | notifyd | 100 | 90 - 120 | frames/CPU-s |  |  |" in written
    assert "Without Node ws: npm is not installed." in written
    assert in_page(found(RATE), written) == written


def test_the_manual_says_what_was_recorded() -> None:
    recorded = load(PAGES / "performance.json")
    page = (PAGES / "performance.md").read_text()

    assert in_page(recorded, page) == page
    plots = {path.name: path.read_text() for path in PAGES.glob("performance-*.svg")}
    drawn = charts(recorded.figures)
    assert plots == {f"performance-{name}.svg": svg(chart) for name, chart in drawn.items()}
