import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from loadtests.crash.proxy import Proxy

SECONDS = 10.0


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say everything again."""
    while data := await reader.read(1024):
        writer.write(data)
    writer.close()


@asynccontextmanager
async def proxied() -> AsyncIterator[Proxy]:
    """A proxy in front of an echo."""
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    proxy = Proxy(server.sockets[0].getsockname()[1])
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
        server.close()


class Caller:
    """Says something, and hears it again, or that the connection is broken."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def hears(self, text: bytes) -> bool:
        self.writer.write(text)
        return await asyncio.wait_for(self.reader.readexactly(len(text)), SECONDS) == text

    async def is_broken(self) -> bool:
        try:
            return await asyncio.wait_for(self.reader.read(1), SECONDS) == b""
        except OSError:
            return True


@asynccontextmanager
async def calling(proxy: Proxy) -> AsyncIterator[Caller]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    yield Caller(reader, writer)
    writer.transport.abort()


def test_what_comes_is_passed_on_both_ways() -> None:
    async def story() -> None:
        async with proxied() as proxy, calling(proxy) as one, calling(proxy) as other:
            assert await one.hears(b"first")
            assert await other.hears(b"second")

    asyncio.run(story())


def test_a_cut_breaks_what_is_open_and_all_that_comes_until_it_is_healed() -> None:
    async def story() -> None:
        async with proxied() as proxy, calling(proxy) as before:
            assert await before.hears(b"x")
            proxy.cut()
            assert await before.is_broken()
            async with calling(proxy) as meanwhile:
                assert await meanwhile.is_broken()
            proxy.heal()
            async with calling(proxy) as after:
                assert await after.hears(b"y")

    asyncio.run(story())


def test_a_reset_breaks_what_is_open_and_lets_in_what_comes() -> None:
    async def story() -> None:
        async with proxied() as proxy, calling(proxy) as before:
            assert await before.hears(b"x")
            proxy.reset()
            assert await before.is_broken()
            async with calling(proxy) as after:
                assert await after.hears(b"y")

    asyncio.run(story())


def test_in_silence_nothing_arrives_and_what_was_said_is_lost() -> None:
    async def story() -> None:
        async with proxied() as proxy, calling(proxy) as caller:
            assert await caller.hears(b"x")
            proxy.silence()
            caller.writer.write(b"y")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(caller.reader.read(1), 0.2)
            proxy.heal()
            assert await caller.is_broken()
            async with calling(proxy) as after:
                assert await after.hears(b"z")

    asyncio.run(story())


def test_without_a_server_a_connection_breaks() -> None:
    async def story() -> None:
        proxy = Proxy(9)
        await proxy.start()
        async with calling(proxy) as caller:
            assert await caller.is_broken()
        await proxy.stop()

    asyncio.run(story())
