import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import msgspec
import pytest

from notifyctl.wire import Problem, Published
from notifyd import app
from notifyd.http_api import body
from notifyd.store.memory import MemoryStore
from tests.support.http import Api, api
from tests.support.nodes import run

NOTE = b'{"to":"alice","title":"Hello"}'
STATS = "/v1/stats"


def head(client: Api, *lines: str) -> bytes:
    """The head of a publish by bob, with more header lines."""
    fixed = ("POST /v1/notifications HTTP/1.1", "Host: x", "Connection: close")
    bearer = f"Authorization: Bearer {client.node.token('bob')}"
    return "\r\n".join([*fixed, bearer, *lines, "", ""]).encode()


def problem_in(came: bytes) -> Problem:
    """The problem in a raw answer."""
    top, _, body = came.partition(b"\r\n\r\n")
    assert b"Content-Type: application/problem+json" in top
    return msgspec.json.decode(body, type=Problem)


def troubles(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What an operator was told that is no everyday line."""
    return [line.message for line in caplog.records if line.levelno > logging.INFO]


# Finding the route


@pytest.mark.parametrize("path", ["/nothing", "/v1", "/v1/notifications/", "/healthz/x"])
def test_an_unknown_path_is_a_problem_like_any_other(path: str) -> None:
    async def story() -> None:
        async with api() as client:
            reply = await client.ask("GET", path)
            assert (reply.status, reply.problem.code) == (404, "not_found")

    run(story())


def test_another_method_is_answered_with_those_there_are() -> None:
    async def story() -> None:
        async with api() as client:
            reply = await client.ask("DELETE", STATS)
            assert (reply.status, reply.problem.code) == (405, "method_not_allowed")
            assert reply.headers["Allow"] == "GET, HEAD, OPTIONS"

    run(story())


def test_head_is_get_without_the_body() -> None:
    async def story() -> None:
        async with api() as client:
            reply = await client.ask("HEAD", "/healthz")
            assert (reply.status, reply.body) == (200, b"")
            assert reply.headers["Content-Length"] == "15"

    run(story())


# Who asks


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YTpi", "bearer nonsense", "Bearer \x80.a.b"]
)
def test_what_is_no_token_is_refused(header: str) -> None:
    async def story() -> None:
        async with api() as client:
            reply = await client.ask("GET", STATS, headers={"Authorization": header})
            assert reply.status == 401
            assert reply.problem.code in {"unauthorized", "token_invalid"}
            assert reply.headers["WWW-Authenticate"].startswith("Bearer")

    run(story())


def test_a_token_counts_until_it_expires() -> None:
    async def story() -> None:
        async with api() as client:
            now = time.time()
            good = client.node.token("root", "admin", now=now, ttl_seconds=60)
            stale = client.node.token("root", "admin", now=now - 3600, ttl_seconds=60)
            assert (await client.ask("GET", STATS, token=good)).status == 200
            reply = await client.ask("GET", STATS, token=stale)
            assert (reply.status, reply.problem.code) == (401, "token_expired")
            assert reply.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'

    run(story())


def test_a_token_that_is_given_twice_is_ambiguous() -> None:
    async def story() -> None:
        async with api() as client:
            came = await client.speak(head(client, "Authorization: Bearer other", "X: y"))
            assert came.startswith(b"HTTP/1.1 401 ")
            assert "two" in problem_in(came).detail

    run(story())


def test_what_connect_asks_for_is_named() -> None:
    async def story() -> None:
        async with api() as client:
            came = await client.speak(b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", until=b"}")
            assert "There is no page x:80" in problem_in(came).detail

    run(story())


# Bodies


@pytest.mark.parametrize(
    ("line", "rest"),
    [("Content-Length: 10", b"{"), ("Transfer-Encoding: chunked", b"1\r\n{\r\n")],
)
def test_a_connection_ends_when_nobody_read_the_body_to_its_end(line: str, rest: bytes) -> None:
    async def story() -> None:
        async with api() as client:
            request = f"POST /v1/notifications HTTP/1.1\r\nHost: x\r\n{line}\r\n\r\n".encode()
            came = await client.speak(request + rest, until=b"}")
            assert came.startswith(b"HTTP/1.1 401 ")
            assert b"\r\nConnection: close\r\n" in came

    run(story())


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent() -> None:
    async def story() -> None:
        async with api() as client:
            for expects in ((), ("Expect: 100-continue",)):
                request = head(client, "Content-Length: 1048577", *expects)
                came = await client.speak(request, until=b"}")
                assert came.startswith(b"HTTP/1.1 413 ")
                assert problem_in(came).code == "too_large"

    run(story())


def test_a_body_that_turns_out_too_large_is_refused() -> None:
    async def story() -> None:
        async with api() as client:
            chunks = b"10000\r\n%b\r\n" % bytes(65536) * 17
            request = head(client, "Transfer-Encoding: chunked") + chunks + b"0\r\n\r\n"
            assert problem_in(await client.speak(request)).code == "too_large"

    run(story())


def test_a_client_that_asks_before_it_sends_is_told_to_go_on() -> None:
    async def story() -> None:
        async with api() as client:
            request = head(client, f"Content-Length: {len(NOTE)}", "Expect: 100-continue")
            came = await client.speak(request + NOTE)
            assert came.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 ")
            assert msgspec.json.decode(came.rpartition(b"\r\n\r\n")[2], type=Published).seq == 1

    run(story())


def test_a_compressed_body_is_refused_and_not_unpacked(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async with api() as client:
            request = head(client, "Content-Length: 30", "Content-Encoding: gzip")
            came = await client.speak(request + b"not what gzip would have made.")
            assert "gzip" in problem_in(came).detail

    run(story())
    assert troubles(caplog) == []


def test_a_body_that_does_not_come_is_not_waited_for_forever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story() -> None:
        monkeypatch.setattr(body, "BODY_SECONDS", 0.01)
        async with api() as client:
            came = await client.speak(head(client, "Content-Length: 10") + b"{", until=b"}")
            assert came.startswith(b"HTTP/1.1 408 ")
            assert problem_in(came).code == "request_timeout"

    run(story())


def test_a_body_that_breaks_off_is_no_news(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async with api() as client:
            host, port = client.node.http_url.removeprefix("http://").split(":")
            for ending in (asyncio.StreamWriter.close, lambda writer: writer.transport.abort()):
                _, writer = await asyncio.open_connection(host, int(port))
                writer.write(head(client, "Content-Length: 10") + b"{")
                await writer.drain()
                ending(writer)
            await client.ask("GET", "/healthz")
            # The second half of a chunked body is nonsense.
            request = head(client, "Transfer-Encoding: chunked") + b"1\r\n{\r\n"
            assert await client.speak(request + b"nonsense\r\n")

    caplog.set_level(logging.INFO)
    run(story())
    assert troubles(caplog) == []


# What is no HTTP


@pytest.mark.parametrize(
    "raw",
    [
        b"NONSENSE\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 1000 + b"\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET http://[::: HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_what_is_no_http_is_a_problem_and_no_news(
    raw: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with api() as client:
            came = await client.speak(raw)
            assert came.split()[1] == b"400"
            assert problem_in(came).code == "bad_request"

    run(story())
    assert troubles(caplog) == []


# Mistakes of our own


def test_a_mistake_of_our_own_is_one_line_in_the_log_and_no_detail_for_the_caller(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def mistaken(*_: object) -> None:
        raise ZeroDivisionError("a detail")

    async def story() -> None:
        monkeypatch.setattr(MemoryStore, "inbox", mistaken)
        async with api() as client:
            token = client.node.token("alice")
            reply = await client.ask("GET", "/v1/users/me/inbox", token=token)
            assert (reply.status, reply.problem.code) == (500, "internal")
            assert b"detail" not in reply.body.replace(b'"detail":', b"")
            assert b"ZeroDivision" not in reply.body

    run(story())
    (line,) = [line for line in caplog.records if line.levelno >= logging.ERROR]
    assert line.exc_info is not None
    assert isinstance(line.exc_info[1], ZeroDivisionError)


# Pages of other origins


def test_a_page_of_this_machine_may_ask_and_read_even_an_error() -> None:
    async def story() -> None:
        async with api() as client:
            origin = {"Origin": "http://localhost:5173"}
            for path in (STATS, "/v1/nothing"):
                reply = await client.ask("GET", path, headers=origin)
                assert reply.headers["Access-Control-Allow-Origin"] == "http://localhost:5173"
                assert reply.headers["Vary"] == "Origin"

    run(story())


def test_a_page_of_a_foreign_origin_is_refused_with_the_name_of_the_setting() -> None:
    async def story() -> None:
        async with api(allowed_origins=("https://app.example.org",)) as client:
            for method in ("GET", "OPTIONS"):
                reply = await client.ask(method, STATS, headers={"Origin": "https://evil.example"})
                assert (reply.status, reply.problem.code) == (403, "origin_refused")
                assert "allowed_origins" in reply.problem.detail
                assert "Access-Control-Allow-Origin" not in reply.headers

    run(story())


def test_a_browser_may_ask_before_it_sends() -> None:
    async def story() -> None:
        async with api(allowed_origins=("https://app.example.org",)) as client:
            reply = await client.ask(
                "OPTIONS",
                "/v1/notifications",
                headers={
                    "Origin": "https://app.example.org",
                    "Access-Control-Request-Method": "POST",
                },
            )
            assert (reply.status, reply.body) == (204, b"")
            assert reply.headers["Access-Control-Allow-Origin"] == "https://app.example.org"
            assert "POST" in reply.headers["Access-Control-Allow-Methods"]

    run(story())


def test_probes_and_metrics_care_for_no_origin() -> None:
    async def story() -> None:
        async with api() as client:
            reply = await client.ask("GET", "/healthz", headers={"Origin": "https://evil.example"})
            assert reply.status == 200
            assert "Access-Control-Allow-Origin" not in reply.headers

    run(story())


# More connections than there are places

PLACES = 5
ASK = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


class Guest:
    """A connection, and what came on it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def is_served(self) -> bool:
        """Whether it is answered, and not shown out."""
        self.writer.write(ASK)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            came = await asyncio.wait_for(self.reader.readuntil(b"}"), 10)
            return came.startswith(b"HTTP/1.1 200 ")
        return False


@asynccontextmanager
async def guests(client: Api, count: int) -> AsyncIterator[list[Guest]]:
    """So many connections, each of which was served."""
    async with AsyncExitStack() as stack:
        here = [Guest(*await stack.enter_async_context(client.connection())) for _ in range(count)]
        for guest in here:
            assert await guest.is_served()
            await asyncio.sleep(0.01)  # The loop's clock counts in milliseconds.
        yield here


@pytest.fixture
def few_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "http_connection_limit", lambda files: PLACES)


@pytest.mark.usefixtures("few_places")
def test_who_comes_gets_the_place_of_who_has_been_idle_longest() -> None:
    async def story() -> None:
        async with api() as client, guests(client, PLACES) as here:
            assert await here[0].is_served()
            async with guests(client, 1):
                assert [await guest.is_served() for guest in here] == [True, False, *[True] * 3]

    run(story())


@pytest.mark.usefixtures("few_places")
def test_half_a_request_keeps_no_place() -> None:
    async def story() -> None:
        async with api() as client, guests(client, PLACES) as here:
            for guest in here:
                guest.writer.write(ASK[:10])
            async with guests(client, 1):
                pass

    run(story())


@pytest.mark.usefixtures("few_places")
def test_when_all_are_busy_who_comes_is_told_when_to_come_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def story() -> None:
        async with api() as client, AsyncExitStack() as stack:
            for _ in range(PLACES):
                reader, writer = await stack.enter_async_context(client.connection())
                writer.write(head(client, "Content-Length: 10", "Expect: 100-continue"))
                assert await reader.readuntil(b"Continue\r\n\r\n")
            came = await client.speak(b"")
            assert came.startswith(b"HTTP/1.1 503 ")
            assert b"\r\nRetry-After: 1\r\n" in came
            assert problem_in(came).code == "too_many_connections"
            writer.write(b'{"x":null}')
            assert (await reader.read()).startswith(b"HTTP/1.1 400 ")
            async with guests(client, 1):
                pass

    run(story())
    assert troubles(caplog) == []


@pytest.mark.usefixtures("few_places")
def test_a_body_of_a_stranger_keeps_no_place() -> None:
    async def story() -> None:
        async with api() as client, AsyncExitStack() as stack:
            for _ in range(PLACES):
                reader, writer = await stack.enter_async_context(client.connection())
                request = b"POST /v1/dev/token HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
                writer.write(request + b"Expect: 100-continue\r\n\r\n")
                assert await reader.readuntil(b"Continue\r\n\r\n")
            async with guests(client, 1):
                pass

    run(story())


@pytest.mark.usefixtures("few_places")
def test_the_rest_of_a_refused_body_keeps_no_place() -> None:
    async def story() -> None:
        async with api() as client, AsyncExitStack() as stack:
            for _ in range(PLACES):
                reader, writer = await stack.enter_async_context(client.connection())
                request = b"POST /v1/notifications HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
                writer.write(request + b"{")
                assert b" 401 " in await reader.readuntil(b"\r\n")
            async with guests(client, 1):
                pass

    run(story())


@pytest.mark.usefixtures("few_places")
def test_an_answer_that_nobody_reads_keeps_no_place() -> None:
    async def story() -> None:
        async with api() as client, AsyncExitStack() as stack:
            writers = []
            for _ in range(PLACES):
                reader, writer = await stack.enter_async_context(client.connection())
                writer.write(ASK.replace(b"healthz", b"openapi.json") * 10_000)
                assert await reader.readexactly(1)
                writers.append(writer)
            async with asyncio.timeout(20):
                while not await is_somebody_served(client):
                    await asyncio.sleep(0.05)
                while not any(is_gone(writer) for writer in writers):
                    await asyncio.sleep(0.05)

    run(story())


def is_gone(writer: asyncio.StreamWriter) -> bool:
    """Whether what is written reaches nobody; tells it at the second time."""
    writer.write(b"\r\n")
    return writer.transport.is_closing()


async def is_somebody_served(client: Api) -> bool:
    """Whether who comes now gets a place."""
    async with client.connection() as streams:
        return await Guest(*streams).is_served()


# What operators see


def test_a_request_is_one_line_for_who_debugs(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        async with api() as client:
            token = client.node.token("alice")
            await client.ask("GET", "/v1/users/alice/inbox?after=1", token=token)
            await client.ask("GET", "/v1/nothing?token=secret")

    caplog.set_level(logging.DEBUG, "notifyd.http_api.server")
    run(story())
    inbox, nothing = (vars(line)["fields"] for line in caplog.records if line.msg == "request")
    assert inbox.pop("ms") >= 0
    assert inbox == {
        "method": "GET",
        "route": "GET /v1/users/{user}/inbox",
        "status": 200,
        "user": "alice",
    }
    assert (nothing["route"], nothing["status"]) == ("none", 404)
    assert "secret" not in str(nothing)


def test_requests_are_counted_by_route_and_status_and_never_by_the_callers_words() -> None:
    async def story() -> None:
        async with api() as client:
            for path in ("/v1/users/alice/inbox", "/v1/users/bob/inbox", "/x", "/y"):
                await client.ask("GET", path)
            await client.ask("PUT", "/healthz")
            text = (await client.ask("GET", "/metrics")).body.decode()
            counts = {
                line for line in text.splitlines() if line.startswith("notifyd_http_requests_total")
            }
            assert counts == {
                'notifyd_http_requests_total{route="GET /v1/users/{user}/inbox",status="401"} 2.0',
                'notifyd_http_requests_total{route="none",status="404"} 2.0',
                'notifyd_http_requests_total{route="none",status="405"} 1.0',
            }

    run(story())


def test_answers_do_not_tell_what_they_are_made_with() -> None:
    async def story() -> None:
        async with api() as client:
            for path in ("/healthz", "/nothing"):
                reply = await client.ask("GET", path)
                assert reply.headers["Server"] == "notifyd"
                assert reply.headers["X-Content-Type-Options"] == "nosniff"

    run(story())


def test_several_requests_may_share_a_connection() -> None:
    async def story() -> None:
        async with api() as client:
            length = f"Content-Length: {len(NOTE)}"
            first = head(client, length).replace(b"Connection: close\r\n", b"") + NOTE
            came = await client.speak(first * 2 + head(client, length) + NOTE)
            assert came.count(b"HTTP/1.1 201 ") == 3

    run(story())
