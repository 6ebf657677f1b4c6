import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from loadtests.bench import __main__ as command
from loadtests.bench.figures import Figure
from loadtests.bench.growth import AXES
from loadtests.bench.peers.peer import Missing
from loadtests.bench.report import load
from loadtests.bench.stage import Stage

PAGE = "# Performance\n<!-- figures -->\n<!-- end of figures -->\n"


def part(name: str, unit: str = "events/s") -> command.Part:
    def measure(stage: Stage, *, rounds: int = 5) -> list[Figure]:
        stage.without(Missing(f"a peer of {name}"))
        return [Figure(part=name, name="notifyd", unit=unit, values=(1.0,) * rounds)]

    return measure


def run(parts: list[str] | None = None, **options: Any) -> int:
    """Run the command; its exit status."""
    with pytest.raises(typer.Exit) as ended:
        command.bench(parts, **options)
    return ended.value.exit_code


@pytest.fixture(autouse=True)
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        command, "PARTS", {name: part(name) for name in ("fanout", "accepts", "growth")}
    )


def test_everything_is_measured_except_what_takes_long(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(json=tmp_path / "found.json", place=tmp_path) == 0

    recorded = load(tmp_path / "found.json")
    assert [figure.part for figure in recorded.figures] == ["fanout", "accepts"]
    assert recorded.absent == ["a peer of fanout", "a peer of accepts"]
    assert recorded.machine.processor in capsys.readouterr().out


def test_one_part_is_measured_in_as_many_rounds_as_wanted(tmp_path: Path) -> None:
    run(["growth"], rounds=2, json=tmp_path / "found.json", place=tmp_path)

    (figure,) = load(tmp_path / "found.json").figures
    assert figure.values == (1.0, 1.0)


def test_the_manual_is_brought_up_to_date_part_by_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "PAGES", tmp_path)
    (tmp_path / "performance.md").write_text(PAGE)
    points = [
        Figure(part="growth", name=f"{what}, users {point.at}", unit="CPU-µs", values=(100.0,))
        for what in ("event", "accept")
        for axis in AXES
        for point in axis.points
    ]
    monkeypatch.setitem(command.PARTS, "growth", lambda _: points)

    run(["fanout"], place=tmp_path, record_=True)
    run(["growth"], place=tmp_path, record_=True)

    assert {figure.part for figure in load(tmp_path / "performance.json").figures} == {
        "fanout",
        "growth",
    }
    assert "| fanout | notifyd |" in (tmp_path / "performance.md").read_text()
    assert (tmp_path / "performance-users.svg").exists()
    assert not (tmp_path / "performance-sessions.svg").exists()


def test_a_part_that_nobody_knows_is_refused_with_those_there_are() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "loadtests.bench", "fanuot"], capture_output=True, text=True
    )

    assert ran.returncode == 2
    assert "fanuot" in ran.stderr
    assert "publishing" in ran.stderr


def test_a_part_that_breaks_off_takes_no_other_part_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_stage: Stage) -> list[Figure]:
        raise RuntimeError("no answer within 60 s")

    monkeypatch.setitem(command.PARTS, "fanout", fail)

    assert run(json=tmp_path / "found.json", place=tmp_path) == 1
    assert [figure.part for figure in load(tmp_path / "found.json").figures] == ["accepts"]
    assert "fanout was not measured: no answer within 60 s.\n" in capsys.readouterr().err
