"""`python -m notifyctl`."""

import subprocess
import sys


def test_the_module_is_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "notifyctl", "--version"], capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith("notifyctl ")
