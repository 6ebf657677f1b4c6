"""A command line with an empty home, alone or beside a running server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import Notifyctl, at_home, caller
from tests.support.servers import ServerProcess


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home directory of somebody who uses notifyctl for the first time."""
    at_home(monkeypatch, tmp_path)
    return tmp_path


@pytest.fixture
def notifyctl(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Notifyctl:
    """The command line without a server."""
    return caller(monkeypatch, capsys)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A running server that all tests share: each has users of its own."""
    with ServerProcess(tmp_path_factory.mktemp("server") / "data") as process:
        yield process


@pytest.fixture
def beside_a_server(
    notifyctl: Notifyctl, server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> Notifyctl:
    """The command line on the machine of a running server."""
    monkeypatch.setenv("NOTIFYCTL_URL", server.http_url)
    monkeypatch.setenv("NOTIFYCTL_WS_URL", server.ws_url)
    monkeypatch.setenv("NOTIFYD_DATA_DIR", str(server.data_dir))
    return notifyctl


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    """A user that no other test knows."""
    name: str = request.node.name
    return name
