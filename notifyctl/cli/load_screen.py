"""What is seen of a load test while it runs: a live table, a line now and then, or JSON."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Final, Protocol, Self

from notifyctl.cli.output import clean, emit, say

if TYPE_CHECKING:
    from rich.console import RenderableType

    from loadtests.lines import AnyLine, Tick

LINE_SECONDS: Final = 5
"""Between two lines where there is no terminal."""


class Screen(Protocol):
    """Shows what the runner tells; what it leaves on the terminal is tidy."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    def show(self, line: "AnyLine", text: bytes) -> None:
        """Show a line, which came as this text."""

    def remark(self, text: str) -> None:
        """Tell a person something that the runner did not."""


def screen_for(scenario: str, *, json: bool) -> Screen:
    """The one that fits where this is run."""
    if json:
        return JsonScreen()
    return LiveScreen(scenario) if sys.stderr.isatty() else PlainScreen()


class JsonScreen:
    """The lines themselves."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left behind."""

    def show(self, _line: "AnyLine", text: bytes) -> None:
        """Print it as it came."""
        emit(text.decode().rstrip("\n"))

    def remark(self, text: str) -> None:
        """Tell a person something beside the lines."""
        say(text)


class PlainScreen:
    """A line per phase, and one every few seconds, for logs."""

    def __init__(self) -> None:
        self._shown = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left behind."""

    def show(self, line: "AnyLine", _text: bytes) -> None:
        """Say it, unless the last second was only just told."""
        from loadtests.lines import Note, Phase, Tick
        from loadtests.report.live import in_one_line

        match line:
            case Phase(name=name, seconds=seconds):
                say(f"{name}{f' ({seconds:g} s)' if seconds else ''} ...")
            case Tick(second=second) if second >= self._shown + LINE_SECONDS:
                self._shown = second
                say(in_one_line(line))
            case Note(text=text):
                self.remark(text)
            case _:
                pass

    def remark(self, text: str) -> None:
        """Say it."""
        say(text)


class LiveScreen:
    """A bar for the phase and a table of the last second, redrawn each second on stderr."""

    def __init__(self, scenario: str) -> None:
        from rich.console import Console
        from rich.live import Live
        from rich.progress import BarColumn, Progress, TextColumn

        self._console = Console(file=sys.stderr, highlight=False)
        bar = TextColumn("{task.fields[time]}")
        name = TextColumn(f"[bold]{scenario}[/] · {{task.description}}")
        self._progress = Progress(name, BarColumn(None), bar, console=self._console, expand=True)
        self._task = self._progress.add_task("starting", total=None, time="")
        self._began: int | None = None
        self._tick: Tick | None = None
        self._live = Live(
            get_renderable=self.draw, console=self._console, auto_refresh=False, transient=True
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, line: "AnyLine", _text: bytes) -> None:
        """Draw it."""
        from loadtests.lines import Note, Phase, Tick

        match line:
            case Phase(name=name, seconds=seconds):
                self._began = None
                self._progress.reset(self._task, description=name, total=seconds, time="")
            case Tick():
                self._tick = line
                self._advance(line)
            case Note(text=text):
                self.remark(text)
            case _:
                pass
        self._live.refresh()

    def remark(self, text: str) -> None:
        """Print it above the table."""
        self._console.print(clean(text), markup=False)

    def _advance(self, tick: "Tick") -> None:
        if self._began is None:
            self._began = tick.second
        done = tick.second - self._began + 1
        total = self._progress.tasks[0].total
        time = f"{done} s" if total is None else f"{min(done, round(total))} of {total:g} s"
        self._progress.update(self._task, completed=done, time=time)

    def draw(self) -> "RenderableType":
        """What stands on the screen now."""
        from rich.console import Group

        return Group(self._progress, *([] if self._tick is None else [table_of(self._tick)]))


def table_of(tick: "Tick") -> "RenderableType":
    """The figures of a second, side by side."""
    from rich.table import Table
    from rich.text import Text

    from loadtests.report.live import columns

    table = Table.grid(padding=(0, 1))
    for row in zip(*columns(tick), strict=True):
        cells = [
            (Text(cell.name, style="dim"), Text(cell.text, style="bold red" if cell.is_bad else ""))
            for cell in row
        ]
        table.add_row(*(text for cell in cells for text in cell))
    for number, column in enumerate(table.columns):
        # Figures that change their width shall not make their neighbours jump.
        column.justify, column.min_width = ("right", 10) if number % 2 else ("left", 14)
    return table
