import asyncio
from contextlib import AsyncExitStack

import pytest

from notifyd.http_api import body, server
from notifyd.http_api.body import Bodies
from tests.support.http import Api, api
from tests.support.nodes import run

HELD = 300_000
HALF = 200_000


def head(client: Api, size: int) -> bytes:
    """The head of a batch by bob."""
    bearer = f"Authorization: Bearer {client.node.token('bob')}"
    lines = ("POST /v1/notifications/batch HTTP/1.1", "Host: x", bearer, f"Content-Length: {size}")
    return "\r\n".join([*lines, "", ""]).encode()


def batch(size: int) -> bytes:
    """One notification, and blanks up to this size."""
    return b'[{"to":"alice","title":"Hello"}]'.ljust(size)


@pytest.fixture
def bodies(monkeypatch: pytest.MonkeyPatch) -> Bodies:
    """What the server holds of bodies, of which it may not hold much."""
    bodies = Bodies(HELD)
    monkeypatch.setattr(server, "Bodies", lambda: bodies)
    return bodies


async def until_held(bodies: Bodies, least: int) -> None:
    """Wait until so much is held."""
    async with asyncio.timeout(10):
        while bodies.held_bytes < least:
            await asyncio.sleep(0.01)


def test_large_bodies_together_have_a_bound_that_small_ones_do_not_feel(bodies: Bodies) -> None:
    async def story() -> None:
        async with api() as client, client.connection() as (reader, writer):
            writer.write(head(client, HALF + 1) + batch(HALF))
            await until_held(bodies, HALF)

            came = await client.speak(head(client, HALF) + batch(HALF), until=b"}")
            assert came.startswith(b"HTTP/1.1 503 ")
            assert b'"code":"server_busy"' in came
            assert b"\r\nRetry-After: " in came
            assert (await client.publish()).seq == 1

            writer.write(b" ")
            assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 201 ")
            assert b" 201 " in await client.speak(head(client, HALF) + batch(HALF), until=b"}")

    run(story())
    assert bodies.held_bytes == 0


def test_what_becomes_of_a_body_its_bytes_are_given_back(
    bodies: Bodies, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with api() as client, AsyncExitStack() as stack:
            # No JSON, broken off by its sender, and too late.
            assert b" 400 " in await client.speak(head(client, HALF) + b"{" * HALF, until=b"}")
            for seconds in (60.0, 0.2):
                monkeypatch.setattr(body, "BODY_SECONDS", seconds)
                _, writer = await stack.enter_async_context(client.connection())
                writer.write(head(client, HALF + 1) + batch(HALF))
                await until_held(bodies, HALF)
                if seconds > 1:
                    writer.transport.abort()
                async with asyncio.timeout(10):
                    while bodies.held_bytes:
                        await asyncio.sleep(0.01)

    run(story())
