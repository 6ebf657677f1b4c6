"""The compose files do what the server needs, and the health check tells the truth."""

import subprocess
import sys
from pathlib import Path

from loadtests.bench.loopback import free_port
from notifyd.app import CLOSE_SECONDS, REQUEST_SECONDS
from notifyd.secret import new_secret
from notifyd.settings import load_settings, quantity
from tests.manifests.reading import COMPOSE, compose
from tests.support.servers import ServerProcess

DEVELOPMENT = compose("compose.yaml")
PRODUCTION = compose("compose.production.yaml")


def secret(path: str) -> str:
    """What the file of a secret holds."""
    assert path == "/run/secrets/jwt_secret"
    return new_secret()


def test_the_server_understands_every_variable() -> None:
    image = {"NOTIFYD_HOST": "0.0.0.0", "NOTIFYD_DATA_DIR": "/data"}
    development = load_settings({}, image | DEVELOPMENT["environment"], {}, secret)
    merged = DEVELOPMENT["environment"] | PRODUCTION["environment"]
    production = load_settings({}, image | merged, {}, secret)

    assert development.generate_secret
    assert development.jwt_secret is None
    assert not production.generate_secret
    assert production.jwt_secret is not None
    assert production.public_ws_url == "wss://notify.example.org/ws"


def test_the_grace_period_outlasts_the_drain() -> None:
    drain = float(DEVELOPMENT["environment"]["NOTIFYD_DRAIN_SECONDS"])
    grace = quantity(DEVELOPMENT["stop_grace_period"], "seconds")

    assert grace > drain + CLOSE_SECONDS + REQUEST_SECONDS
    assert "NOTIFYD_DRAIN_SECONDS" not in PRODUCTION["environment"]
    assert "stop_grace_period" not in PRODUCTION


def test_only_this_machine_reaches_the_ports() -> None:
    assert DEVELOPMENT["ports"] == ["127.0.0.1:8000:8000", "127.0.0.1:8001:8001"]
    assert "ports" not in PRODUCTION


def test_production_builds_nothing_and_may_do_nothing_else() -> None:
    assert PRODUCTION["build"] is None
    assert PRODUCTION["read_only"] is True
    assert PRODUCTION["cap_drop"] == ["ALL"]
    assert PRODUCTION["security_opt"] == ["no-new-privileges:true"]
    assert PRODUCTION["ulimits"]["nofile"]["soft"] > int(
        PRODUCTION["environment"]["NOTIFYD_MAX_CONNECTIONS"]
    )


def test_no_secret_is_committed() -> None:
    files = {path.name for path in (COMPOSE / "secrets").iterdir()}
    ignored = (COMPOSE / "secrets" / ".gitignore").read_text().splitlines()

    assert ".gitignore" in files
    assert ignored[1:] == ["*", "!.gitignore"]


def test_the_health_check_is_green_beside_a_server_and_red_without_one(tmp_path: Path) -> None:
    kind, program, option, script = DEVELOPMENT["healthcheck"]["test"]
    assert (kind, program, option) == ("CMD", "python3", "-c")

    def status(port: int) -> int:
        here = script.replace("8000", str(port))
        return subprocess.run([sys.executable, "-c", here], capture_output=True).returncode

    with ServerProcess(tmp_path / "data") as server:
        assert status(server.http_port) == 0
    assert status(free_port()) != 0
