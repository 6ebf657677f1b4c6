import msgspec
import pytest

from notifyctl import wire
from notifyctl.wire import InboxPage, Notification, ReadAnswer, Receipt
from notifyd.http_api import inbox
from tests.support.http import Api, Reply, api
from tests.support.nodes import Conversation, run


async def page(client: Api, query: str = "", user: str = "me") -> InboxPage:
    """A page of alice's inbox."""
    reply = await get(client, f"/v1/users/{user}/inbox{query}")
    assert reply.status == 200, reply.body
    return reply.read(InboxPage)


async def get(client: Api, path: str, user: str = "alice", *scopes: str) -> Reply:
    return await client.ask("GET", path, token=client.node.token(user, *scopes))


async def read(client: Api, body: object, user: str = "me") -> Reply:
    """Mark notifications of alice's inbox read."""
    path = f"/v1/users/{user}/read"
    return await client.ask("POST", path, body, token=client.node.token("alice"))


async def receipt(client: Api, event_id: str, user: str = "bob", *scopes: str) -> Receipt:
    reply = await get(client, f"/v1/notifications/{event_id}", user, *scopes)
    assert reply.status == 200, reply.body
    return reply.read(Receipt)


def titles(found: InboxPage) -> list[str]:
    events = msgspec.json.decode(msgspec.json.encode(found.events), type=list[wire.AnyEvent])
    return [event.title for event in events if isinstance(event, Notification)]


# The inbox


def test_an_inbox_is_read_page_by_page_from_the_oldest_on() -> None:
    async def story() -> None:
        async with api() as client:
            for title in "abcde":
                await client.publish(title=title)
            pages, after = [], 0
            while True:
                found = await page(client, f"?limit=2&after={after}")
                pages.append(titles(found))
                if found.next is None:
                    break
                after = found.next
            assert pages == [["a", "b"], ["c", "d"], ["e"]]
            assert (found.stream, found.head, found.unread) == ("inbox", 5, 5)

    run(story())


def test_a_last_page_that_is_full_names_no_next() -> None:
    async def story() -> None:
        async with api() as client:
            for title in "ab":
                await client.publish(title=title)
            assert (await page(client, "?limit=2")).next is None

    run(story())


def test_a_page_ends_before_it_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MAX_PAGE_BYTES", 2_000)

    async def story() -> None:
        async with api() as client:
            for title, size in (("a", 600), ("b", 600), ("c", 600), ("d", 4_000), ("e", 1)):
                await client.publish(title=title, body="x" * size)
            pages, after = [], 0
            while True:
                found = await page(client, f"?limit=4&after={after}")
                pages.append(titles(found))
                assert len(found.unread_ids) == len(found.events)
                if found.next is None:
                    break
                after = found.next
            assert pages == [["a", "b"], ["c"], ["d"], ["e"]]

    run(story())


def test_an_empty_inbox_has_a_position_already() -> None:
    async def story() -> None:
        async with api() as client:
            found = await page(client)
            assert (found.head, found.events, found.next) == (0, [], None)
            assert found.epoch

    run(story())


def test_only_unread_leaves_out_what_was_read() -> None:
    async def story() -> None:
        async with api() as client:
            first = await client.publish(title="a")
            second = await client.publish(title="b")
            await read(client, {"ids": [first.id]})
            found = await page(client, "?unread=true")
            assert titles(found) == ["b"]
            assert found.unread_ids == [second.id]

    run(story())


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("?after=-1", "after"),
        ("?after=x", "after"),
        ("?limit=0", "limit"),
        ("?limit=501", "limit"),
        ("?unread=perhaps", "unread"),
        ("?unraed=true", "unraed"),
        ("?after=1&after=2", "twice"),
    ],
)
def test_a_query_that_is_wrong_is_named(query: str, says: str) -> None:
    async def story() -> None:
        async with api() as client:
            reply = await get(client, f"/v1/users/me/inbox{query}")
            assert reply.status == 400
            assert says in reply.problem.detail

    run(story())


@pytest.mark.parametrize(
    ("user", "scopes", "status"),
    [
        ("alice", ("subscribe",), 200),
        ("alice", ("publish",), 403),
        ("bob", ("subscribe",), 403),
        ("root", ("admin",), 200),
    ],
)
def test_an_inbox_is_for_its_user_and_for_admins(
    user: str, scopes: tuple[str, ...], status: int
) -> None:
    async def story() -> None:
        async with api() as client:
            token = client.node.token(user, *scopes)
            asked = await client.ask("GET", "/v1/users/alice/inbox", token=token)
            marked = await client.ask("POST", "/v1/users/alice/read", {"through": 1}, token=token)
            assert (asked.status, marked.status) == (status, status)

    run(story())


def test_a_user_id_with_any_character_is_found() -> None:
    async def story() -> None:
        async with api() as client:
            user = "aliçe/öffnet?50%#1"
            await client.publish(user, "Hello")
            path = "/v1/users/ali%C3%A7e%2F%C3%B6ffnet%3F50%25%231/inbox"
            reply = await get(client, path, user, "subscribe")
            assert titles(reply.read(InboxPage)) == ["Hello"]

    run(story())


@pytest.mark.parametrize("user", ["a%00b", "%ff", "topic:x", "x" * 129])
def test_what_is_no_user_id_is_refused(user: str) -> None:
    async def story() -> None:
        async with api() as client:
            raw = (
                f"GET /v1/users/{user}/inbox HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                f"Authorization: Bearer {client.node.token('root', 'admin')}\r\n\r\n"
            )
            came = await client.speak(raw.encode())
            assert came.startswith(b"HTTP/1.1 400 ")
            assert b"user: " in came

    run(story())


# Read


def test_reading_tells_every_device_and_answers_with_the_events_seq() -> None:
    async def story() -> None:
        async with api() as client:
            await client.publish(title="a")
            async with client.node.session("alice", device="phone") as phone:
                await phone.events(1)
                reply = await read(client, {"through": 1})
                assert reply.read(ReadAnswer).seq == 2
                (event,) = await phone.events(1)
                assert isinstance(event, wire.Read)
                assert event.through == 1
            assert (await page(client)).unread == 0

    run(story())


def test_reading_what_is_read_changes_nothing() -> None:
    async def story() -> None:
        async with api() as client:
            await client.publish(title="a")
            await read(client, {"through": 1}, user="alice")
            assert (await read(client, {"through": 1})).read(ReadAnswer).seq is None

    run(story())


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"ids": ["a"], "through": 1}, {"through": 0}])
def test_a_read_says_what_was_read(body: object) -> None:
    async def story() -> None:
        async with api() as client:
            assert (await read(client, body)).problem.code == "bad_request"

    run(story())


# Receipts


def test_a_receipt_follows_a_notification_from_stored_to_read() -> None:
    async def story() -> None:
        async with api() as client:
            note = await client.publish(title="Hello", level="low")
            stored = await receipt(client, note.id)
            assert (stored.id, stored.seq, stored.stream) == (note.id, 1, "inbox")
            assert (stored.title, stored.sender) == ("Hello", "bob")
            assert (stored.presentation, stored.why) == ("quiet", "low")
            assert (stored.sent_at, stored.acknowledged_at, stored.read_at) == (None, None, None)
            assert stored.acknowledged_by == 0

            async with client.node.session("alice", device="phone") as phone:
                await phone.events(1)
                note = await client.publish(title="Now")
                await phone.events(1)
                assert (await receipt(client, note.id)).sent_at is not None

                await acknowledge(client, phone, note.seq)
                handled = await receipt(client, note.id)
                assert handled.acknowledged_at is not None
                assert handled.acknowledged_by == 1

            await read(client, {"ids": [note.id]})
            assert (await receipt(client, note.id)).read_at is not None

    run(story())


async def acknowledge(client: Api, phone: Conversation, seq: int) -> None:
    """Acknowledge, and wait until the store has it."""
    epoch = phone.welcome.streams["inbox"].epoch
    await phone.say(wire.Ack(stream="inbox", epoch=epoch, seq=seq))
    await phone.say(wire.Ping(id=1))
    await phone.expect(wire.Pong)
    await client.node.server.cursors.settle()


def test_only_admins_are_told_which_devices() -> None:
    async def story() -> None:
        async with api() as client, client.node.session("alice", device="phone") as phone:
            note = await client.publish(title="Hello")
            await phone.events(1)
            await acknowledge(client, phone, note.seq)
            assert (await receipt(client, note.id)).devices is None
            assert (await receipt(client, note.id, "root", "admin")).devices == ["alice/phone"]

    run(story())


def test_a_receipt_is_for_the_sender_and_for_admins() -> None:
    async def story() -> None:
        async with api() as client:
            note = await client.publish("alice", "Hello")
            path = f"/v1/notifications/{note.id}"
            assert (await get(client, path, "alice")).problem.code == "forbidden"
            assert (await get(client, path, "bob", "subscribe")).status == 200

    run(story())


def test_what_is_no_notification_has_no_receipt() -> None:
    async def story() -> None:
        async with api() as client, client.node.session("alice") as alice:
            note = await client.publish(title="Hello")
            await alice.events(1)
            await read(client, {"ids": [note.id]})
            (event,) = await alice.events(1)
            for event_id in ("nothing", event.id):
                reply = await get(client, f"/v1/notifications/{event_id}", "root", "admin")
                assert (reply.status, reply.problem.code) == (404, "not_found")
                assert event_id in reply.problem.detail

    run(story())
