"""The hook for pre-commit: it runs a command that exists, for the files that it is about."""

import re
import shlex
from typing import Any, Final

import pytest
import yaml

from notifyctl.cli import app
from tests.support.sources import ROOT

(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
DOCUMENTED: Final = (ROOT / "docs" / "how-to" / "check-files-in-ci.md").read_text()


def test_it_runs_a_command_that_exists() -> None:
    program, command = shlex.split(HOOK["entry"])
    names: list[Any] = [each.name for each in app.registered_commands]

    assert program == "notifyctl"
    assert command in names
    assert HOOK["language"] == "python"
    assert f"id: {HOOK['id']}" in DOCUMENTED


def test_all_files_are_checked_together_whichever_was_changed() -> None:
    assert HOOK["pass_filenames"] is False


@pytest.mark.parametrize(
    "path",
    [
        *("Dockerfile", "api/Dockerfile", "api.Dockerfile", "Dockerfile.dev", "Containerfile"),
        *("compose.yaml", "deploy/k8s/service.yml", "nginx.conf", "notifyctl.toml"),
    ],
)
def test_a_change_of_what_is_checked_runs_it(path: str) -> None:
    assert re.search(HOOK["files"], path)


@pytest.mark.parametrize(
    "path", ["README.md", "server.py", "mydockerfile.py", "yaml", "a/notifyctl.py"]
)
def test_a_change_elsewhere_does_not(path: str) -> None:
    assert not re.search(HOOK["files"], path)
