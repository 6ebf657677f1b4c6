import asyncio
from collections.abc import Mapping

import pytest

from notifyctl.client.connection import Client
from notifyctl.client.session import Item, Received
from notifyctl.client.states import Connecting, Online, State, Stopped, Waiting
from notifyctl.errors import Forbidden, Unauthorized, Unreadable, UsageError
from notifyctl.errors import Stopped as StoppedForGood
from notifyctl.wire import (
    Claim,
    CloseCode,
    Error,
    Gap,
    ManyPublishedOk,
    MarkRead,
    Ok,
    Publish,
    Published,
    PublishedOk,
    ReadOk,
    Rejected,
    Subscribe,
    Subscribed,
    Unsubscribe,
)
from tests.support.fake_server import Peer, fake_server
from tests.support.frames import EPOCH, SOON, events, gap, stream_state, welcome


def seq_of(item: Item) -> int:
    assert isinstance(item, Received)
    return item.event.seq


def answer(request: Publish, seq: int = 1) -> PublishedOk:
    return PublishedOk(
        id=request.id, event=f"id-{seq}", seq=seq, stream="inbox", durability="fsync", sessions=1
    )


class Shelf:
    """A cursor that keeps positions as a file would."""

    def __init__(self, positions: Mapping[str, Claim] | None = None) -> None:
        self.kept = dict(positions or {})

    def load(self) -> Mapping[str, Claim]:
        return self.kept

    def save(self, positions: Mapping[str, Claim]) -> None:
        self.kept = dict(positions)


# Events and acks


def test_an_event_is_acknowledged_after_the_body_of_the_loop() -> None:
    async def scene(peer: Peer) -> None:
        await peer.greet(welcome(), events(1))
        await peer.acked(1)
        await peer.say(events(2, 3))
        await peer.acked(3)
        await peer.stay()

    async def story() -> None:
        seen = []
        async with (
            fake_server(scene) as server,
            Client(server.url, token="t", device="a") as client,
        ):
            async for item in client:
                assert not server.peers[0].acks() or server.peers[0].acks()[-1] < seq_of(item)
                seen.append(seq_of(item))
                if len(seen) == 3:
                    break
        assert seen == [1, 2, 3]

    asyncio.run(story())


async def fail_at_two(client: Client) -> None:
    async with client:
        async for item in client:
            assert 1 / (2 - seq_of(item))


def test_an_event_whose_handling_failed_is_not_acknowledged() -> None:
    async def scene(peer: Peer) -> None:
        await peer.greet(welcome(), events(1, 2))
        await peer.stay()
        assert peer.acks()[-1:] in ([], [1])

    async def story() -> None:
        async with fake_server(scene) as server:
            shelf = Shelf()
            client = Client(server.url, token="t", device="a", cursor=shelf)
            with pytest.raises(ZeroDivisionError):
                await fail_at_two(client)
            assert shelf.kept == {"inbox": Claim(epoch=EPOCH, after=1)}

    asyncio.run(story())


def test_the_last_event_is_acknowledged_when_the_block_ends_well() -> None:
    async def scene(peer: Peer) -> None:
        await peer.greet(welcome(), events(1))
        await peer.acked(1)

    async def story() -> None:
        async with fake_server(scene) as server:
            async with Client(server.url, token="t", device="a") as client:
                assert seq_of(await anext(client)) == 1

    asyncio.run(story())


def test_a_broken_connection_is_resumed_where_the_application_stands() -> None:
    async def first(peer: Peer) -> None:
        await peer.greet(welcome(retry=SOON), events(1, 2))
        await peer.acked(1)
        peer.drop()

    async def second(peer: Peer) -> None:
        hello = await peer.greet(
            welcome(stream_state(1, head=3, resume="replay")), events(2, 3, live=False)
        )
        assert hello.streams == {"inbox": Claim(epoch=EPOCH, after=1)}
        back.set()
        await peer.acked(3)

    back = asyncio.Event()

    async def story() -> None:
        async with fake_server(first, second) as server:
            async with Client(server.url, token="t", device="a") as client:
                assert [seq_of(await anext(client)) for _ in range(2)] == [1, 2]
                await back.wait()
                assert seq_of(await anext(client)) == 3

    asyncio.run(story())


def test_the_client_waits_for_a_server_that_is_not_there_yet() -> None:
    async def scene(peer: Peer) -> None:
        await peer.greet(welcome(), events(1))
        await peer.stay()

    async def story() -> None:
        async with fake_server(scene) as gone:
            port = int(gone.url.rsplit(":")[-1].removesuffix("/ws"))
        states: asyncio.Queue[State] = asyncio.Queue()
        async with Client(gone.url, token="t", on_state=states.put_nowait) as client:
            assert await states.get() == Connecting()
            waiting = await states.get()
            assert isinstance(waiting, Waiting)
            assert "Nothing answers" in waiting.reason
            async with fake_server(scene, port=port):
                assert seq_of(await anext(client)) == 1

    asyncio.run(story())


def test_a_gap_stands_in_the_iteration() -> None:
    async def scene(peer: Peer) -> None:
        await peer.greet(welcome(stream_state(8, head=9, resume="gap")), gap(4, 8), events(9))
        await peer.acked(9)

    async def story() -> None:
        shelf = Shelf({"inbox": Claim(epoch=EPOCH, after=3)})
        async with fake_server(scene) as server:
            async with Client(server.url, token="t", device="a", cursor=shelf) as client:
                match await anext(client):
                    case Gap(first=first, last=last):
                        assert (first, last) == (4, 8)
                    case item:
                        pytest.fail(f"expected a gap, not {item}")
                assert seq_of(await anext(client)) == 9
        assert shelf.kept == {"inbox": Claim(epoch=EPOCH, after=9)}

    asyncio.run(story())


def test_a_kept_position_survives_the_client() -> None:
    async def first(peer: Peer) -> None:
        await peer.greet(welcome(), events(1, 2))
        await peer.stay()

    async def second(peer: Peer) -> None:
        hello = await peer.greet()
        assert hello.streams == {"inbox": Claim(epoch=EPOCH, after=2)}
        await peer.say(events(3))

    async def story() -> None:
        shelf = Shelf()
        async with fake_server(first, second) as server:
            async with Client(server.url, token="t", cursor=shelf) as client:
                await anext(client)
                await anext(client)
            async with Client(server.url, token="t", cursor=shelf) as client:
                assert seq_of(await anext(client)) == 3

    asyncio.run(story())


# The end


def test_a_refused_token_ends_the_iteration_after_what_had_arrived() -> None:
    async def scene(peer: Peer) -> None:
        await peer.greet(welcome(), events(1))
        await peer.say(Error(code="token_invalid", message="It was revoked.", fatal=True))
        await peer.close(CloseCode.REVOKED)

    async def story() -> None:
        states: list[State] = []
        async with (
            fake_server(scene) as server,
            Client(server.url, token="t", on_state=states.append) as client,
        ):
            assert seq_of(await anext(client)) == 1
            with pytest.raises(Unauthorized, match="It was revoked"):
                await anext(client)
            with pytest.raises(Unauthorized):
                await client.publish("bob", "Hello")
        online = Online(session="s1", user="alice", unread=0)
        stopped = Stopped(reason="It was revoked.", code=CloseCode.REVOKED)
        assert states == [Connecting(), online, stopped]

    asyncio.run(story())


def test_a_client_that_was_replaced_stops() -> None:
    async def scene(peer: Peer) -> None:
        await peer.greet()
        await peer.close(CloseCode.REPLACED)

    async def story() -> None:
        async with fake_server(scene) as server, Client(server.url, token="t") as client:
            with pytest.raises(StoppedForGood, match="newer session"):
                await anext(client)

    asyncio.run(story())


def test_leaving_the_block_ends_iterations_and_requests() -> None:
    async def scene(peer: Peer) -> None:
        await peer.greet()
        await peer.stay()

    async def story() -> None:
        async with fake_server(scene) as server:
            async with Client(server.url, token="t") as client:
                loop = asyncio.create_task(collect(client, 1))
                request = asyncio.create_task(client.publish("bob", "Hello"))
                while not server.peers or len(server.peers[0].heard) < 2:
                    await asyncio.sleep(0)
            assert await loop == []
            with pytest.raises(StoppedForGood):
                await request
            assert isinstance(client.state, Stopped)
            with pytest.raises(StoppedForGood):
                await client.publish("bob", "Hello")

    asyncio.run(story())


async def collect(client: Client, count: int) -> list[Item]:
    items = []
    async for item in client:
        items.append(item)
        if len(items) == count:
            break
    return items


def test_a_callback_that_fails_ends_the_iteration_with_its_own_error() -> None:
    def fail(state: State) -> None:
        if isinstance(state, Online):
            raise ZeroDivisionError

    async def story() -> None:
        async with fake_server(Peer.greet_and_stay) as server:
            async with Client(server.url, token="t", on_state=fail) as client:
                with pytest.raises(ZeroDivisionError):
                    await anext(client)

    asyncio.run(story())


def test_a_position_that_cannot_be_kept_ends_the_iteration() -> None:
    class Full(Shelf):
        def save(self, positions: Mapping[str, Claim]) -> None:
            raise OSError("the disk is full")

    async def story() -> None:
        async with fake_server(Peer.greet_and_stay) as server:
            async with Client(server.url, token="t", cursor=Full()) as client:
                with pytest.raises(OSError, match="the disk is full"):
                    await anext(client)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("url", "device", "topic", "words"),
    [
        ("http://127.0.0.1:8000", None, "topic:x", "WebSocket URL"),
        ("ws://127.0.0.1:abc/ws", None, "topic:x", "WebSocket URL"),
        ("ws://127.0.0.1:1/ws", "no spaces", "topic:x", "device"),
        ("ws://127.0.0.1:1/ws", None, "releases", "topic:<name>"),
    ],
)
def test_what_can_never_work_is_refused_at_once(
    url: str, device: str | None, topic: str, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        Client(url, token="t", device=device, topics=[topic])


def test_a_client_is_opened_once_and_before_its_use() -> None:
    async def story() -> None:
        client = Client("ws://127.0.0.1:1/ws", token="t")
        with pytest.raises(UsageError, match="Open the client first"):
            await anext(client)
        async with client:
            pass
        with pytest.raises(UsageError, match="used once"):
            async with client:
                pass

    asyncio.run(story())


# Requests


def test_a_publish_returns_where_its_event_is() -> None:
    async def scene(peer: Peer) -> None:
        await peer.greet()
        request = await peer.expect(Publish)
        assert (request.to, request.title, request.level) == ("bob", "Hello", "high")
        await peer.say(answer(request, 42))

    async def story() -> None:
        async with fake_server(scene) as server, Client(server.url, token="t") as client:
            published = await client.publish("bob", "Hello", level="high")
        assert published == Published(
            id="id-42", seq=42, stream="inbox", durability="fsync", sessions=1
        )

    asyncio.run(story())


def test_several_recipients_get_a_result_each() -> None:
    refused = Rejected(code="forbidden", message="No.")

    async def scene(peer: Peer) -> None:
        await peer.greet()
        request = await peer.expect(Publish)
        await peer.say(ManyPublishedOk(id=request.id, results=[refused, refused]))

    async def story() -> None:
        async with fake_server(scene) as server, Client(server.url, token="t") as client:
            results = await client.publish(["bob", "carol"], "Hello")
        assert results.results == [refused, refused]

    asyncio.run(story())


def test_a_publish_is_repeated_with_its_key_until_it_is_answered() -> None:
    keys = []

    async def silent(peer: Peer) -> None:
        await peer.greet(welcome(retry=SOON))
        keys.append((await peer.expect(Publish)).key)
        peer.drop()

    async def last(peer: Peer) -> None:
        await peer.greet()
        request = await peer.expect(Publish)
        keys.append(request.key)
        await peer.say(answer(request))

    async def story() -> None:
        async with fake_server(silent, silent, last) as server:
            async with Client(server.url, token="t") as client:
                assert (await client.publish("bob", "Hello")).seq == 1
        assert len(keys) == 3
        assert len(set(keys)) == 1

    asyncio.run(story())


def test_a_refused_publish_raises_what_the_server_says() -> None:
    async def scene(peer: Peer) -> None:
        await peer.greet()
        request = await peer.expect(Publish)
        await peer.say(Error(id=request.id, code="forbidden", message="Not you.", retry_ms=7))

    async def story() -> None:
        async with fake_server(scene) as server, Client(server.url, token="t") as client:
            with pytest.raises(Forbidden, match="Not you") as refusal:
                await client.publish("bob", "Hello")
        assert refusal.value.retry_ms == 7

    asyncio.run(story())


def test_an_answer_that_cannot_be_read_fails_only_its_request() -> None:
    async def scene(peer: Peer) -> None:
        await peer.greet()
        request = await peer.expect(Publish)
        await peer.say(Ok(id=request.id), events(1))
        await peer.stay()

    async def story() -> None:
        async with fake_server(scene) as server, Client(server.url, token="t") as client:
            with pytest.raises(Unreadable, match="seq"):
                await client.publish("bob", "Hello")
            assert seq_of(await anext(client)) == 1

    asyncio.run(story())


def test_a_topic_is_followed_from_its_answer_on() -> None:
    async def first(peer: Peer) -> None:
        await peer.greet(welcome(retry=SOON))
        request = await peer.expect(Subscribe)
        assert request.stream == "topic:x"
        state = Subscribed(id=request.id, epoch=EPOCH, head=5, after=5, resume="new")
        await peer.say(state, events(6, stream="topic:x"))
        await peer.acked(6, "topic:x")
        acked.set()
        peer.drop()

    async def second(peer: Peer) -> None:
        hello = await peer.greet()
        assert hello.streams["topic:x"] == Claim(epoch=EPOCH, after=6)
        request = await peer.expect(Unsubscribe)
        await peer.say(Ok(id=request.id))
        peer.drop()

    async def third(peer: Peer) -> None:
        hello = await peer.greet()
        assert set(hello.streams) == {"inbox"}
        await peer.say(events(1))
        await peer.stay()

    acked = asyncio.Event()

    async def story() -> None:
        async with fake_server(first, second, third) as server:
            async with Client(server.url, token="t", device="a") as client:
                await client.subscribe("topic:x")
                item = await anext(client)
                assert (item.stream, seq_of(item)) == ("topic:x", 6)
                following = asyncio.create_task(collect(client, 1))
                await acked.wait()
                await client.unsubscribe("topic:x")
                assert [seq_of(item) for item in await following] == [1]

    asyncio.run(story())


def test_reading_is_told_to_the_server() -> None:
    async def scene(peer: Peer) -> None:
        await peer.greet()
        first = await peer.expect(MarkRead)
        await peer.say(ReadOk(id=first.id, seq=3))
        second = await peer.expect(MarkRead)
        await peer.say(ReadOk(id=second.id, seq=None))
        assert (first.ids, first.through) == (["id-1"], None)
        assert (second.ids, second.through) == (None, 9)
        assert first.op_id != second.op_id

    async def story() -> None:
        async with fake_server(scene) as server, Client(server.url, token="t") as client:
            await client.mark_read(ids=["id-1"])
            await client.mark_read(through=9)
            with pytest.raises(UsageError, match="either"):
                await client.mark_read()

    asyncio.run(story())
