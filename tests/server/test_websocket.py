import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode

from notifyd.websocket import WebSocket, text_message
from tests.support.nodes import run


class Echo(WebSocket):
    """Sends text back, and notes the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.binary: list[bytes] = []
        self.rooms = 0
        self.ended = asyncio.Event()

    def on_text(self, message: bytes) -> None:
        self.write(text_message(message))

    def on_binary(self, message: bytes) -> None:
        self.binary.append(message)

    def on_room(self) -> None:
        self.rooms += 1

    def on_end(self) -> None:
        self.ended.set()


@asynccontextmanager
async def serving(factory: Callable[[], WebSocket]) -> AsyncIterator[int]:
    """The port on which connections of this kind are accepted."""
    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def echoing() -> AsyncIterator[tuple[list[Echo], str]]:
    """The echoes that were connected so far, and where to connect."""
    echoes: list[Echo] = []

    def factory() -> Echo:
        echoes.append(Echo())
        return echoes[-1]

    async with serving(factory) as port:
        yield echoes, f"ws://127.0.0.1:{port}/"


def test_text_comes_back_whole_however_it_was_cut() -> None:
    async def story() -> None:
        async with echoing() as (_, url), connect(url) as client:
            await client.send("whole")
            assert await client.recv() == "whole"
            await client.send(["in ", "three ", "parts"])
            assert await client.recv() == "in three parts"
            await client.send("ü" * 30_000)
            assert await client.recv() == "ü" * 30_000

    run(story())


def test_control_frames_may_come_between_fragments() -> None:
    async def story() -> None:
        async with echoing() as (_, url), connect(url) as client:
            first = Frame(Opcode.TEXT, b"a", fin=False).serialize(mask=True)
            ping = Frame(Opcode.PING, b"p").serialize(mask=True)
            last = Frame(Opcode.CONT, b"b").serialize(mask=True)
            client.transport.write(first + ping + last)
            assert await client.recv() == "ab"

    run(story())


def test_text_that_is_no_utf_8_ends_with_1007() -> None:
    async def story() -> None:
        async with echoing() as (_, url), connect(url) as client:
            client.transport.write(Frame(Opcode.TEXT, b"\xff").serialize(mask=True))
            await client.wait_closed()
            assert client.close_code == 1007

    run(story())


def test_binary_messages_are_told_apart() -> None:
    async def story() -> None:
        async with echoing() as (echoes, url), connect(url) as client:
            await client.send(b"\x00\xff")
            await client.send("text")
            assert await client.recv() == "text"
            assert echoes[0].binary == [b"\x00\xff"]

    run(story())


def test_the_closing_handshake_ends_the_connection_on_both_sides() -> None:
    async def story() -> None:
        async with echoing() as (echoes, url):
            async with connect(url) as client:
                await client.close(1000, "bye")
            await asyncio.wait_for(echoes[0].ended.wait(), 5)

            async with connect(url) as client:
                echoes[1].close(4401, "{}")
                await client.wait_closed()
                assert (client.close_code, client.close_reason) == (4401, "{}")
            await asyncio.wait_for(echoes[1].ended.wait(), 5)

    run(story())


def test_a_peer_that_does_not_close_is_dropped() -> None:
    async def story() -> None:
        async with echoing() as (echoes, url), connect(url) as client:
            client.transport.pause_reading()
            echoes[0].close(4402, "{}", within=0.05)
            await asyncio.wait_for(echoes[0].ended.wait(), 4)
            client.transport.abort()

    run(story())


def test_a_connection_that_never_asks_for_anything_can_be_closed() -> None:
    async def story() -> None:
        async with echoing() as (echoes, url):
            reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
            while not echoes:
                await asyncio.sleep(0)
            echoes[0].close(4408, "{}")
            assert await asyncio.wait_for(reader.read(), 5) == b""
            writer.close()

    run(story())


def test_what_is_no_upgrade_is_answered_in_http() -> None:
    async def story() -> None:
        async with echoing() as (_, url):
            reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = await asyncio.wait_for(reader.read(), 5)
            assert answer.startswith(b"HTTP/1.1 426")
            writer.close()

    run(story())


def test_a_congested_socket_says_so_and_says_when_there_is_room() -> None:
    async def story() -> None:
        async with echoing() as (echoes, url), connect(url, max_size=None) as client:
            echo = echoes[0]
            client.transport.pause_reading()
            message = text_message(b"x" * 100_000)
            written = 0
            while not echo.is_congested:
                echo.write(message)
                written += 1
                await asyncio.sleep(0)
            client.transport.resume_reading()
            for _ in range(written):
                await client.recv()
            assert not echo.is_congested
            assert echo.rooms == 1

    run(story())


def test_nothing_is_written_after_the_close_frame() -> None:
    async def story() -> None:
        async with echoing() as (echoes, url), connect(url) as client:
            echoes[0].close(4401, "{}")
            echoes[0].write(text_message(b"too late"))
            with pytest.raises(ConnectionClosed):
                await client.recv()

    run(story())


def test_a_subclass_may_refuse_the_request() -> None:
    class Refusing(WebSocket):
        def on_request(self, request: object) -> None:
            self.respond(self.protocol.reject(403, "no\n"))

    async def story() -> None:
        async with serving(Refusing) as port:
            with pytest.raises(InvalidStatus) as refused:
                await connect(f"ws://127.0.0.1:{port}/")
            assert refused.value.response.status_code == 403

    run(story())


def test_pongs_that_nobody_reads_are_noticed() -> None:
    class Impatient(Echo):
        def on_backlog(self) -> None:
            self.abort()

    async def story() -> None:
        echoes: list[Impatient] = []

        def factory() -> Impatient:
            echoes.append(Impatient())
            return echoes[-1]

        async with serving(factory) as port, connect(f"ws://127.0.0.1:{port}/") as client:
            client.transport.pause_reading()
            pings = Frame(Opcode.PING, b"x" * 125).serialize(mask=True) * 1000
            while not echoes[0].ended.is_set():
                client.transport.write(pings)
                await asyncio.sleep(0)

    run(story())


def test_empty_fragments_cost_nothing() -> None:
    async def story() -> None:
        async with echoing() as (echoes, url), connect(url) as client:
            empty = Frame(Opcode.CONT, b"", fin=False).serialize(mask=True)
            client.transport.write(Frame(Opcode.TEXT, b"a", fin=False).serialize(mask=True))
            client.transport.write(empty * 10_000)
            client.transport.write(Frame(Opcode.CONT, b"b").serialize(mask=True))
            assert await client.recv() == "ab"
            assert echoes[0].is_open

    run(story())
