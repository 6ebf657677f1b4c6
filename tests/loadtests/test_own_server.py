"""A server of the run's own: killed, frozen, drained, and started again where it was."""

import time
from pathlib import Path

import pytest

from loadtests.bench.loopback import listens
from loadtests.own_server import NotRunning, OwnServer, free_ports
from notifyctl.client.api import Api


def state_of(pid: int) -> str:
    """What the system says of a process: T is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_it_comes_back_on_its_ports_with_its_data(tmp_path: Path) -> None:
    with OwnServer(tmp_path / "server") as server:
        first = server.pid
        with Api(server.http_url, server.token("backend", "publish")) as api:
            api.publish("alice", "Hello")
        server.kill()
        assert not listens(server.ws_port)
        server.start()

        assert server.pid != first
        with Api(server.http_url, server.token("alice", "subscribe")) as api:
            assert len(api.inbox("alice").events) == 1
    assert not listens(server.http_port)


def test_a_frozen_server_answers_when_it_is_thawed(tmp_path: Path) -> None:
    with OwnServer(tmp_path) as server:
        server.freeze()
        deadline = time.monotonic() + 10
        while state_of(server.pid) != "T" and time.monotonic() < deadline:
            time.sleep(0.01)
        assert state_of(server.pid) == "T"

        server.thaw()
        with Api(server.http_url) as api:
            assert api.ready().ready


def test_a_drained_server_ends_by_itself(tmp_path: Path) -> None:
    with OwnServer(tmp_path) as server:
        server.drain()

        assert server.wait() == 0


def test_what_is_set_for_another_server_does_not_concern_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFYD_HTTP_PORT", "1")
    monkeypatch.setenv("NOTIFYD_STORE", "nonsense:")
    with OwnServer(tmp_path) as server:
        assert listens(server.http_port)


def test_one_that_cannot_start_says_why(tmp_path: Path) -> None:
    server = OwnServer(tmp_path, store="nonsense:")
    began = time.monotonic()

    with pytest.raises(NotRunning, match="nonsense"):
        server.start()
    assert time.monotonic() - began < 30


def test_free_ports_are_different_ones() -> None:
    ports = free_ports(5)

    assert len(set(ports)) == 5
