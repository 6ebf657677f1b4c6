import os
import subprocess
import sys
from pathlib import Path

import pytest

from loadtests.bench.machine import LOADING, SERVING, describe, filesystem, pinned

CORES = "import os; print(*os.sched_getaffinity(0))"


def test_server_and_load_share_no_core_where_there_are_two() -> None:
    together = SERVING | LOADING

    assert together == os.sched_getaffinity(0)
    assert not SERVING & LOADING or len(together) == 1


def test_what_is_started_within_the_block_stays_on_the_cores() -> None:
    before = os.sched_getaffinity(0)

    with pinned(SERVING):
        told = subprocess.run([sys.executable, "-c", CORES], capture_output=True, check=True)

    assert {int(core) for core in told.stdout.split()} == SERVING
    assert os.sched_getaffinity(0) == before


def test_the_cores_come_back_after_a_failure() -> None:
    before = os.sched_getaffinity(0)

    with pytest.raises(RuntimeError), pinned(SERVING):
        raise RuntimeError

    assert os.sched_getaffinity(0) == before


def test_a_machine_is_described_with_the_disk_of_the_store(tmp_path: Path) -> None:
    machine = describe(tmp_path)

    assert machine.cores == len(os.sched_getaffinity(0))
    assert machine.filesystem == filesystem(tmp_path)
    assert machine.is_shared == (machine.cores == 1)


def test_the_innermost_mount_is_the_one_that_counts() -> None:
    assert filesystem(Path("/proc/self")) == "proc"
