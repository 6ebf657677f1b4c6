import json
import subprocess
import sys
from pathlib import Path

import pytest

from loadtests.crash.__main__ import RESULT, Screen
from loadtests.crash.outcome import Progress


def progress(number: int) -> Progress:
    """Of ten rounds, this one is over."""
    return Progress(
        round=number,
        rounds=10,
        faults="kill",
        back_seconds=0.5,
        acknowledged=3,
        deliveries=9,
        replayed=0,
        wrong=0,
    )


def test_a_file_hears_of_the_first_and_the_last_round_and_of_some_between(
    capsys: pytest.CaptureFixture[str],
) -> None:
    screen = Screen(json=False)
    for number in (1, 2, 3, 10):
        screen.tell(progress(number))
    out, err = capsys.readouterr()

    assert out == ""
    assert [line.split()[1] for line in err.splitlines()] == ["1/10", "10/10"]


def test_json_is_a_line_for_each_round_and_one_for_the_end_and_the_folder_keeps_it(
    tmp_path: Path,
) -> None:
    spec = {"rounds": 2, "users": 1, "publishers": 1, "out": str(tmp_path / "out"), "json": True}
    ended = subprocess.run(
        (sys.executable, "-m", "loadtests.crash"),
        input=json.dumps(spec).encode(),
        capture_output=True,
    )
    lines = [json.loads(line) for line in ended.stdout.splitlines()]

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert [line["line"] for line in lines] == ["round", "round", "outcome"]
    assert json.loads((tmp_path / "out" / RESULT).read_bytes()) == lines[-1]
    assert (tmp_path / "out" / "history.jsonl").stat().st_size > 0


def test_a_store_of_the_runs_own_goes_with_it(tmp_path: Path) -> None:
    store = tmp_path / "disk" / "tried.db"
    spec = {"rounds": 1, "users": 1, "publishers": 1, "store": f"sqlite:{store}", "json": True}
    ended = subprocess.run(
        (sys.executable, "-m", "loadtests.crash"),
        input=json.dumps(spec).encode(),
        capture_output=True,
    )

    assert (ended.returncode, ended.stderr) == (0, b"")
    assert list(store.parent.iterdir()) == []


def test_a_run_that_cannot_begin_is_unknown_and_says_why() -> None:
    spec = {"store": "nowhere:", "users": 1, "publishers": 1}
    ended = subprocess.run(
        (sys.executable, "-m", "loadtests.crash"),
        input=json.dumps(spec).encode(),
        capture_output=True,
    )

    assert (ended.returncode, ended.stderr) == (3, b"")
    assert b"UNKNOWN: the run broke off: " in ended.stdout
    assert b"nowhere" in ended.stdout
