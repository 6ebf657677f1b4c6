import sys
from pathlib import Path

from loadtests.joining import PORT, worker_command


def test_a_worker_is_a_program_of_its_own_that_knows_its_master() -> None:
    command = worker_command("loadtest", PORT)

    assert command[:3] == [sys.executable, "-m", "locust"]
    assert command[command.index("--master-host") + 1] == "loadtest"
    assert command[command.index("--master-port") + 1] == "5557"
    assert Path(command[command.index("-f") + 1]).exists()
