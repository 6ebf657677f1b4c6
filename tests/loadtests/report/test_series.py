import csv
import io

from loadtests.lines import Tick
from loadtests.report.series import csv_text
from tests.support.load_results import series, tick


def test_each_second_is_a_row_under_the_names_of_its_figures() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(series()))))

    assert len(rows) == len(series())
    assert tuple(rows[0]) == Tick.__struct_fields__
    assert float(rows[10]["p99"]) == series()[10].p99


def test_what_was_not_measured_is_an_empty_cell() -> None:
    (row,) = csv.DictReader(io.StringIO(csv_text([tick(1, p50=None)])))

    assert row["p50"] == ""
