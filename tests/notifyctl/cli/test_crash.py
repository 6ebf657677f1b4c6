import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from notifyctl.cli import crash
from tests.support.command_line import Notifyctl

# The command, with another program in the place of the crash test.
CALL = """
import sys
from notifyctl.cli import crash
crash.COMMAND = (sys.executable, "-c", sys.argv[1])
sys.exit(crash.carry_out(b"the spec"))
"""
SPEAKER = """
import sys
print(sys.stdin.read(), "came", flush=True)
print("a round is over", file=sys.stderr, flush=True)
sys.exit(3)
"""
# Waits a while for more interrupts after the first one, and ends with how many there were.
LISTENER = """
import signal, sys, time
heard = []
signal.signal(signal.SIGINT, lambda *_: heard.append(1))
signal.signal(signal.SIGTERM, lambda *_: sys.exit(75))
print("ready", flush=True)
while not heard:
    time.sleep(0.01)
time.sleep(0.3)
sys.exit(len(heard))
"""


class Asked:
    """A crash test that ends at once; what it was asked to do."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._path = folder / "spec.json"
        self._monkeypatch = monkeypatch
        self.ends_with(0)

    def ends_with(self, status: int) -> None:
        program = (
            f"import sys; open({str(self._path)!r}, 'wb').write(sys.stdin.buffer.read());"
            f" sys.exit({status})"
        )
        self._monkeypatch.setattr(crash, "COMMAND", (sys.executable, "-c", program))

    @property
    def spec(self) -> Any:
        return json.loads(self._path.read_bytes())

    @property
    def was_asked(self) -> bool:
        return self._path.exists()


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    return Asked(tmp_path, monkeypatch)


def started(program: str) -> "subprocess.Popen[str]":
    """The command as a process, in a group of its own as a shell starts it."""
    return subprocess.Popen(
        (sys.executable, "-c", CALL, program),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


# What is asked


def test_without_options_it_is_twenty_rounds_on_a_store_of_its_own(
    notifyctl: Notifyctl, asked: Asked
) -> None:
    assert notifyctl("load", "crash").status == 0
    assert (asked.spec["rounds"], asked.spec["store"], asked.spec["out"]) == (20, "sqlite:", None)
    assert (asked.spec["users"], asked.spec["publishers"]) == (3, 6)


def test_every_option_comes_to_the_test(notifyctl: Notifyctl, asked: Asked, tmp_path: Path) -> None:
    store, out = f"sqlite:{tmp_path / 'new.db'}", str(tmp_path / "out")
    options = ["--rounds", 7, "--seed", 0, "--users", 2, "--publishers", 5, "--store", store]

    assert notifyctl("load", "crash", *options, "--out", out, "--json").status == 0
    assert asked.spec == {
        "rounds": 7,
        "seed": 0,
        "store": store,
        "users": 2,
        "publishers": 5,
        "out": out,
        "json": True,
    }


def test_without_a_seed_each_run_has_another_one(notifyctl: Notifyctl, asked: Asked) -> None:
    seeds = set()
    for _ in range(3):
        notifyctl("load", "crash")
        seeds.add(asked.spec["seed"])

    assert len(seeds) > 1


@pytest.mark.parametrize("option", ["--rounds", "--users", "--publishers"])
def test_less_than_one_of_anything_is_too_few(
    notifyctl: Notifyctl, asked: Asked, option: str
) -> None:
    outcome = notifyctl("load", "crash", option, "0")

    assert (outcome.status, asked.was_asked) == (2, False)
    assert outcome.err == f"notifyctl: {option} 0 is too few; give 1 or more.\n"


def test_a_store_that_forgets_is_not_tried(notifyctl: Notifyctl, asked: Asked) -> None:
    outcome = notifyctl("load", "crash", "--store", "memory:")

    assert (outcome.status, asked.was_asked) == (2, False)
    assert "promises nothing after a crash; give sqlite:PATH" in outcome.err


def test_a_store_that_exists_is_not_written_to(
    notifyctl: Notifyctl, asked: Asked, tmp_path: Path
) -> None:
    store = tmp_path / "notify.db"
    store.write_bytes(b"of somebody")
    outcome = notifyctl("load", "crash", "--store", f"sqlite:{store}")

    assert (outcome.status, asked.was_asked) == (2, False)
    assert "name a new file" in outcome.err


def test_a_folder_that_holds_something_is_not_written_to(
    notifyctl: Notifyctl, asked: Asked, tmp_path: Path
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "history.jsonl").touch()
    (tmp_path / "empty").mkdir()
    refused = notifyctl("load", "crash", "--out", tmp_path / "full")

    assert (refused.status, asked.was_asked) == (2, False)
    assert "not an empty folder; name a new one" in refused.err
    assert notifyctl("load", "crash", "--out", tmp_path / "empty").status == 0


def test_a_folder_that_cannot_be_made_is_said_before_the_run(
    notifyctl: Notifyctl, asked: Asked, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    outcome = notifyctl("load", "crash", "--out", tmp_path / "file" / "out")

    assert (outcome.status, asked.was_asked) == (1, False)
    assert outcome.err.endswith("choose another place.\n")


# How it ends


@pytest.mark.parametrize("status", [0, 1, 3, 130])
def test_it_ends_as_the_test_does(notifyctl: Notifyctl, asked: Asked, status: int) -> None:
    asked.ends_with(status)
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]

    assert notifyctl("load", "crash").status == status
    assert [signal.getsignal(number) for number in numbers] == before


def test_what_the_test_says_is_said_where_it_says_it() -> None:
    with started(SPEAKER) as process:
        out, err = process.communicate(timeout=60)

    assert (process.returncode, out, err) == (3, "the spec came\n", "a round is over\n")


def test_a_test_that_is_killed_ends_as_a_shell_tells_it() -> None:
    with started("import os; os.kill(os.getpid(), 9)") as process:
        process.communicate(timeout=60)

    assert process.returncode == 128 + signal.SIGKILL


def test_ctrl_c_in_a_terminal_comes_to_the_test_once() -> None:
    with started(LISTENER) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)

    assert (process.returncode, err) == (1, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_test_ends_with_a_command_that_is_ended(number: signal.Signals) -> None:
    with started(LISTENER) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        process.communicate(timeout=60)

    assert process.returncode == 75
