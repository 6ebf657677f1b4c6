import pytest

from notifyctl.client.api import Api
from notifyctl.errors import BadRequest
from notifyctl.wire import (
    BatchItem,
    Health,
    InboxPage,
    Published,
    ReadAnswer,
    Readiness,
    Receipt,
    Rejected,
    Results,
    Stats,
    TokenAnswer,
)
from tests.support.fake_api import Asked, FakeApi, Reply, fake_api

PUBLISHED = Published(
    id="id-42",
    seq=42,
    stream="inbox",
    durability="fsync",
    sessions=2,
    presentation="alert",
    why="open",
)
UNREADY = Readiness(ready=False, checks={"store": "the disk is full"})


def api(server: FakeApi) -> Api:
    return Api(server.url, "t", sleep=lambda _seconds: None)


def only(server: FakeApi) -> Asked:
    (asked,) = server.asked
    return asked


def test_a_publish_says_what_and_to_whom_and_returns_where_it_is() -> None:
    with fake_api(Reply(201, PUBLISHED)) as server, api(server) as client:
        assert client.publish("alice", "Hello", key="k", level="high", data={"n": 1}) == PUBLISHED
    assert (only(server).method, only(server).path) == ("POST", "/v1/notifications")
    assert only(server).body == {
        "to": "alice",
        "title": "Hello",
        "key": "k",
        "level": "high",
        "data": {"n": 1},
    }


def test_a_publish_is_repeated_with_the_same_key() -> None:
    with fake_api(Reply(hang_up=True), Reply(201, PUBLISHED)) as server, api(server) as client:
        client.publish("alice", "Hello")
    first, second = (asked.body["key"] for asked in server.asked)
    assert first == second


def test_each_publish_has_a_key_of_its_own() -> None:
    with fake_api(Reply(201, PUBLISHED)) as server, api(server) as client:
        client.publish("alice", "Hello")
        client.publish("alice", "Hello")
    first, second = (asked.body["key"] for asked in server.asked)
    assert first != second


def test_several_recipients_get_a_result_each() -> None:
    results = Results(results=[PUBLISHED, Rejected(code="forbidden", message="No.")])
    with fake_api(Reply(200, results)) as server, api(server) as client:
        assert client.publish(["alice", "bob"], "Hello") == results


def test_a_batch_gives_every_notification_a_key() -> None:
    results = Results(results=[PUBLISHED, PUBLISHED])
    items = [BatchItem(to="alice", title="One", key="k"), BatchItem(to="bob", title="Two")]
    with fake_api(Reply(hang_up=True), Reply(200, results)) as server, api(server) as client:
        assert client.publish_batch(items) == results
    first, second = (asked.body for asked in server.asked)
    assert first == second
    assert first[0] == {"to": "alice", "title": "One", "key": "k"}
    assert first[1]["key"]


def test_what_is_not_valid_is_refused_before_it_is_sent() -> None:
    with fake_api() as server, api(server) as client:
        with pytest.raises(BadRequest, match="title"):
            client.publish("alice", "")
    assert server.asked == []


def test_an_inbox_is_read_page_by_page() -> None:
    page = InboxPage(
        stream="inbox", epoch="e", head=9, unread=1, events=[], unread_ids=["id-9"], next=None
    )
    with fake_api(Reply(200, page)) as server, api(server) as client:
        assert client.inbox("a/b?", after=7, limit=2, unread=True) == page
    assert only(server).path == "/v1/users/a%2Fb%3F/inbox?after=7&limit=2&unread=true"


def test_reading_is_told_to_the_server() -> None:
    with fake_api(Reply(200, ReadAnswer(seq=10))) as server, api(server) as client:
        assert client.mark_read(ids=["id-9"]) == ReadAnswer(seq=10)
        client.mark_read("alice", through=9)
    first, second = server.asked
    assert (first.path, first.body["ids"]) == ("/v1/users/me/read", ["id-9"])
    assert (second.path, second.body["through"]) == ("/v1/users/alice/read", 9)


def test_a_receipt_says_what_became_of_a_notification() -> None:
    receipt = Receipt(
        id="id-42",
        stream="inbox",
        seq=42,
        title="Hello",
        sender="builds",
        stored_at="2027-01-15T08:00:00.000Z",
        acknowledged_by=1,
    )
    with fake_api(Reply(200, receipt)) as server, api(server) as client:
        assert client.receipt("id-42") == receipt
    assert only(server).path == "/v1/notifications/id-42"


def test_a_server_that_is_not_ready_says_why_at_once() -> None:
    with fake_api(Reply(503, UNREADY)) as server, api(server) as client:
        assert client.ready() == UNREADY
    assert only(server).path == "/readyz"


def test_health_figures_and_a_development_token_are_one_request_each() -> None:
    stats = Stats(
        server="notifyd/1",
        uptime_s=1.5,
        store="sqlite",
        durability="fsync",
        draining=False,
        sessions=1,
        users=1,
        topics=0,
        queue_bytes=0,
        published=1,
        delivered=1,
        acknowledged=1,
    )
    token = TokenAnswer(token="t", user="alice", expires_in_ms=3_600_000)
    replies = (Reply(200, Health()), Reply(200, stats), Reply(200, token))
    with fake_api(*replies) as server, api(server) as client:
        assert (client.health(), client.stats(), client.dev_token("alice")) == (
            Health(),
            stats,
            token,
        )
    assert [asked.path for asked in server.asked] == ["/healthz", "/v1/stats", "/v1/dev/token"]
    assert server.asked[2].body == {"user": "alice", "scope": "subscribe publish"}
