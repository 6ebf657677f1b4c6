"""The report: a table with the ratios first, and the record that the manual shows."""

import datetime
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from loadtests.bench.figures import Figure, in_digits
from loadtests.bench.machine import Machine

COLUMNS: Final = ("part", "figure", "median", "least - most", "unit", "goal", "")
# The part whose peers may be absent.
COMPARED: Final = "fan-out"
MARKS: Final = {True: "✓", False: "✗", None: ""}
_TABLE: Final = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- end of figures -->)", re.DOTALL)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, where and when. `absent` are the peers that were not there, and why."""

    version: str
    day: str
    machine: Machine
    figures: list[Figure]
    absent: list[str] = []


def record(
    version: str, machine: Machine, figures: Iterable[Figure], absent: Iterable[str]
) -> Record:
    """A record of today."""
    return Record(
        version=version,
        day=datetime.datetime.now(datetime.UTC).date().isoformat(),
        machine=machine,
        figures=list(figures),
        absent=list(absent),
    )


def merge(old: Record, new: Record) -> Record:
    """The new record, and of the old one the parts that were not measured anew."""
    order = list(dict.fromkeys(figure.part for figure in (*old.figures, *new.figures)))
    anew = {figure.part for figure in new.figures}
    kept = [figure for figure in old.figures if figure.part not in anew]
    return msgspec.structs.replace(
        new,
        figures=sorted([*new.figures, *kept], key=lambda figure: order.index(figure.part)),
        absent=new.absent if COMPARED in anew else old.absent,
    )


def save(found: Record, path: Path) -> None:
    """Write a record as JSON that people can read and compare."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")


def load(path: Path) -> Record:
    """A record that was saved."""
    return msgspec.json.decode(path.read_bytes(), type=Record)


def in_order(figures: Iterable[Figure]) -> list[Figure]:
    """Ratios first, then what has a goal, then the rest; otherwise as they were measured."""
    return sorted(figures, key=lambda figure: (not figure.is_ratio, figure.goal is None))


def cells(figure: Figure) -> tuple[str, ...]:
    """A row of the table."""
    low, high = map(in_digits, figure.spread)
    return (
        figure.part,
        figure.name,
        in_digits(figure.median),
        f"{low} - {high}" if len(figure.values) > 1 else "",
        figure.unit,
        "" if figure.goal is None else str(figure.goal),
        MARKS[figure.is_met],
    )


def draw(figures: Iterable[Figure], console: Console) -> None:
    """Print the table."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in COLUMNS:
        table.add_column(name, justify="right" if name in COLUMNS[2:4] else "left")
    for figure in in_order(figures):
        colour = {True: "green", False: "red", None: None}[figure.is_met]
        *texts, mark = cells(figure)
        table.add_row(*texts, f"[{colour}]{mark}[/]" if colour else mark)
    console.print(table)


def in_page(found: Record, page: str) -> str:
    """The page with the record's table in its place; growth is shown by the plots."""
    rows = [cells(figure) for figure in in_order(found.figures) if figure.part != "growth"]
    lines = [COLUMNS, ("---",) * len(COLUMNS), *rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    machine = found.machine
    where = (
        f"notifyctl {found.version}, {found.day}: {machine.processor}, {machine.cores} cores,"
        f" {machine.memory_gib} GiB, {machine.filesystem}, Python {machine.python}."
    )
    absent = "".join(f"\nWithout {reason}." for reason in found.absent)
    text = f"{where}{absent}\n\n{table}\n"
    return _TABLE.sub(lambda _: text, page)
