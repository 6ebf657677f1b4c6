import json
import random
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.client.backoff import Backoff
from notifyctl.client.exchange import Exchange
from notifyctl.errors import (
    KeyReused,
    NotifyError,
    RateLimited,
    ServerUnreachable,
    StoreUnavailable,
    TokenInvalid,
    UnexpectedAnswer,
    UsageError,
)
from notifyctl.wire import Health, Problem
from tests.support.fake_api import Reply, fake_api
from tests.support.json_text import BYTES, spoiled

GOOD = Reply(200, Health())
PROBLEMS = (
    spoiled({"title": "No", "status": 503, "code": "internal", "detail": "A.", "retry_ms": 1})
    .map(json.dumps)
    .map(str.encode)
)
PAGE = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


def problem(
    status: int, code: str, detail: str = "A sentence.", retry_ms: int | None = None
) -> Reply:
    body = Problem(title="No", status=status, code=code, detail=detail, retry_ms=retry_ms)
    return Reply(status, body, {"Content-Type": "application/problem+json"})


class Naps:
    """Counts the seconds that a client would have slept."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


def ask(url: str, naps: Naps | None = None, *, attempts: int = 3) -> Health:
    exchange = Exchange(url, "t", timeout_seconds=5, attempts=attempts, sleep=naps or Naps())
    try:
        return exchange.ask("GET", "/healthz", Health)
    finally:
        exchange.close()


def test_an_answer_becomes_a_value() -> None:
    with fake_api(GOOD) as server:
        assert ask(server.url) == Health()
    assert server.asked[0].headers["authorization"] == "Bearer t"


def test_a_server_behind_a_path_is_found() -> None:
    with fake_api(GOOD) as server:
        ask(f"{server.url}/notify/")
    assert server.asked[0].path == "/notify/healthz"


def test_the_connection_is_kept() -> None:
    with fake_api(GOOD) as server:
        exchange = Exchange(server.url, None, timeout_seconds=5, attempts=1)
        for _ in range(3):
            exchange.ask("GET", "/healthz", Health)
        exchange.close()
    assert server.connections == 1


def test_a_kept_connection_that_is_gone_costs_no_attempt() -> None:
    with fake_api(GOOD, Reply(hang_up=True), GOOD) as server:
        exchange = Exchange(server.url, None, timeout_seconds=5, attempts=1)
        exchange.ask("GET", "/healthz", Health)
        assert exchange.ask("GET", "/healthz", Health) == Health()
        exchange.close()
    assert len(server.asked) == 3


def test_a_connection_that_breaks_is_tried_again() -> None:
    naps = Naps()
    with fake_api(Reply(hang_up=True), Reply(hang_up=True), GOOD) as server:
        assert ask(server.url, naps) == Health()
    assert len(naps.taken) == 2
    assert all(0.1 <= nap <= 1 for nap in naps.taken)


def test_the_attempts_have_an_end() -> None:
    naps = Naps()
    with fake_api(Reply(hang_up=True)) as server, pytest.raises(ServerUnreachable):
        ask(server.url, naps)
    assert len(server.asked) == 3
    assert len(naps.taken) == 2


def test_no_server_is_one_clear_error() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(ServerUnreachable, match=f"{url} .connection refused."):
            ask(url)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_without_a_server_is_asked_again(status: int) -> None:
    with fake_api(Reply(status, PAGE), GOOD) as server:
        assert ask(server.url) == Health()


def test_a_page_that_is_not_ours_is_one_clear_error() -> None:
    with fake_api(Reply(404, PAGE)) as server, pytest.raises(UnexpectedAnswer) as error:
        ask(server.url)
    assert str(error.value).startswith(f"{server.url} answered 404, but not as notifyd does;")
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [PAGE, b"", b"[]", b'{"status": "fine"}'])
def test_an_answer_of_another_program_is_one_clear_error(body: bytes) -> None:
    with fake_api(Reply(200, body)) as server, pytest.raises(UnexpectedAnswer, match="200"):
        ask(server.url)


def test_a_problem_becomes_the_error_of_its_code_in_the_words_of_the_server() -> None:
    with fake_api(problem(409, "key_reused", "Another one.")) as server:
        with pytest.raises(KeyReused) as error:
            ask(server.url)
    assert str(error.value) == "Another one."
    assert len(server.asked) == 1


def test_a_problem_that_only_newer_servers_know_keeps_its_words() -> None:
    with fake_api(problem(418, "teapot", "Short and stout.")) as server:
        with pytest.raises(NotifyError, match="Short and stout") as error:
            ask(server.url)
    assert type(error.value) is NotifyError


def test_a_server_that_asks_for_patience_gets_it() -> None:
    naps = Naps()
    with fake_api(
        problem(503, "store_unavailable", retry_ms=2_500),
        Reply(503, PAGE, {"Retry-After": "3"}),
        GOOD,
    ) as server:
        assert ask(server.url, naps) == Health()
    assert naps.taken == [2.5, 3.0]


def test_too_much_patience_is_not_asked_of_anybody() -> None:
    naps = Naps()
    with fake_api(problem(503, "store_unavailable", retry_ms=60_000)) as server:
        with pytest.raises(StoreUnavailable) as error:
            ask(server.url, naps)
    assert error.value.retry_ms == 60_000
    assert naps.taken == []


def test_who_is_too_fast_is_told_and_not_repeated() -> None:
    busy = Reply(429, problem(429, "rate_limited").body, {"Retry-After": "7"})
    with fake_api(busy) as server, pytest.raises(RateLimited) as error:
        ask(server.url)
    assert error.value.retry_ms == 7_000
    assert len(server.asked) == 1


@pytest.mark.parametrize("after", ["", "soon", "-1", "9" * 5_000, "Fri, 31 Dec 1999 23:59:59 GMT"])
def test_a_wait_that_is_no_number_of_seconds_is_not_obeyed(after: str) -> None:
    with fake_api(Reply(503, PAGE, {"Retry-After": after})) as server:
        with pytest.raises(UnexpectedAnswer) as error:
            ask(server.url, attempts=1)
    assert error.value.retry_ms is None


@pytest.mark.parametrize(
    "url", ["", "localhost:8000", "ws://localhost:8001/ws", "http://", "http://x:port", "http://["]
)
def test_what_is_no_url_is_refused_at_once(url: str) -> None:
    with pytest.raises(UsageError, match="looks like http"):
        ask(url)


@pytest.mark.parametrize("token", ["two\nlines", "smørrebrød", "\x00"])
def test_what_is_no_token_never_travels(token: str) -> None:
    with pytest.raises(TokenInvalid):
        Exchange("http://127.0.0.1:1", token, timeout_seconds=1, attempts=1)


@given(status=st.integers(400, 599), raw=PROBLEMS | BYTES, after=st.text())
def test_any_refusal_is_one_error_with_a_wait_that_can_be_waited(
    status: int, raw: bytes, after: str
) -> None:
    exchange = Exchange("http://127.0.0.1:1", None, timeout_seconds=1, attempts=1)
    error = exchange._error(status, raw, after)

    assert str(error)
    assert Backoff(random.uniform).delay(error.retry_ms) > 0
