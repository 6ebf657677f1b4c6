"""`series.csv`: a row for each second of a run, for a spreadsheet or a notebook."""

import csv
import io
from collections.abc import Iterable

import msgspec

from loadtests.lines import Tick


def csv_text(ticks: Iterable[Tick]) -> str:
    """The seconds as CSV; a cell is empty where nothing was measured."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(Tick.__struct_fields__)
    for tick in ticks:
        writer.writerow(msgspec.structs.astuple(tick))
    return buffer.getvalue()
