import asyncio
import logging
from collections.abc import Iterator

import pytest

from notifyctl.client import backlog, link, renewal
from notifyctl.client.connection import Client
from notifyctl.client.session import Received
from notifyctl.client.states import State, Stopped, Waiting
from notifyctl.errors import TokenExpired, TooLarge, Unauthorized, Unreadable
from notifyctl.wire import (
    CloseCode,
    Error,
    Ping,
    Pong,
    Publish,
    PublishedOk,
    RefreshToken,
    TokenAccepted,
)
from tests.support.fake_server import Peer, fake_server
from tests.support.frames import SOON, events, welcome


async def take(client: Client, count: int) -> list[int]:
    items = [await anext(client) for _ in range(count)]
    return [item.event.seq for item in items if isinstance(item, Received)]


def stored(request: Publish) -> PublishedOk:
    return PublishedOk(
        id=request.id, event="e", seq=1, stream="inbox", durability="fsync", sessions=0
    )


def numbered(prefix: str) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"{prefix}-{number}"


# Tokens


@pytest.mark.parametrize("is_async", [False, True])
def test_an_expired_token_is_replaced_from_its_source(is_async: bool) -> None:
    tokens = numbered("token")

    async def fetch() -> str:
        return next(tokens)

    async def first(peer: Peer) -> None:
        assert (await peer.greet(welcome(retry=SOON))).token == "token-1"
        await peer.close(CloseCode.TOKEN_EXPIRED)

    async def second(peer: Peer) -> None:
        assert (await peer.greet(welcome(retry=SOON))).token == "token-2"
        peer.drop()

    async def third(peer: Peer) -> None:
        assert (await peer.greet(welcome(), events(1))).token == "token-2"
        await peer.stay()

    async def story() -> None:
        source = fetch if is_async else lambda: next(tokens)
        async with fake_server(first, second, third) as server:
            async with Client(server.url, token=source) as client:
                assert await take(client, 1) == [1]

    asyncio.run(story())


def test_without_a_source_an_expired_token_is_the_end() -> None:
    async def scene(peer: Peer) -> None:
        await peer.greet()
        await peer.close(CloseCode.TOKEN_EXPIRED)

    async def story() -> None:
        async with fake_server(scene) as server, Client(server.url, token="t") as client:
            with pytest.raises(TokenExpired):
                await anext(client)

    asyncio.run(story())


def test_a_token_is_refreshed_within_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewal, "_SHORTEST_SECONDS", 0.05)
    tokens = numbered("token")

    async def scene(peer: Peer) -> None:
        await peer.greet(welcome(token_expires_in_ms=50))
        request = await peer.expect(RefreshToken)
        assert request.token == "token-2"
        await peer.say(TokenAccepted(id=request.id, expires_in_ms=50))
        request = await peer.expect(RefreshToken)
        assert request.token == "token-3"
        # A refusal leaves the session as it is.
        await peer.say(Error(id=request.id, code="forbidden", message="No."), events(1))
        await peer.stay()

    async def story() -> None:
        async with fake_server(scene) as server:
            async with Client(server.url, token=lambda: next(tokens)) as client:
                assert await take(client, 1) == [1]
        assert len(server.peers) == 1

    asyncio.run(story())


def test_a_source_that_fails_is_asked_again() -> None:
    failures = iter([ConnectionError("the login service is away"), None])

    def fetch() -> str:
        if failure := next(failures):
            raise failure
        return "token"

    async def scene(peer: Peer) -> None:
        assert (await peer.greet(welcome(), events(1))).token == "token"
        await peer.stay()

    async def story() -> None:
        reasons = []
        async with fake_server(scene) as server:
            async with Client(
                server.url,
                token=fetch,
                on_state=lambda state: reasons.append(getattr(state, "reason", "")),
            ) as client:
                assert await take(client, 1) == [1]
        assert "the login service is away" in "".join(reasons)

    asyncio.run(story())


def test_a_source_ends_the_client_with_an_error_of_notifyctl() -> None:
    def fetch() -> str:
        raise Unauthorized

    async def story() -> None:
        async with fake_server(Peer.stay) as server:
            async with Client(server.url, token=fetch) as client:
                with pytest.raises(Unauthorized):
                    await anext(client)
                assert isinstance(client.state, Stopped)

    asyncio.run(story())


# Liveness


def test_a_server_that_fell_silent_is_left() -> None:
    async def silent(peer: Peer) -> None:
        await peer.greet(welcome(ping_s=0.05, retry=SOON))
        await peer.expect(Ping)
        await peer.stay()

    async def second(peer: Peer) -> None:
        await peer.greet(welcome(), events(1))
        await peer.stay()

    async def story() -> None:
        async with fake_server(silent, second) as server:
            async with Client(server.url, token="t") as client:
                assert await take(client, 1) == [1]

    asyncio.run(story())


def test_a_server_that_answers_pings_is_kept() -> None:
    async def scene(peer: Peer) -> None:
        await peer.greet(welcome(ping_s=0.05))
        for _ in range(4):
            ping = await peer.expect(Ping)
            await peer.say(Pong(id=ping.id, at="2027-01-15T08:00:00.000Z"))
        await peer.say(events(1))
        await peer.stay()

    async def story() -> None:
        async with fake_server(scene) as server, Client(server.url, token="t") as client:
            assert await take(client, 1) == [1]
        assert len(server.peers) == 1

    asyncio.run(story())


def test_a_server_that_never_says_welcome_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "_WELCOME_SECONDS", 0.05)

    async def second(peer: Peer) -> None:
        await peer.greet(welcome(), events(1))
        await peer.stay()

    async def story() -> None:
        async with fake_server(Peer.stay, second) as server:
            async with Client(server.url, token="t") as client:
                assert await take(client, 1) == [1]

    asyncio.run(story())


def test_the_wait_that_a_server_asks_for_is_kept() -> None:
    async def first(peer: Peer) -> None:
        await peer.greet()
        await peer.close(CloseCode.DRAINING, 150)

    async def second(peer: Peer) -> None:
        await peer.greet(welcome(), events(1))
        await peer.stay()

    async def story() -> None:
        states: list[State] = []
        async with fake_server(first, second) as server:
            async with Client(server.url, token="t", on_state=states.append) as client:
                assert await take(client, 1) == [1]
        (waiting,) = (state for state in states if isinstance(state, Waiting))
        assert "shutting down" in waiting.reason

    asyncio.run(story())


# What is said


def test_frames_of_a_newer_server_are_ignored() -> None:
    async def scene(peer: Peer) -> None:
        await peer.greet()
        await peer.say_raw('{"type": "fireworks", "colour": "gold"}')
        await peer.say(events(1))
        await peer.stay()

    async def story() -> None:
        async with fake_server(scene) as server, Client(server.url, token="t") as client:
            assert await take(client, 1) == [1]

    asyncio.run(story())


@pytest.mark.parametrize("message", ["", "[]", '{"type": "gap"}', '{"type": "events"}'])
def test_a_server_that_speaks_nonsense_ends_the_client(message: str) -> None:
    async def scene(peer: Peer) -> None:
        await peer.greet()
        await peer.say_raw(message)
        await peer.stay()

    async def story() -> None:
        async with fake_server(scene) as server, Client(server.url, token="t") as client:
            with pytest.raises(Unreadable, match="upgrade notifyctl"):
                await anext(client)

    asyncio.run(story())


def test_an_error_that_answers_nobody_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def scene(peer: Peer) -> None:
        await peer.greet()
        await peer.say(Error(code="bad_ack", message="That was too far."), events(1))
        await peer.stay()

    async def story() -> None:
        async with fake_server(scene) as server, Client(server.url, token="t") as client:
            assert await take(client, 1) == [1]

    with caplog.at_level(logging.WARNING):
        asyncio.run(story())
    assert "That was too far." in caplog.text


def test_a_frame_over_the_limit_is_refused_before_it_is_sent() -> None:
    async def scene(peer: Peer) -> None:
        await peer.greet()
        request = await peer.expect(Publish)
        assert request.title == "Small"
        await peer.say(stored(request))

    async def story() -> None:
        async with fake_server(scene) as server, Client(server.url, token="t") as client:
            with pytest.raises(TooLarge):
                await client.publish("bob", "Large", data={"blob": "x" * 70_000})
            await client.publish("bob", "Small")

    asyncio.run(story())


def test_a_slow_application_stops_the_reading_until_it_catches_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backlog, "LIMIT", 3)

    async def scene(peer: Peer) -> None:
        await peer.greet(welcome(ping_s=0.05))
        for seq in range(1, 41):
            await peer.say(events(seq))
        await peer.acked(40)

    async def story() -> None:
        async with fake_server(scene) as server:
            async with Client(server.url, token="t", device="a") as client:
                # Long enough for a server to be taken for dead, were it not our own silence.
                while len(client._link.backlog._items) < 3:
                    await asyncio.sleep(0)
                await asyncio.sleep(0.2)
                assert len(client._link.backlog._items) == 3
                assert await take(client, 40) == list(range(1, 41))
        assert len(server.peers) == 1

    asyncio.run(story())


def test_a_handler_may_publish_however_much_waits_behind_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backlog, "LIMIT", 1)

    async def scene(peer: Peer) -> None:
        await peer.greet(welcome(), *(events(seq) for seq in range(1, 41)))
        request = await peer.expect(Publish)
        await peer.say(stored(request))
        await peer.stay()

    async def story() -> None:
        async with fake_server(scene) as server, Client(server.url, token="t") as client:
            assert await take(client, 1) == [1]
            await client.publish("bob", "Hello")
            assert await take(client, 39) == list(range(2, 41))

    asyncio.run(story())
