"""Starting up: what a person waits for before `--help` answers."""

import subprocess
import sys

import pytest

# Each of these takes longer to load than the help takes to print.
SLOW = {
    "aiohttp",
    "asyncio",
    "cryptography",
    "http",
    "jwt",
    "logging",
    "msgspec",
    "notifyd",
    "pydantic",
    "prometheus_client",
    "rich",
    "sqlite3",
    "ssl",
    "tomllib",
    "uvloop",
    "websockets",
    "yaml",
}

PROGRAM = """
import sys
from notifyctl.cli import main
try:
    main()
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""


def loaded(*arguments: str) -> set[str]:
    """The modules that a command line has loaded when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        *((name, "--help") for name in ("send", "serve", "tail", "init", "validate", "load")),
    ],
)
def test_help_loads_nothing_slow(arguments: tuple[str, ...]) -> None:
    names = {module.partition(".")[0] for module in loaded(*arguments)}

    assert "notifyctl" in names
    assert names & SLOW == set()


def test_help_loads_of_ours_only_the_command_line_and_the_errors() -> None:
    ours = {module for module in loaded("--help") if module.startswith("notifyctl.")}

    assert {module for module in ours if not module.startswith("notifyctl.cli")} == {
        "notifyctl.errors"
    }
    assert ours.isdisjoint({"notifyctl.cli.following", "notifyctl.cli.inspection"})


def test_a_command_loads_what_it_needs_and_no_more() -> None:
    names = {module.partition(".")[0] for module in loaded("token", "keygen")}

    assert names.isdisjoint({"aiohttp", "rich", "websockets", "uvloop", "sqlite3"})


def test_checking_files_loads_nothing_of_what_asks_over_the_network() -> None:
    names = loaded("validate", "Dockerfile", "manifests")

    assert "notifyctl.validate.check" in names
    assert {module.partition(".")[0] for module in names}.isdisjoint(
        {"aiohttp", "asyncio", "jsonschema", "kubernetes", "rich", "ssl", "websockets"}
    )
