import os
import subprocess
import sys
from pathlib import Path

from loadtests.joining import LOCUSTFILE
from notifyd.secret import FILE
from tests.support.faulty_server import SECRET, FaultyServer, faulty_server
from tests.support.sources import ROOT


def locust(server: FaultyServer, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Locust's own command against a server, for two seconds."""
    (folder / FILE).write_text(SECRET)
    (folder / FILE).chmod(0o600)
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), "--headless"]
    command += ["-u", "4", "-r", "4", "-t", "2", "-H", server.url, "--only-summary"]
    paths = os.pathsep.join((str(ROOT), str(ROOT / "server")))
    return subprocess.run(
        [*command, "--ws-url", server.target.ws_url, "--rate-per-user", "10", *options],
        env={**os.environ, "PYTHONPATH": paths, "NOTIFYD_DATA_DIR": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_locusts_own_command_shows_deliveries_as_requests(tmp_path: Path) -> None:
    with faulty_server() as server:
        shown = locust(server, tmp_path)

    assert shown.returncode == 0, shown.stderr
    told = shown.stdout + shown.stderr
    assert all(name in told for name in ("connect.handshake", "publish.ack", "delivery"))


def test_what_the_ledger_finds_is_a_failure_there(tmp_path: Path) -> None:
    with faulty_server(repeated=1) as server:
        shown = locust(server, tmp_path)

    assert shown.returncode == 1
    assert "duplicated at" in shown.stdout + shown.stderr


def test_a_public_server_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with faulty_server() as server:
        shown = locust(server, tmp_path, "-H", "http://8.8.8.8:8000")

    assert shown.returncode != 0
    assert "add --i-own-this-target" in shown.stderr
    assert "Traceback" not in shown.stderr
