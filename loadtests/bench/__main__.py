"""`python -m loadtests.bench`, which `make bench` runs: measure, compare, report."""

import signal
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from subprocess import SubprocessError
from typing import Annotated, Final

import typer
from rich.console import Console

from loadtests.bench.accepts import accepts
from loadtests.bench.fanout import fan_out
from loadtests.bench.figures import Figure
from loadtests.bench.generator import generator
from loadtests.bench.growth import charts, growth
from loadtests.bench.inboxes import inboxes
from loadtests.bench.latency import latency
from loadtests.bench.machine import Machine, allow_many_files, describe
from loadtests.bench.memory import memory
from loadtests.bench.publishing import publishing
from loadtests.bench.recovery import recovery
from loadtests.bench.replay import replay
from loadtests.bench.report import Record, draw, in_page, load, merge, record, save
from loadtests.bench.stage import Stage
from loadtests.bench.validation import validation
from loadtests.plot import svg

Part = Callable[..., list[Figure]]
PARTS: Final[dict[str, Part]] = {
    "fanout": fan_out,
    "inboxes": inboxes,
    "accepts": accepts,
    "memory": memory,
    "publishing": publishing,
    "latency": latency,
    "replay": replay,
    "recovery": recovery,
    "validation": validation,
    "generator": generator,
    "growth": growth,
}
# They are measured once: each takes long, and says by itself whether it went well.
ONCE: Final = ("memory", "replay", "recovery")
# It writes ten million events first, so it runs only when it is asked for.
ON_REQUEST: Final = "growth"
FILE_WIDTH: Final = 120
PAGES: Final = Path(__file__).parents[2] / "docs" / "explanation"


def bench(
    parts: Annotated[list[str] | None, typer.Argument(help=f"Some of: {', '.join(PARTS)}.")] = None,
    rounds: Annotated[int | None, typer.Option(help="Rounds of what is compared.")] = None,
    place: Annotated[
        Path | None, typer.Option(help="The disk to measure: a folder on it. [the temporary one]")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write what was found to this file.")] = None,
    record_: Annotated[
        bool, typer.Option("--record", help="Write it to docs/explanation/, with the plots.")
    ] = False,
) -> None:
    """Measure notifyd beside its peers; without PARTS everything except growth."""
    chosen = parts or [name for name in PARTS if name != ON_REQUEST]
    if unknown := [name for name in chosen if name not in PARTS]:
        raise typer.BadParameter(f"{unknown[0]!r} is none of {', '.join(PARTS)}")
    allow_many_files()
    # Whoever ends the run, ends the servers that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    found, troubles = measure(chosen, rounds, place)
    conclude(found, json, keep=record_)
    for trouble in troubles:
        print(trouble, file=sys.stderr)  # noqa: T201
    raise typer.Exit(1 if troubles else 0)


def measure(
    parts: Sequence[str], rounds: int | None, place: Path | None
) -> tuple[Record, list[str]]:
    """Measure the parts; what was found, and one sentence for each part that broke off."""
    console = Console(stderr=True)
    figures: list[Figure] = []
    absent: list[str] = []
    troubles: list[str] = []
    for name in parts:
        with Stage(place, lambda text: console.print(text, style="dim", highlight=False)) as stage:
            machine = describe(stage.folder)
            options = {} if rounds is None or name in ONCE else {"rounds": rounds}
            try:
                figures += PARTS[name](stage, **options)
            except (OSError, RuntimeError, SubprocessError) as error:
                troubles.append(f"{name} was not measured: {error}.")
            absent += stage.absent
    return record(version("notifyctl"), machine, figures, absent), troubles


def conclude(found: Record, json: Path | None, *, keep: bool) -> None:
    """Show what was found, and write it down where that was asked for."""
    # A file has no width that a table could fit itself to.
    console = Console() if sys.stdout.isatty() else Console(width=FILE_WIDTH)
    console.print(place_of(found.machine), highlight=False)
    draw(found.figures, console)
    if json is not None:
        save(found, json)
    if keep:
        write_down(found, PAGES)


def place_of(machine: Machine) -> str:
    """One line about the machine, and whether the load had a core of its own."""
    where = "co-located: one core for server and load" if machine.is_shared else "separate cores"
    disk = "" if machine.is_durable else ", where nothing is durable: see --place"
    return (
        f"{machine.processor}, {machine.cores} cores ({where}), store on {machine.filesystem}{disk}"
    )


def write_down(found: Record, folder: Path) -> None:
    """Bring the manual up to date: the record, its table in the page, and the plots."""
    path = folder / "performance.json"
    if path.exists():
        found = merge(load(path), found)
    save(found, path)
    page = folder / "performance.md"
    page.write_text(in_page(found, page.read_text()))
    for name, chart in charts(found.figures).items():
        (folder / f"performance-{name}.svg").write_text(svg(chart))


if __name__ == "__main__":
    typer.run(bench)
