from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from notifyctl.errors import BadRequest, NotifyError, StoreUnavailable
from notifyctl.wire import InboxPage, Notification, Published, Rejected, Results
from notifyd.http_api.publish import publish_batch
from notifyd.notification import AnyDraft
from notifyd.store.memory import MemoryStore
from notifyd.store.store import Appended, Limits
from tests.support.callers import caller
from tests.support.http import Api, Reply, api, bare_node, call
from tests.support.nodes import run

NOTE = {"to": "alice", "title": "Hello"}
SINGLE, BATCH = "/v1/notifications", "/v1/notifications/batch"


async def post(client: Api, path: str, body: Any, key: str | None = None, **token: Any) -> Reply:
    """Publish as bob."""
    headers = {} if key is None else {"Idempotency-Key": key}
    return await client.ask(
        "POST", path, body, token=client.node.token("bob", **token), headers=headers
    )


def results_of(reply: Reply) -> list[Published | Rejected]:
    assert reply.status == 201, reply.body
    return reply.read(Results).results


def words(results: Sequence[Published | Rejected]) -> list[int | str]:
    """The seq of what was stored, the code of what was not."""
    return [one.seq if isinstance(one, Published) else one.code for one in results]


# One notification


def test_a_notification_is_answered_with_its_place_when_it_is_committed() -> None:
    async def story() -> None:
        async with api() as client:
            reply = await post(client, SINGLE, {**NOTE, "level": "low", "data": {"order": 7}})
            published = reply.read(Published)
            found = await client.ask("GET", "/v1/users/me/inbox", token=client.node.token("alice"))

        assert reply.status == 201
        assert (published.seq, published.stream, published.durability) == (1, "inbox", "memory")
        assert (published.presentation, published.why, published.sessions) == ("quiet", "low", 0)
        (event,) = msgspec.json.decode(
            msgspec.json.encode(found.read(InboxPage).events), type=list[Notification]
        )
        assert (event.id, event.sender, event.data) == (published.id, "bob", {"order": 7})

    run(story())


def test_the_answer_says_how_many_sessions_follow() -> None:
    async def story() -> None:
        async with api() as client, client.node.session("alice"), client.node.session("alice"):
            assert (await client.publish("alice")).sessions == 2

    run(story())


def test_the_body_is_json_whatever_the_content_type_says() -> None:
    async def story() -> None:
        async with api() as client:
            for content_type in ("application/x-www-form-urlencoded", "text/plain", "nonsense"):
                reply = await client.ask(
                    "POST",
                    SINGLE,
                    NOTE,
                    token=client.node.token("bob"),
                    headers={"Content-Type": content_type},
                )
                assert reply.status == 201

    run(story())


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"to":"alice","title":"\xff"}', "not JSON"),
        (b"[" * 100_000, "it must be an object"),
        (b'{"to":"alice","title":"x","data":{"a":' + b"[" * 50_000, "nested too deeply"),
        (b'{"to":"alice"}', "title"),
        (b'{"to":"alice","title":7}', "title: it must be text"),
        (b'{"to":"alice","title":"x","levle":"low"}', "levle"),
        (b'{"to":[],"title":"x"}', "to:"),
        (b'{"to":"a\\u0000b","title":"x"}', "to:"),
    ],
)
def test_a_body_that_is_wrong_is_refused_with_what_is_wrong(body: bytes, says: str) -> None:
    async def story() -> None:
        async with api() as client:
            reply = await post(client, SINGLE, body)
            assert (reply.status, reply.problem.code) == (400, "bad_request")
            assert says in reply.problem.detail

    run(story())


def test_a_topic_that_the_token_does_not_allow_is_refused() -> None:
    async def story() -> None:
        async with api() as client:
            reply = await post(client, SINGLE, {**NOTE, "to": "topic:x"}, topics=("y-*",))
            assert (reply.status, reply.problem.code) == (403, "forbidden")

    run(story())


def test_who_publishes_too_fast_is_told_when_to_come_back() -> None:
    async def story() -> None:
        async with api(publish_rate=1, publish_burst=2) as client:
            answers = [await post(client, SINGLE, NOTE) for _ in range(3)]
            assert [reply.status for reply in answers] == [201, 201, 429]
            assert answers[-1].problem.code == "rate_limited"
            assert answers[-1].headers["Retry-After"] == "1"
            assert 0 < (answers[-1].problem.retry_ms or 0) <= 1000

    run(story())


def test_a_store_that_cannot_be_written_accepts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> list[Appended | NotifyError]:
        raise StoreUnavailable(reason="the disk is full")

    async def story() -> None:
        monkeypatch.setattr(MemoryStore, "append", broken)
        async with api() as client:
            for path, body in ((SINGLE, NOTE), (BATCH, [NOTE])):
                reply = await post(client, path, body)
                assert (reply.status, reply.problem.code) == (503, "store_unavailable")
                assert reply.headers["Retry-After"] == "1"

    run(story())


# Several recipients


def test_several_recipients_get_one_result_each_in_their_order() -> None:
    async def story() -> None:
        async with api() as client:
            body = {**NOTE, "to": ["alice", "topic:secret", "bob", "a\nb"]}
            results = results_of(await post(client, SINGLE, body, topics=()))
            assert words(results) == [1, "forbidden", 1, "bad_request"]

    run(story())


def test_a_list_of_one_is_answered_as_a_list() -> None:
    async def story() -> None:
        async with api() as client:
            results = results_of(await post(client, SINGLE, {**NOTE, "to": ["alice"]}))
            assert words(results) == [1]

    run(story())


# Repeats


def test_the_same_key_gets_the_first_answer_again() -> None:
    async def story() -> None:
        async with api() as client:
            first = await post(client, SINGLE, NOTE, key="order-7")
            again = await post(client, SINGLE, NOTE, key="order-7")
            in_body = await post(client, SINGLE, {**NOTE, "key": "order-7"})

            assert "Idempotent-Replayed" not in first.headers
            for reply in (again, in_body):
                assert reply.status == 201
                assert reply.headers["Idempotent-Replayed"] == "true"
                assert reply.read(Published).id == first.read(Published).id

    run(story())


def test_a_key_belongs_to_one_notification() -> None:
    async def story() -> None:
        async with api() as client:
            await post(client, SINGLE, NOTE, key="order-7")
            reply = await post(client, SINGLE, {**NOTE, "title": "Other"}, key="order-7")
            assert (reply.status, reply.problem.code) == (409, "key_reused")
            assert "order-7" in reply.problem.detail

    run(story())


def test_the_key_of_a_batch_belongs_to_each_item_by_its_index() -> None:
    async def story() -> None:
        async with api() as client:
            items = [{**NOTE, "title": "one"}, {**NOTE, "title": "two"}]
            first = results_of(await post(client, BATCH, items, key="run"))
            again = results_of(await post(client, BATCH, items, key="run"))
            second_alone = await post(client, SINGLE, items[1], key="run#1")

            assert words(first) == words(again) == [1, 2]
            assert second_alone.headers["Idempotent-Replayed"] == "true"
            assert second_alone.read(Published).seq == 2

    run(story())


@pytest.mark.parametrize("key", ["", "x" * 129, "é"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    async def story() -> None:
        async with api() as client:
            reply = await post(client, SINGLE, NOTE, key=key)
            assert reply.status == 400
            assert "Idempotency-Key" in reply.problem.detail

    run(story())


# Batches


def test_a_batch_is_an_array_or_lines() -> None:
    async def story() -> None:
        async with api() as client:
            line = msgspec.json.encode(NOTE)
            bodies = [
                b" \n [%b, %b]" % (line, line),
                b"%b\n%b" % (line, line),
                b"\r\n%b\r\n\r\n  %b\n \n" % (line, line),
            ]
            seqs = [words(results_of(await post(client, BATCH, body))) for body in bodies]
            assert seqs == [[1, 2], [3, 4], [5, 6]]

    run(story())


def test_an_item_that_is_wrong_is_rejected_by_itself() -> None:
    async def story() -> None:
        async with api() as client:
            items = [
                NOTE,
                {"to": "alice"},
                7,
                {**NOTE, "to": ["alice", "bob"]},
                {**NOTE, "to": "topic:x"},
                {**NOTE, "key": "k"},
                {**NOTE, "title": "Other", "key": "k"},
                NOTE,
            ]
            results = results_of(await post(client, BATCH, items, topics=()))
            bad, no = "bad_request", "forbidden"
            assert words(results) == [1, bad, bad, bad, no, 2, "key_reused", 3]

    run(story())


def test_a_line_that_is_no_json_is_rejected_by_itself() -> None:
    async def story() -> None:
        async with api() as client:
            line = msgspec.json.encode(NOTE)
            results = results_of(await post(client, BATCH, b"%b\noops\n%b" % (line, line)))
            assert words(results) == [1, "bad_request", 2]

    run(story())


@pytest.mark.parametrize("body", [b"", b" \n", b"[]", b'"x"', b"[1,", b"7", b"{", b"{}}"])
def test_what_is_no_batch_is_refused(body: bytes) -> None:
    async def story() -> None:
        with pytest.raises(BadRequest):
            await publish_batch(bare_node(), call(caller("bob"), body=body))

    run(story())


def test_a_batch_has_ten_thousand_items_at_most() -> None:
    async def story() -> None:
        items = b",".join([msgspec.json.encode(NOTE)] * 10_000)
        full = await publish_batch(bare_node(), call(caller("bob"), body=b"[%b]" % items))
        assert full.status == 201
        with pytest.raises(BadRequest, match="10001"):
            await publish_batch(bare_node(), call(caller("bob"), body=b"[%b,1]" % items))

    run(story())


@pytest.mark.parametrize("body", [b"[" + b"1," * 640_001 + b"1]", b"{\n" * 640_001])
def test_a_body_that_is_all_separators_is_not_split(body: bytes) -> None:
    async def story() -> None:
        async with api() as client:
            reply = await post(client, BATCH, body)
            assert (reply.status, reply.problem.code) == (400, "bad_request")
            assert "commas or lines" in reply.problem.detail

    run(story())


def test_an_item_is_no_larger_than_it_may_be_alone() -> None:
    async def story() -> None:
        async with api() as client:
            large = {"to": "alice", "title": "Hello", "data": {"x": "y" * 1_100_000}}
            results = results_of(await post(client, BATCH, [NOTE, large, NOTE]))
            assert words(results) == [1, "too_large", 2]

    run(story())


def test_a_batch_is_one_commit() -> None:
    class Counting(MemoryStore):
        appends = 0

        async def append(
            self, drafts: Sequence[AnyDraft], now: float
        ) -> list[Appended | NotifyError]:
            self.appends += 1
            return await super().append(drafts, now)

    async def story() -> None:
        store = Counting(Limits())
        node = bare_node(store)
        await publish_batch(node, call(caller("bob"), body=msgspec.json.encode([NOTE] * 1000)))
        assert store.appends == 1

    run(story())


def test_a_batch_may_be_larger_than_a_single_notification() -> None:
    async def story() -> None:
        async with api() as client:
            body = b"[%b]" % msgspec.json.encode(NOTE) + b" " * 1024**2
            assert (await post(client, BATCH, body)).status == 201
            assert (await post(client, SINGLE, body)).status == 413

    run(story())
