"""No run of the tests writes a token or a secret: the check itself, which must be able to fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from notifyctl.cli.keygen import new_key
from tests.support.overheard import Ear, leaks
from tests.support.sessions import token
from tests.support.sources import ROOT

SECRET = "a-secret-that-nobody-else-has"


@pytest.fixture
def heard(tmp_path: Path) -> Ear:
    """An ear that nobody else speaks into."""
    return Ear(tmp_path)


def test_what_tells_nothing_is_no_leak(heard: Ear) -> None:
    heard.keep_secret(SECRET)
    heard.note("a log", "session opened user=alice\nrequest route=GET /v1/users/{user}/inbox")

    assert leaks(heard.folder) == []


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (f"refused {token()}", "a token"),
        (f"payload {token().split('.')[1]}", "a token"),
        ("refused [token]", "the log's net"),
        ("set to [secret]", "the log's net"),
        (new_key("EdDSA")[0], "a private key"),
        (f"it is {SECRET}", "a part of a secret"),
        (f"it ends with {SECRET[-12:]}", "a part of a secret"),
        (f"it has x{SECRET[5:17]}x in it", "a part of a secret"),
    ],
    ids=["token", "payload", "[token]", "[secret]", "key", "secret", "its end", "its middle"],
)
def test_a_line_that_tells_something_is_named(heard: Ear, line: str, what: str) -> None:
    heard.keep_secret(SECRET)
    heard.note("a log", "a line before")
    heard.note("another log", line)

    found = leaks(heard.folder)
    assert found
    assert any(what in leak for leak in found)
    assert all(leak.startswith("another log tells ") for leak in found)


def test_what_a_process_writes_into_a_file_is_heard(heard: Ear, tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    heard.note_file(log)
    log.write_text(f"ready\n{token()}\n")

    (leak,) = leaks(heard.folder)
    assert leak.startswith(f"{log} tells a token: ")


PLANTED = """
import logging
from notifyd.auth import issue
from tests.support.nodes import Node

def test_planted():
    logging.getLogger("notifyd.http_api").debug("signed with %s", Node.token("alice")[{part}])
"""


@pytest.mark.parametrize(
    ("part", "workers", "status"),
    [(":9", [], 0), (":20", [], 1), ("-12:", [], 1), ("-12:", ["-n", "1"], 1)],
    ids=["nothing", "head", "signature", "signature, with workers"],
)
def test_a_run_in_which_a_token_is_written_fails(
    part: str, workers: list[str], status: int, tmp_path: Path
) -> None:
    planted = tmp_path / "test_planted.py"
    planted.write_text(PLANTED.format(part=part))

    options = ["-p", "tests.conftest", "-p", "no:cacheprovider", "--rootdir", str(ROOT)]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", "pyproject.toml", *options, *workers, planted],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )

    assert run.returncode == status, run.stdout + run.stderr
    assert ("log of notifyd.http_api tells" in run.stdout) is (status == 1)
    assert "1 passed" in run.stdout
