"""`python -m notifyctl`."""

import subprocess
import sys
from pathlib import Path

import pytest


def test_the_module_is_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "notifyctl", "--version"], capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith("notifyctl ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
@pytest.mark.parametrize(
    ("redirection", "reason"), [(">/dev/full", "No space left on device"), (">&-", "it is closed")]
)
def test_a_result_that_cannot_be_written_is_told_in_one_sentence(
    tmp_path: Path, redirection: str, reason: str
) -> None:
    (tmp_path / "Dockerfile").write_text("FROM alpine\n")
    done = subprocess.run(
        ["/bin/sh", "-c", f'"$0" -m notifyctl validate {redirection}', sys.executable],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (
        1,
        f"notifyctl: stdout cannot be written ({reason}); send the output somewhere else.\n",
    )
