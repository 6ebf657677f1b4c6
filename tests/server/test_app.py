import asyncio
import socket
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from websockets.asyncio.client import connect

from notifyctl import wire
from notifyctl.errors import PortTaken
from notifyctl.wire import CloseCode
from notifyd.app import Server, connection_limit, file_limit, http_connection_limit, reachable
from notifyd.settings import Settings
from tests.support.nodes import KEYRING, node, run


def test_a_port_that_is_taken_is_named() -> None:
    async def story() -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            for taken in ({"http_port": port}, {"ws_port": port}):
                settings = {"store": "memory:", "http_port": 0, "ws_port": 0, **taken}
                server = Server(Settings(**settings), KEYRING)
                with pytest.raises(PortTaken, match=str(port)):
                    await server.start()
                await server.stop()

    run(story())


def test_it_serves_until_it_is_asked_to_stop_and_sends_its_sessions_away() -> None:
    async def story() -> None:
        settings = Settings(store="memory:", http_port=0, ws_port=0)
        server = Server(settings, KEYRING)
        ready = asyncio.Event()
        serving = asyncio.create_task(server.serve(lambda _addresses: ready.set()))
        await asyncio.wait_for(ready.wait(), 10)

        server.ask_to_stop()
        await asyncio.wait_for(serving, 10)

    run(story())


def test_behind_a_proxy_people_are_told_the_public_url() -> None:
    async def story() -> None:
        async with node(public_ws_url="wss://notify.example/ws") as here:
            assert here.ws_url == "wss://notify.example/ws"

    run(story())


def test_a_drain_announces_itself_before_it_closes() -> None:
    async def story() -> None:
        async with node() as here, here.session() as alice:
            draining = asyncio.create_task(here.server.drain())
            goaway = await alice.expect(wire.Goaway)
            assert goaway.reason == "draining"
            await alice.socket.wait_closed()
            assert alice.socket.close_code == CloseCode.DRAINING
            await draining

    run(story())


def test_asked_twice_it_does_not_wait_for_those_who_do_not_close() -> None:
    async def story() -> None:
        async with node() as here, here.session() as alice:
            alice.socket.transport.pause_reading()
            here.server.ask_to_stop()
            here.server.ask_to_stop()
            await asyncio.wait_for(here.server.drain(), 2)
            alice.socket.transport.abort()

    run(story())


def test_what_was_acknowledged_is_on_disk_when_it_has_stopped(tmp_path: Path) -> None:
    async def story() -> None:
        settings = {"store": "sqlite:", "data_dir": str(tmp_path)}
        async with node(**settings) as here, here.session(device="phone") as phone:
            await phone.publish("me", "note")
            epoch = phone.welcome.streams["inbox"].epoch
            await phone.say(wire.Ack(stream="inbox", epoch=epoch, seq=1))
            await phone.say(wire.Ping(id=1))
            while b'"at"' not in await phone.hear():
                pass
        async with node(**settings) as here, here.session(device="phone") as phone:
            state = phone.welcome.streams["inbox"]
            assert (state.epoch, state.after, state.resume) == (epoch, 1, "exact")

    run(story())


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("::", "127.0.0.1"),
        ("::1", "[::1]"),
        ("notify.example", "notify.example"),
    ],
)
def test_the_url_names_a_host_that_can_be_reached(host: str, name: str) -> None:
    assert reachable(host) == name


def test_it_takes_as_many_files_as_it_may_have() -> None:
    assert file_limit() > 0


@pytest.mark.parametrize(
    ("files", "on_ws", "on_http"),
    [(20_000, 18_500, 1_000), (3_000, 1_500, 1_000), (1_000, 500, 333), (256, 128, 85)],
)
def test_few_files_still_allow_some_connections(files: int, on_ws: int, on_http: int) -> None:
    assert connection_limit(files) == on_ws
    assert http_connection_limit(files) == on_http


def test_who_asked_before_the_end_is_answered_before_the_end() -> None:
    async def story() -> None:
        async with node(store="sqlite:", data_dir=str(tmp)) as here, here.session() as alice:
            await alice.say(wire.Publish(id=1, to="me", title="last words"))
            draining = asyncio.create_task(here.server.drain())
            heard = [await alice.hear() for _ in range(3)]
            assert any(b'"type":"ok"' in frame for frame in heard), heard
            await draining

    with TemporaryDirectory() as tmp:
        run(story())


def test_who_comes_during_the_drain_is_sent_away_even_after_the_upgrade() -> None:
    async def story() -> None:
        async with node() as here, connect(here.ws_url) as late:
            await here.server.drain()
            await late.wait_closed()
            assert late.close_code == CloseCode.DRAINING

    run(story())
