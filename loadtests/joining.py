"""How a worker process of a run is started: on the master's machine, or on another one."""

import sys
from pathlib import Path
from typing import Final

PORT: Final = 5557
"""Where a master waits for workers of other machines; Locust's own choice."""

LOCUSTFILE: Final = Path(__file__).with_name("locustfile.py")


def worker_command(host: str, port: int) -> list[str]:
    """The program that joins a master and does as it is told, until the master ends."""
    command = [sys.executable, "-m", "locust", "--worker", "-f", str(LOCUSTFILE)]
    return [*command, "--master-host", host, "--master-port", str(port), "--skip-log-setup"]
