import io
import sys
from collections.abc import Sequence

import msgspec
import pytest
from rich.console import Console

from loadtests.lines import AnyLine, Note, Phase
from notifyctl.cli.load_screen import (
    JsonScreen,
    LiveScreen,
    PlainScreen,
    Screen,
    screen_for,
    table_of,
)
from tests.support.command_line import on_a_terminal
from tests.support.load_results import lines, tick


def play(screen: Screen, told: Sequence[AnyLine]) -> None:
    with screen:
        for line in told:
            screen.show(line, msgspec.json.encode(line) + b"\n")


def test_programs_get_lines_terminals_a_table_and_logs_a_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert isinstance(screen_for("delivery", json=True), JsonScreen)
    assert isinstance(screen_for("delivery", json=False), PlainScreen)
    with on_a_terminal(monkeypatch):
        monkeypatch.setattr(type(sys.stderr), "isatty", lambda _stream: True)
        assert isinstance(screen_for("delivery", json=False), LiveScreen)


def test_with_json_each_line_is_printed_as_it_came(capsys: pytest.CaptureFixture[str]) -> None:
    play(JsonScreen(), lines())

    written = capsys.readouterr()
    assert written.out.encode() == b"".join(msgspec.json.encode(line) + b"\n" for line in lines())
    assert written.err == ""


def test_a_log_gets_a_line_per_phase_and_one_every_five_seconds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    play(PlainScreen(), lines())

    said = capsys.readouterr().err.splitlines()
    assert said[:2] == ["Five sessions of each user.", "ramp (3 s) ..."]
    seconds = [line.split()[0] for line in said if " s  " in line]
    assert seconds == ["5", "10", "15", "20", "25", "30", "35"]


def test_a_remark_can_do_nothing_to_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    play(PlainScreen(), [Note(text="red \x1b[31m alert")])

    assert capsys.readouterr().err == "red [31m alert\n"


def drawn(screen: LiveScreen) -> str:
    """What the live part of the screen shows by now."""
    console = Console(file=io.StringIO(), width=100)
    with console.capture() as captured:
        console.print(screen.draw())
    return captured.get()


def test_a_terminal_shows_the_phase_with_its_bar_and_the_last_second() -> None:
    screen = LiveScreen("delivery")
    screen.show(Phase(name="steady", seconds=30.0), b"")
    for second in range(5, 12):
        screen.show(tick(second, published=190.0 + second), b"")

    bar, *table = drawn(screen).splitlines()
    assert bar.startswith("delivery · steady ")
    assert bar.endswith("7 of 30 s")
    assert any(row.split()[:2] == ["published", "201/s"] for row in table)


def test_a_phase_that_ends_when_it_ends_only_counts_its_seconds() -> None:
    screen = LiveScreen("reconnect")
    screen.show(Phase(name="return"), b"")
    screen.show(tick(9), b"")
    screen.show(tick(10), b"")

    assert drawn(screen).splitlines()[0].endswith(" 2 s")


def test_the_table_fits_into_eighty_columns_and_marks_what_is_wrong() -> None:
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system="standard")
    with console.capture() as captured:
        console.print(table_of(tick(7, lost=3)))
    rows = captured.get().splitlines()

    assert len(rows) == 6
    (lost,) = [row for row in rows if "lost" in row]
    assert "\x1b[1;31m" in lost
    assert not any("\x1b[1;31m" in row for row in rows if row != lost)
