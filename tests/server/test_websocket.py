import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode

from notifyd.websocket import FRAMES_PER_TURN, WebSocket, text_message
from tests.support.nodes import run
from tests.support.raw_websocket import frame, request, said
from tests.support.wild_streams import WildTransport, carry, streams


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


class Listener(WebSocket):
    """Notes the texts, and says no to more when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[bytes] = []
        self.wants_more = True

    def on_text(self, message: bytes) -> None:
        self.texts.append(message)

    @property
    def is_ready(self) -> bool:
        return self.wants_more


def opened() -> tuple[Listener, WildTransport]:
    """A connection after its upgrade."""
    listener, transport = Listener(), WildTransport()
    listener.connection_made(transport)
    listener.data_received(request())
    return listener, transport


def test_one_turn_handles_some_frames_and_leaves_the_rest_to_the_next() -> None:
    async def story() -> None:
        listener, transport = opened()
        listener.data_received(said("x") * 1000)
        assert len(listener.texts) == FRAMES_PER_TURN
        assert not transport.is_reading()

        while not transport.is_reading():
            await asyncio.sleep(0)
        assert len(listener.texts) == 1000

    run(story())


def test_who_is_not_ready_is_not_given_more() -> None:
    async def story() -> None:
        listener, transport = opened()
        listener.wants_more = False
        listener.data_received(said("x"))
        await asyncio.sleep(0.01)
        assert listener.texts == []
        assert not transport.is_reading()

        listener.wants_more = True
        listener.read_on()
        assert listener.texts == [b"x"]
        assert transport.is_reading()

    run(story())


def test_what_comes_behind_broken_text_counts_for_nothing() -> None:
    async def story() -> None:
        listener, _ = opened()
        listener.data_received(said("x") + said(b"\xff") + said("y"))
        assert listener.texts == [b"x"]

    run(story())


def test_a_pong_comes_before_the_answer_to_what_came_behind_its_ping() -> None:
    async def story() -> None:
        echo, transport = Echo(), WildTransport()
        echo.connection_made(transport)
        echo.data_received(request())
        echo.data_received(frame(Opcode.PING, b"p") + said("x"))
        assert transport.written.endswith(b"\x8a\x01p\x81\x01x")

    run(story())


def test_frames_behind_the_request_are_not_answered_before_it() -> None:
    async def story() -> None:
        echo, transport = Echo(), WildTransport()
        echo.connection_made(transport)
        echo.data_received(request() + frame(Opcode.PING, b"p") + said("x"))
        assert transport.written.startswith(b"HTTP/1.1 101")
        assert transport.written.endswith(b"\x8a\x01p\x81\x01x")

    run(story())


def test_a_request_may_be_answered_later_whatever_comes_meanwhile() -> None:
    class Slow(Echo):
        def on_request(self, request: object) -> None:
            pass

    async def story() -> None:
        slow, transport = Slow(), WildTransport()
        slow.connection_made(transport)
        slow.data_received(request() + b"and more")
        slow.data_received(b"and more")
        assert slow.eof_received()
        slow.respond(slow.protocol.reject(200, "well"))
        assert transport.written.startswith(b"HTTP/1.1 200")
        slow.connection_lost(None)

    run(story())


def test_what_is_no_request_is_told_so() -> None:
    async def story() -> None:
        echo, transport = Echo(), WildTransport()
        echo.connection_made(transport)
        echo.data_received(b"\x16\x03\x01\n")
        assert transport.written.startswith(b"HTTP/1.1 400")
        assert transport.is_ended
        echo.connection_lost(None)

    run(story())


@given(pieces=streams(), to_the_end=st.booleans())
def test_any_stream_leaves_a_connection_open_or_ends_it(
    pieces: list[bytes], to_the_end: bool
) -> None:
    async def story() -> None:
        echo = Echo()
        transport = await carry(pieces, echo, to_the_end=to_the_end)
        assert not (to_the_end and echo.is_open)
        assert len(transport.written) <= 1000 + 2 * sum(map(len, pieces))
        if not to_the_end:
            echo.connection_lost(None)

    run(story())
