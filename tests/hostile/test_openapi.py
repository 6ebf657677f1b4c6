"""The HTTP API is what /openapi.json says, and refuses what it does not: asked by schemathesis."""

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.support.servers import running
from tests.support.sources import ROOT

EXAMPLES: Final = os.environ.get("NOTIFYCTL_EXAMPLES", "20")
CONFIGURATION: Final = ROOT / "tests" / "hostile" / "schemathesis.toml"
SECONDS: Final = 100 + 2 * int(EXAMPLES)

pytestmark = pytest.mark.timeout(SECONDS + 20)


@pytest.mark.parametrize(
    ("scopes", "without"),
    [
        # It would end the server; those who may not are asked about it.
        (("admin",), ["--exclude-path", "/v1/drain"]),
        (("subscribe",), []),
        (("publish",), []),
    ],
    ids=["admin", "subscribe", "publish"],
)
def test_the_api_is_what_its_description_says(
    scopes: tuple[str, ...], without: list[str], tmp_path: Path
) -> None:
    seed = str(random.randrange(10**6))
    fast = {"NOTIFYD_PUBLISH_RATE": "1000000", "NOTIFYD_PUBLISH_BURST": "1000000"}
    with running(tmp_path / "data", **fast) as server:
        program = Path(sys.executable).parent / "schemathesis"
        command = [str(program), "--config-file", str(CONFIGURATION)]
        command += ["run", f"{server.http_url}/openapi.json", "--max-examples", EXAMPLES]
        asked = subprocess.run(
            [*command, "--seed", seed, "--no-color", *without],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            cwd=tmp_path,  # It keeps what it found where it runs.
            env={
                **os.environ,
                "NOTIFYCTL_TEST_TOKEN": server.token("alice", *scopes),
                "PYTHONPATH": str(ROOT),
            },
        )
        log = server.log_path.read_text()

    assert asked.returncode == 0, asked.stdout + asked.stderr
    assert "Traceback" not in log
    assert '"level": "error"' not in log
