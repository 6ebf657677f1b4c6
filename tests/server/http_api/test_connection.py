import asyncio

import msgspec
import pytest

from notifyctl.wire import Problem
from notifyd.http_api import connection
from tests.support.http import Api, api
from tests.support.nodes import run

ASK = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
SOON = 0.05
LATER = 3600.0


async def problem_in(reader: asyncio.StreamReader) -> Problem:
    """What was wrong, when the connection has ended."""
    came = await asyncio.wait_for(reader.read(), 10)
    return msgspec.json.decode(came.partition(b"\r\n\r\n")[2], type=Problem)


async def counted(client: Api, status: int) -> bool:
    """Whether an answer that belongs to no route was counted."""
    text = (await client.ask("GET", "/metrics")).body.decode()
    return f'notifyd_http_requests_total{{route="none",status="{status}"}} 1.0' in text


# Heads that do not come


@pytest.mark.parametrize("part", [b"G", b"GET / HTTP/1.1\r\nX: y", b"GET /healthz\r\n", b"\r\n"])
def test_a_head_that_does_not_end_is_not_waited_for(
    part: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", SOON)

    async def story() -> None:
        async with api() as client, client.connection() as (reader, writer):
            writer.write(part)
            problem = await problem_in(reader)
            assert (problem.status, problem.code) == (408, "request_timeout")
            assert "head" in problem.detail
            assert await counted(client, 408)

    run(story())


def test_more_bytes_give_a_head_no_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)

    async def drip(writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"x")
            await asyncio.sleep(0.01)

    async def story() -> None:
        async with api() as client, client.connection() as (reader, writer):
            writer.write(b"GET / HTTP/1.1\r\nX: ")
            dripping = asyncio.create_task(drip(writer))
            try:
                assert (await problem_in(reader)).code == "request_timeout"
            finally:
                dripping.cancel()

    run(story())


def test_a_second_head_has_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.2)

    async def story() -> None:
        async with api() as client, client.connection() as (reader, writer):
            for half in (ASK[:10], ASK[10:], ASK[:10]):
                writer.write(half)
                await asyncio.sleep(0.02)
            came = await asyncio.wait_for(reader.read(), 10)
            assert came.startswith(b"HTTP/1.1 200 ")
            assert b"HTTP/1.1 408 " in came

    run(story())


def test_a_whole_head_may_wait_for_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", SOON)

    async def story() -> None:
        async with api() as client, client.connection() as (reader, writer):
            for _ in range(2):
                for half in (ASK[:10], ASK[10:]):
                    writer.write(half)
                    await asyncio.sleep(0)
                assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 200 ")
                await asyncio.sleep(3 * SOON)

    run(story())


def test_who_says_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection._OPTIONS, "keepalive_timeout", SOON)

    async def story() -> None:
        async with api() as client, client.connection() as (reader, _):
            assert await asyncio.wait_for(reader.read(), 10) == b""

    run(story())


# Answers that nobody reads


async def ask_too_much(client: Api, writer: asyncio.StreamWriter) -> None:
    """Ask for more than the sockets hold, and read nothing of it."""
    text = (await client.ask("GET", "/metrics")).body
    ask = ASK.replace(b"healthz", b"metrics")
    writer.write(ask * (20 * 1024**2 // len(text)))


def test_a_client_that_does_not_read_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "UNREAD_SECONDS", SOON)

    async def story() -> None:
        async with api() as client, client.connection() as (_, writer):
            await ask_too_much(client, writer)
            await asyncio.wait_for(ended(writer), 20)

    run(story())


async def ended(writer: asyncio.StreamWriter) -> None:
    """Wait until what is written reaches nobody: the other side is gone."""
    try:
        while True:
            writer.write(b"\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)
    except ConnectionError:
        return


def test_a_client_that_reads_late_gets_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "UNREAD_SECONDS", LATER)

    async def story() -> None:
        async with api() as client, client.connection() as (reader, writer):
            await ask_too_much(client, writer)
            writer.write(ASK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            await asyncio.sleep(SOON)
            tail = b""
            while chunk := await asyncio.wait_for(reader.read(2**20), 20):
                tail = (tail + chunk)[-100:]
            assert tail.endswith(b'{"status":"ok"}')

    run(story())


# What is no HTTP


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"\x16\x03\x01\x02\x00" + bytes(100), "not HTTP/1.1"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 200 + b"\r\n", "128 headers"),
        (b"GET /" + b"a" * 10_000, "too long"),
    ],
)
def test_what_is_no_http_is_told_so_and_counted(raw: bytes, says: str) -> None:
    async def story() -> None:
        async with api() as client:
            async with client.connection() as (reader, writer):
                writer.write(raw)
                problem = await problem_in(reader)
                assert (problem.code, problem.status) == ("bad_request", 400)
                assert says in problem.detail
            assert await counted(client, 400)

    run(story())
