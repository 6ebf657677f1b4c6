import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from loadtests.bench.loopback import free_port, listens
from loadtests.bench.machine import SERVING
from loadtests.bench.process import Process, settle

BUSY = """
import socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    listener.accept()[0].close()
    sum(range(3_000_000))
"""


def start(source: str, log: Path) -> Process:
    port = free_port()
    return Process([sys.executable, "-c", source, str(port)], port, cores=SERVING, log=log)


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Process]:
    process = start(BUSY, tmp_path / "log")
    yield process
    process.stop()


def test_a_process_that_works_spends_time_and_one_that_waits_does_not(busy: Process) -> None:
    busy.await_listening()
    settle(busy)
    before = busy.cpu_seconds()
    settle(busy)
    idle = busy.cpu_seconds() - before
    listens(busy.port)
    settle(busy)

    assert busy.cpu_seconds() - before > 10 * idle


def test_a_process_has_memory(busy: Process) -> None:
    busy.await_listening()

    assert busy.memory_kib() > 1_000


def test_nobody_answers_after_the_end(busy: Process) -> None:
    busy.await_listening()
    busy.stop()

    assert not listens(busy.port)


def test_a_program_that_fails_is_quoted(tmp_path: Path) -> None:
    process = start("raise SystemExit('no such option')", tmp_path / "log")

    with pytest.raises(RuntimeError, match="no such option"):
        process.await_listening()
