import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from notifyctl.bundled import bundled
from notifyctl.cli import load_runner
from notifyctl.cli.load_runner import Runner, environment, marked
from tests.support.fake_runs import Told
from tests.support.load_results import lines

# Starts a process that ignores everything but SIGKILL, tells its number, and does as it is told.
PARENT = """
import os, signal, subprocess, sys, time
grandchild = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);" \\
    "print('ready', flush=True); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", grandchild], stdout=subprocess.PIPE,
    start_new_session=True)
child.stdout.readline()
print(child.pid, flush=True)
"""


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(tmp_path, monkeypatch)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Whatever happens to a run, signals mean afterwards what they meant before."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    assert [signal.getsignal(number) for number in numbers] == before


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody waited for still has a number."""
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 20
    while not is_gone(pid):
        assert time.monotonic() < deadline, f"{pid} still runs"
        time.sleep(0.02)


def test_the_spec_goes_in_and_the_lines_come_out(told: Told) -> None:
    told.by(lines())
    with Runner(b'{"any": "spec"}') as runner:
        came = list(runner.lines())

    assert len(came) == len(lines())
    assert told.spec == {"any": "spec"}


def test_a_spec_is_larger_than_a_pipe_and_the_runner_reads_none_of_it(told: Told) -> None:
    told.by_program("print('early', flush=True)")
    with Runner(b"x" * 1_000_000) as runner:
        assert list(runner.lines()) == [b"early\n"]


def test_the_first_interrupt_is_passed_on_and_the_run_ends_with_what_it_has(told: Told) -> None:
    told.by(lines(), "endless")
    with Runner(b"{}") as runner:
        came = []
        for line in runner.lines():
            came.append(line)
            if b'"tick"' in line and not runner.stops:
                os.kill(os.getpid(), signal.SIGINT)

    assert runner.stops == 1
    assert b'"partial": true' in came[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_second_one_ends_a_runner_that_does_not_listen(
    told: Told, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_runner, "END_SECONDS", 0.2)
    told.by(lines(), "deaf")
    with Runner(b"{}") as runner:
        pid = runner.pid
        for line in runner.lines():
            if b'"tick"' in line and runner.stops < 2:
                os.kill(os.getpid(), number)

    assert runner.stops == 2
    assert is_gone(pid)


def test_a_runner_ends_when_whatever_watches_it_fails(told: Told) -> None:
    told.by(lines(), "endless")
    runner = Runner(b"{}")

    def watch() -> None:
        with runner:
            next(runner.lines())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        watch()
    assert is_gone(runner.pid)


@pytest.mark.parametrize(
    "manner", ["time.sleep(600)", "os._exit(0)", "os.kill(os.getpid(), signal.SIGKILL)"]
)
def test_what_a_runner_started_ends_with_it(
    told: Told, manner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_runner, "END_SECONDS", 0.2)
    told.by_program(PARENT + manner)
    with Runner(b"{}") as runner:
        grandchild = int(next(runner.lines()))
        assert not is_gone(grandchild)

    wait_until_gone(grandchild)


def test_one_that_is_silent_for_too_long_is_given_up(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_runner, "SILENCE_SECONDS", 0.2)
    monkeypatch.setattr(load_runner, "END_SECONDS", 0.2)
    told.by_program("import time; time.sleep(600)")
    with Runner(b"{}") as runner:
        assert list(runner.lines()) == []
        assert "silent" in runner.last_words()


def test_of_one_that_failed_the_last_words_are_told(told: Told) -> None:
    told.by_program("import sys; sys.exit('the disk is full')")
    with Runner(b"{}") as runner:
        assert list(runner.lines()) == []
        assert runner.last_words() == "the runner ended with status 1 (the disk is full)."


def test_the_child_finds_our_load_tests_and_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    variables = environment()

    assert variables["PYTHONPATH"] == f"{bundled()}{os.pathsep}/elsewhere"
    assert variables["PYTHONSAFEPATH"] == "1"


def test_processes_of_other_runs_are_not_ours(told: Told) -> None:
    told.by_program("import time; print('x', flush=True); time.sleep(600)")
    with Runner(b"{}") as one, Runner(b"{}") as other:
        next(one.lines())
        next(other.lines())
        assert marked(one.mark) == [one.pid]
        assert marked(other.mark) == [other.pid]
    assert marked("no such run") == []
