from typing import Any

from loadtests.report.live import Cell, columns, in_one_line, memory
from tests.support.load_results import tick


def cells(**values: Any) -> dict[str, Cell]:
    return {cell.name: cell for column in columns(tick(7, **values)) for cell in column}


def test_a_second_shows_what_was_asked_for_and_what_came_of_it() -> None:
    shown = cells(asked=200, published=199.5, p99=5.25, server_rss_mb=61.4)

    assert shown["asked"].text == "200/s"
    assert shown["published"].text == "199.5/s"
    assert shown["p99"].text == "5.25 ms"
    assert shown["server memory"].text == "61 MB"


def test_what_breaks_a_promise_stands_out() -> None:
    assert not any(cell.is_bad for cell in cells().values())
    shown = cells(lost=1, duplicated=2, out_of_order=3)
    assert {name for name, cell in shown.items() if cell.is_bad} == {
        "lost",
        "doubled",
        "out of order",
    }


def test_the_columns_are_of_one_length() -> None:
    assert len({len(column) for column in columns(tick(1))}) == 1


def test_of_a_server_elsewhere_nobody_knows_the_memory() -> None:
    assert memory(tick(1, server_rss_mb=None)) == "-"


def test_a_log_has_it_in_one_line() -> None:
    line = in_one_line(tick(7, lost=3))

    assert line.startswith("   7 s  steady: 200 sessions, ")
    assert "3 lost" in line
    assert "\n" not in line
