import asyncio
import contextlib
import time
from collections.abc import Sequence
from io import BytesIO
from tempfile import TemporaryDirectory

import msgspec
import pytest
from aiohttp import ClientSession
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode

from notifyctl import wire
from notifyctl.wire import Claim, CloseCode
from notifyd import ws
from notifyd.session import State
from notifyd.stream import Attachment
from notifyd.ws import Connection
from tests.support.nodes import Node, node, run
from tests.support.ports import bare_port
from tests.support.raw_websocket import frame, request
from tests.support.wild_streams import WildTransport, carry, streams


async def close_of(socket: ClientConnection) -> tuple[int, str]:
    """The code and reason that a connection ends with."""
    await asyncio.wait_for(drained(socket), 10)
    assert socket.close_code is not None
    return socket.close_code, socket.close_reason or ""


async def drained(socket: ClientConnection) -> None:
    """Read whatever comes until the connection ends."""
    with contextlib.suppress(ConnectionClosed):
        async for _ in socket:
            pass


# Delivery


def test_an_event_reaches_every_device_of_its_user_and_nobody_else() -> None:
    async def story() -> None:
        async with (
            node() as here,
            here.session("alice", device="phone") as phone,
            here.session("alice", device="laptop") as laptop,
            here.session("bob") as bob,
        ):
            assert await bob.publish("alice", "Hi", level="low") == 1
            (at_phone,), (at_laptop,) = await phone.events(1), await laptop.events(1)
            assert at_phone == at_laptop
            assert isinstance(at_phone, wire.Notification)
            assert (at_phone.sender, at_phone.title) == ("bob", "Hi")
            assert (at_phone.presentation, at_phone.why) == ("quiet", "low")
            await bob.say(wire.Ping(id=1))
            await bob.expect(wire.Pong)

    run(story())


def test_a_device_that_was_away_gets_what_it_missed_and_is_told_that_it_is_late() -> None:
    async def story() -> None:
        async with node() as here, here.session("bob") as bob:
            async with here.session("alice", device="phone") as phone:
                await bob.publish("alice", "one")
                await phone.events(1)
                epoch = phone.welcome.streams["inbox"].epoch
                await phone.say(wire.Ack(stream="inbox", epoch=epoch, seq=1))
                await phone.say(wire.Ping(id=1))
                await phone.expect(wire.Pong)
            for title in ("two", "three"):
                await bob.publish("alice", title)
            async with here.session("alice", device="phone") as phone:
                assert phone.welcome.streams["inbox"].resume == "replay"
                missed = await phone.expect(wire.Events)
                assert [event.seq for event in missed.events] == [2, 3]
                assert not missed.live
                await bob.publish("alice", "four")
                assert (await phone.expect(wire.Events)).live

    run(story())


def test_long_replay_comes_in_bounded_frames_and_in_order() -> None:
    async def story() -> None:
        async with node() as here, here.session("bob") as bob:
            for number in range(0, 250, 50):
                recipients = wire.Publish(id="p", to="alice", title="x" * 200, body="y" * 4000)
                for _ in range(number, number + 50):
                    await bob.say(recipients)
                for _ in range(50):
                    await bob.expect(wire.PublishedOk)
            async with here.session("alice", streams={"inbox": Claim(after=0)}) as alice:
                seen: list[int] = []
                while len(seen) < 250:
                    raw = await alice.hear()
                    assert len(raw) < 300_000
                    events = msgspec.json.decode(raw, type=wire.Events).events
                    assert len(events) <= 100
                    seen += [event.seq for event in events]
                assert seen == list(range(1, 251))

    run(story())


def test_a_topic_reaches_its_subscribers_without_a_presentation() -> None:
    async def story() -> None:
        topics = {"topic:news": Claim()}
        async with (
            node() as here,
            here.session("alice", streams=topics) as alice,
            here.session("bob") as bob,
        ):
            await bob.publish("topic:news", "first")
            (event,) = await alice.events(1)
            assert isinstance(event, wire.Notification)
            assert event.presentation is None

            await bob.say(wire.Subscribe(id=1, stream="topic:news", after=0))
            state = await bob.expect(wire.Subscribed)
            assert (state.head, state.after, state.resume) == (1, 0, "replay")
            (missed,) = await bob.events(1)
            assert missed == event

            await bob.say(wire.Unsubscribe(id=2, stream="topic:news"))
            await bob.expect(wire.Ok)
            await bob.publish("topic:news", "second")
            await bob.say(wire.Ping(id=3))
            await bob.expect(wire.Pong)

    run(story())


def test_a_read_reaches_the_other_devices() -> None:
    async def story() -> None:
        async with (
            node() as here,
            here.session("alice", device="phone") as phone,
            here.session("alice", device="laptop") as laptop,
        ):
            await phone.publish("me", "note")
            (note,) = await laptop.events(1)
            await laptop.say(wire.MarkRead(id=1, ids=[note.id]))
            (read,) = await laptop.events(1)
            assert (await laptop.expect(wire.ReadOk)).seq == 2
            assert isinstance(read, wire.Read)
            assert read.ids == [note.id]

    run(story())


def test_an_op_id_makes_a_change_repeatable_and_is_echoed() -> None:
    async def story() -> None:
        op_id = "0193b3a0-0000-7000-8000-000000000001"
        async with node() as here, here.session("alice") as alice:
            first = await alice.publish("me", "note", op_id=op_id)
            (event,) = await alice_events(here)
            assert isinstance(event, wire.Notification)
            assert event.op_id == op_id
            assert await alice.publish("me", "note", op_id=op_id) == first

    async def alice_events(here: Node) -> list[wire.AnyEvent]:
        async with here.session("alice", streams={"inbox": Claim(after=0)}) as other:
            return await other.events(1)

    run(story())


def test_several_recipients_get_one_result_each() -> None:
    async def story() -> None:
        async with node() as here, here.session("bob") as bob:
            await bob.say(wire.Publish(id=1, to=["alice", "topic:", "carol"], title="Hi"))
            answer = await bob.expect(wire.ManyPublishedOk)
            stored, rejected, also_stored = answer.results
            assert isinstance(stored, wire.Published)
            assert isinstance(rejected, wire.Rejected)
            assert isinstance(also_stored, wire.Published)

    run(story())


# Refusals


def test_a_broken_frame_is_answered_with_its_id_and_the_session_goes_on() -> None:
    async def story() -> None:
        async with node() as here, here.session() as alice:
            for raw, code in [
                ('{"type":"nonsense","id":7}', "unknown_type"),
                ('{"type":"publish","id":7,"to":"bob","title":""}', "bad_request"),
                ('{"type":"subscribe","id":7,"stream":"inbox:bob"}', "bad_request"),
            ]:
                await alice.socket.send(raw)
                error = await alice.expect(wire.Error)
                assert (error.id, error.code, error.fatal) == (7, code, False)
            await alice.socket.send("no JSON")
            assert (await alice.expect(wire.Error)).id is None

    run(story())


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ('{"type":"hello"}', CloseCode.UNAUTHORIZED),
        ('{"type":"hello","token":"x"}', CloseCode.UNAUTHORIZED),
        ('{"type":"ping","id":1}', CloseCode.BAD_REQUEST),
        ("no JSON", CloseCode.BAD_REQUEST),
    ],
)
def test_what_is_no_good_hello_gets_an_error_and_a_close_code(first: str, code: CloseCode) -> None:
    async def story() -> None:
        async with node() as here, connect(here.ws_url) as socket:
            await socket.send(first)
            error = msgspec.json.decode(await socket.recv(), type=wire.Error)
            assert error.fatal
            assert await close_of(socket) == (code, wire.close_reason(code))

    run(story())


def test_a_connection_that_says_nothing_is_closed() -> None:
    async def story() -> None:
        async with node(hello_seconds=0.1) as here, connect(here.ws_url) as socket:
            assert (await close_of(socket))[0] == CloseCode.HELLO_TIMEOUT

    run(story())


def test_a_binary_frame_is_refused() -> None:
    async def story() -> None:
        async with node() as here, here.session() as alice:
            await alice.socket.send(b"bytes")
            assert (await close_of(alice.socket))[0] == 1003

    run(story())


def test_a_frame_over_the_limit_is_refused() -> None:
    async def story() -> None:
        async with node() as here, here.session() as alice:
            await alice.socket.send("x" * 65_537)
            assert (await close_of(alice.socket))[0] == 1009

    run(story())


def test_a_token_in_the_url_is_refused() -> None:
    async def story() -> None:
        async with node() as here:
            async with connect(f"{here.ws_url}?token={here.token('alice')}") as socket:
                assert (await close_of(socket))[0] == CloseCode.BAD_REQUEST

    run(story())


def test_another_version_is_refused_by_a_close_code() -> None:
    async def story() -> None:
        async with node() as here:
            async with connect(here.ws_url, subprotocols=["notify.v2"]) as socket:  # type: ignore[list-item]
                assert (await close_of(socket))[0] == CloseCode.UNSUPPORTED_VERSION

    run(story())


def test_a_foreign_page_is_refused_before_the_upgrade() -> None:
    async def story() -> None:
        async with node() as here:
            with pytest.raises(InvalidStatus) as refused:
                await connect(here.ws_url, origin="https://evil.example")  # type: ignore[arg-type]
            assert refused.value.response.status_code == 403

    run(story())


def test_too_many_sessions_of_one_user_are_refused() -> None:
    async def story() -> None:
        async with node(max_sessions_per_user=1) as here, here.session("alice"):
            async with connect(here.ws_url) as socket:
                await socket.send(wire.encode(wire.Hello(token=here.token("alice"))).decode())
                assert (await close_of(socket))[0] == CloseCode.TOO_MANY_SESSIONS

    run(story())


def test_too_many_connections_are_asked_to_try_again_later() -> None:
    async def story() -> None:
        async with node(max_connections=1) as here, here.session("alice"):
            async with connect(here.ws_url) as socket:
                assert (await close_of(socket))[0] == 1013

    run(story())


# Sessions


def test_the_headers_can_carry_the_token_and_the_hello() -> None:
    async def story() -> None:
        async with node() as here:
            headers = {"Authorization": f"Bearer {here.token('alice')}"}
            async with connect(f"{here.ws_url}?hello=1", additional_headers=headers) as socket:
                welcome = msgspec.json.decode(await socket.recv(), type=wire.Welcome)
                assert welcome.user == "alice"

    run(story())


def test_the_same_device_twice_leaves_the_newer_session() -> None:
    async def story() -> None:
        async with node() as here, here.session(device="phone") as older:
            async with here.session(device="phone") as newer:
                assert (await close_of(older.socket))[0] == CloseCode.REPLACED
                assert await newer.publish("me", "still here") == 1

    run(story())


def test_a_session_ends_when_its_token_does() -> None:
    async def story() -> None:
        async with node() as here:
            # Ten seconds of leeway, of which all but a moment is over.
            token = here.token("alice", now=time.time() - 10, ttl_seconds=1)
            async with here.session(token=token) as alice:
                assert (await close_of(alice.socket))[0] == CloseCode.TOKEN_EXPIRED

    run(story())


def test_a_peer_that_answers_no_ping_is_dropped() -> None:
    async def story() -> None:
        async with node(ping_seconds=0.1, pong_seconds=0.1) as here:
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", int(here.ws_url.split(":")[2].split("/")[0])
            )
            writer.write(
                b"GET /ws?hello=1 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                b"Sec-WebSocket-Version: 13\r\nAuthorization: Bearer "
                + here.token("alice").encode()
                + b"\r\n\r\n"
            )
            received = b""
            try:
                while chunk := await asyncio.wait_for(reader.read(4096), 10):
                    received += chunk
            except ConnectionError:
                pass
            assert b"welcome" in received
            writer.close()

    run(story())


def test_probes_are_answered() -> None:
    async def story() -> None:
        async with node() as here:
            port = int(here.ws_url.split(":")[2].split("/")[0])
            for path, body in [("/healthz", b'"ok"'), ("/readyz", b'"ready":true')]:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                answer = await asyncio.wait_for(reader.read(), 10)
                assert answer.startswith(b"HTTP/1.1 200")
                assert body in answer
                writer.close()

    run(story())


# Isolation


def test_a_device_that_stops_reading_is_closed_and_nobody_else_notices() -> None:
    async def story() -> None:
        async with node(queue_bytes=512 * 1024) as here, here.session("bob") as bob:
            async with (
                here.session("alice", device="slow", max_queue=1) as slow,
                here.session("alice", device="quick") as quick,
            ):
                slow.socket.transport.pause_reading()
                received = 0
                for number in range(1500):
                    await bob.publish("alice", f"{number}", body="x" * 4000)
                    received += len((await quick.expect(wire.Events)).events)
                    if len(here.server.hub.members()) == 2:
                        break
                assert received == number + 1
                assert len(here.server.hub.members()) == 2
                slow.socket.transport.abort()
            async with here.session("alice", device="slow") as back:
                assert len(await back.events(number + 1)) == number + 1

    run(story())


def test_a_client_that_pings_and_does_not_read_is_closed() -> None:
    async def story() -> None:
        fast = {"publish_rate": 1_000_000, "publish_burst": 1_000_000}
        async with node(queue_bytes=512 * 1024, **fast) as here, here.session() as alice:
            alice.socket.transport.pause_reading()
            pings = Frame(Opcode.PING, b"x" * 125).serialize(mask=True) * 1000
            while here.server.hub.members():
                alice.socket.transport.write(pings)
                await asyncio.sleep(0)
            alice.socket.transport.abort()

    run(story())


def test_a_huge_batch_closes_no_session_that_reads() -> None:
    async def story() -> None:
        async with node(store="sqlite:", data_dir=str(tmp)) as here, ClientSession() as http:
            topics = {"topic:news": Claim()}
            async with (
                here.session("alice", streams=topics) as alice,
                here.session("bob", streams=topics) as bob,
            ):
                item = {"to": "topic:news", "title": "x", "body": "y" * 1000}
                headers = {"Authorization": f"Bearer {here.token('carol')}"}
                url = f"{here.http_url}/v1/notifications/batch"
                body = BytesIO(msgspec.json.encode([item] * 5000))
                batch = asyncio.create_task(http.post(url, data=body, headers=headers))
                for session in (alice, bob):
                    events = await session.events(5000)
                    assert [event.seq for event in events] == list(range(1, 5001))
                assert (await batch).status == 201

    with TemporaryDirectory() as tmp:
        run(story())


def test_a_shorter_token_ends_the_session_sooner() -> None:
    async def story() -> None:
        async with node() as here, here.session() as alice:
            # Ten seconds of leeway, of which all but a moment is over.
            shorter = here.token("alice", now=time.time() - 10, ttl_seconds=1)
            await alice.say(wire.RefreshToken(id=1, token=shorter))
            assert (await alice.expect(wire.TokenAccepted)).expires_in_ms == 0
            assert (await close_of(alice.socket))[0] == CloseCode.TOKEN_EXPIRED

    run(story())


def test_what_is_said_right_behind_hello_waits_for_the_welcome() -> None:
    async def story() -> None:
        async with node() as here, connect(here.ws_url) as socket:
            await socket.send(wire.encode(wire.Hello(token=here.token("alice"))).decode())
            await socket.send(wire.encode(wire.Ping(id=1)).decode())
            msgspec.json.decode(await socket.recv(), type=wire.Welcome)
            msgspec.json.decode(await socket.recv(), type=wire.Pong)

    run(story())


def test_who_waits_for_a_slow_store_is_not_taken_for_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ws, "MAX_UNDER_WAY", 1)

    async def story() -> None:
        async with node(ping_seconds=0.1, pong_seconds=0.1) as here:
            attach = here.server.cursors.attach

            async def attach_slowly(
                user: str, device: str | None, streams: Sequence[str]
            ) -> Attachment:
                await asyncio.sleep(0.8)
                return await attach(user, device, streams)

            async with connect(here.ws_url) as socket:
                await socket.send(wire.encode(wire.Hello(token=here.token("alice"))).decode())
                msgspec.json.decode(await socket.recv(), type=wire.Welcome)
                monkeypatch.setattr(here.server.cursors, "attach", attach_slowly)
                await socket.send(wire.encode(wire.Subscribe(id=1, stream="topic:x")).decode())
                # It cannot be handled yet, so that nothing more is read: no pong either.
                await socket.send(wire.encode(wire.Ping(id=2)).decode())
                msgspec.json.decode(await socket.recv(), type=wire.Subscribed)
                msgspec.json.decode(await socket.recv(), type=wire.Pong)

    run(story())


def test_who_sends_too_many_frames_is_read_more_slowly_and_loses_nothing() -> None:
    pong = b"\x8a\x00"

    async def story() -> None:
        connection = Connection(bare_port())
        transport = WildTransport()
        connection.connection_made(transport)
        connection.data_received(request())
        connection.data_received(frame(Opcode.PING) * 12_000)
        while connection.is_ready:
            await asyncio.sleep(0)
        assert not transport.is_reading()
        assert 10_000 <= transport.written.count(pong) < 12_000

        while not transport.is_reading():
            await asyncio.sleep(0.01)
        assert transport.written.count(pong) == 12_000
        connection.connection_lost(None)

    run(story())


@given(pieces=streams(), to_the_end=st.booleans())
def test_any_stream_leaves_a_session_open_or_ends_it(pieces: list[bytes], to_the_end: bool) -> None:
    async def story() -> None:
        port = bare_port()
        connection = Connection(port)
        await carry(pieces, connection, to_the_end=to_the_end)
        if not to_the_end:
            connection.connection_lost(None)
        assert connection.session.state is State.CLOSED
        assert not port.connections

    run(story())
