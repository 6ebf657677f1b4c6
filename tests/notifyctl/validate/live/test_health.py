"""The HTTP port is asked as probes ask it, and the worst answer counts."""

import socket
from collections.abc import Iterator

import pytest

from loadtests.bench.loopback import free_port
from notifyctl.validate.live import health
from notifyctl.validate.live.health import REQUESTS, NoHttp, ask, status_of
from tests.support.fake_api import Reply, fake_api
from tests.support.flawed_server import flawed_server


def test_a_path_is_asked_for_many_times_each_over_its_own_connection() -> None:
    with fake_api(Reply(200, {"ready": True})) as api:
        answer = ask(api.url, "/readyz")

    assert (answer.status, answer.body) == (200, '{"ready":true}')
    assert len(answer.seconds) == len(api.asked) == api.connections == REQUESTS


def test_the_worst_answer_counts() -> None:
    with fake_api(Reply(200, {}), Reply(503, {"why": "store"}), Reply(200, {})) as api:
        answer = ask(api.url, "/readyz")

    assert (answer.status, answer.body) == (503, '{"why":"store"}')


def test_a_path_below_an_address_is_asked_for_there() -> None:
    with fake_api(Reply(200, {})) as api:
        ask(f"{api.url}/notify/", "/healthz", requests=1)

    assert [asked.path for asked in api.asked] == ["/notify/healthz"]


@pytest.fixture
def mute() -> Iterator[str]:
    """The address of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_an_answer_that_does_not_come_in_time_is_none(
    mute: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "TIMEOUT_SECONDS", 0.2)

    answer = ask(mute, "/healthz")

    assert answer.status is None
    assert answer.exchange.at("status").text == "(no answer within 0.2 s)"


def test_who_is_not_there_and_who_speaks_no_http_are_told_apart() -> None:
    with pytest.raises(ConnectionRefusedError):
        ask(f"http://127.0.0.1:{free_port()}", "/healthz")
    with flawed_server(speaks_http=False) as server, pytest.raises(NoHttp):
        ask(server.url, "/healthz")


def test_the_status_alone_is_none_if_nobody_answers() -> None:
    assert status_of(f"http://127.0.0.1:{free_port()}", "/readyz") is None
    with fake_api(Reply(503, {})) as api:
        assert status_of(api.url, "/readyz") == 503
