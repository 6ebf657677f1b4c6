"""What holds for every test."""

import os
from collections.abc import Generator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from tests.support import overheard

# The machine is shared: how long an example takes says more about the others than about us.
settings.register_profile("notifyctl", deadline=None)
settings.load_profile("notifyctl")

# Where all processes of one run keep what they overhear.
FOLDER = "TESTS_OVERHEARD"
_leaks = pytest.StashKey[list[str]]()
_folder = pytest.StashKey["TemporaryDirectory[str]"]()


def is_worker(config: pytest.Config) -> bool:
    """Whether this process runs tests for another one."""
    return hasattr(config, "workerinput")


def pytest_configure(config: pytest.Config) -> None:
    """Overhear everything from here on; the workers of a run share one folder."""
    if not is_worker(config):
        config.stash[_folder] = TemporaryDirectory(prefix="overheard-")
        os.environ[FOLDER] = config.stash[_folder].name
    overheard.begin(Path(os.environ[FOLDER]))


def pytest_runtest_setup() -> None:
    """A test may have set up the log as a server does: listen again."""
    if (ear := overheard.ear()) is not None:
        ear.listen()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test's processes wrote on its terminal."""
    report = yield
    for _, text in report.sections:
        overheard.note(f"output of {item.nodeid}", text)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The whole run contains no token and no secret, or it failed."""
    if is_worker(session.config):
        return
    with session.config.stash[_folder] as folder:
        session.config.stash[_leaks] = overheard.leaks(Path(folder))
    if session.config.stash[_leaks]:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was told."""
    if found := terminalreporter.config.stash.get(_leaks, None):
        terminalreporter.section("tokens and secrets that were written", red=True)
        for leak in found:
            terminalreporter.line(leak)
