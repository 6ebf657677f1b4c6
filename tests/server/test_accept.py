from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.errors import BadRequest, Forbidden, NotifyError
from notifyctl.wire import LEVELS, BatchItem, Level, MarkRead, PublishBody, ReadBody, lower_level
from notifyd.accept import MAX_DATA_BYTES, accept, accept_read
from notifyd.auth import Identity
from notifyd.notification import OP_SECONDS, Draft, Key
from tests.support.callers import caller

BOB = caller("bob", "publish", topics=("news-*",))
OP = UUID("01890000-0000-7000-8000-000000000001")


def body(to: str | list[str] = "alice", **content: Any) -> PublishBody:
    return PublishBody(to=to, title="Hello", **content)


def accepted(asked: PublishBody, by: Identity = BOB, **options: Any) -> Draft:
    (draft,) = accept(asked, by, key_seconds=60.0, **options)
    assert isinstance(draft, Draft), draft
    return draft


def refused(asked: PublishBody, by: Identity = BOB) -> NotifyError:
    (error,) = accept(asked, by, key_seconds=60.0)
    assert isinstance(error, NotifyError), error
    return error


def key_of(asked: PublishBody, **options: Any) -> Key:
    key = accepted(asked, **options).key
    assert key is not None
    return key


# To whom


def test_a_user_is_reached_in_the_inbox_and_a_topic_by_its_own_name() -> None:
    assert accepted(body("alice")).stream == "inbox:alice"
    assert accepted(body("topic:news-eu")).stream == "topic:news-eu"


def test_me_is_the_sender() -> None:
    draft = accepted(body("me"))

    assert (draft.stream, draft.sender) == ("inbox:bob", "bob")


def test_every_recipient_gets_a_draft_or_a_reason_in_their_order() -> None:
    drafts = accept(body(["alice", "topic:secret", "a\nb", "carol"]), BOB, key_seconds=60.0)

    assert [type(draft) for draft in drafts] == [Draft, Forbidden, BadRequest, Draft]


@pytest.mark.parametrize("to", [["alice", "alice"], ["me", "bob"]])
def test_a_recipient_named_twice_refuses_the_whole_request(to: list[str]) -> None:
    with pytest.raises(BadRequest, match="named twice"):
        accept(body(to), BOB, key_seconds=60.0)


def test_publishing_needs_the_scope() -> None:
    with pytest.raises(Forbidden, match="publish"):
        accept(body(), caller("bob", "subscribe"), key_seconds=60.0)


def test_a_topic_needs_a_glob_that_fits() -> None:
    assert isinstance(refused(body("topic:releases")), Forbidden)
    assert isinstance(
        refused(body("topic:news-eu"), caller("bob", "publish", topics=())), Forbidden
    )


@pytest.mark.parametrize("to", ["", "a\x00b", "x" * 129, "é" * 65, "topic:", "topic:" + "x" * 129])
def test_what_is_no_name_is_refused(to: str) -> None:
    assert isinstance(refused(body(to), caller("bob", "publish")), BadRequest)


# What


@given(asked=st.sampled_from(LEVELS), most=st.sampled_from(LEVELS))
def test_the_level_is_never_above_the_tokens(asked: Level, most: Level) -> None:
    by = msgspec.structs.replace(BOB, max_level=most)

    assert accepted(body(level=asked), by).level == lower_level(asked, most)


def test_without_a_level_it_is_normal() -> None:
    assert accepted(body()).level == "normal"


@pytest.mark.parametrize(
    "url", ["https://example.org/a?b#c", "HTTP://x", "/orders/7", "a:b/../c"[2:]]
)
def test_http_and_relative_links_are_accepted(url: str) -> None:
    assert accepted(body(url=url)).content.url == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://x/ y",
        "https://x/\\y",
        'https://x/"',
        "//[",
    ],
)
def test_other_links_are_refused(url: str) -> None:
    with pytest.raises(BadRequest, match="url"):
        accept(body(url=url), BOB, key_seconds=60.0)


@given(url=st.text(min_size=1))
def test_no_accepted_link_runs_a_script(url: str) -> None:
    try:
        accept(body(url=url), BOB, key_seconds=60.0)
    except BadRequest:
        return
    # As a browser reads it: without white space, in any case.
    assert not "".join(url.split()).lower().startswith(("javascript:", "data:", "vbscript:"))


def test_data_has_a_limit() -> None:
    room = MAX_DATA_BYTES - len('{"x":""}')

    assert accepted(body(data={"x": "y" * room}))
    with pytest.raises(BadRequest, match="data"):
        accept(body(data={"x": "y" * (room + 1)}), BOB, key_seconds=60.0)


# Repeats


def test_without_a_key_or_an_operation_nothing_is_repeatable() -> None:
    assert accepted(body()).key is None


def test_a_key_in_the_body_goes_before_the_requests_own() -> None:
    assert key_of(body(key="mine"), key="theirs").name == "mine"
    assert key_of(body(), key="theirs").name == "theirs"


def test_a_key_goes_before_an_operation_and_each_has_its_own_scope_and_life() -> None:
    by_key = key_of(body(key="k"), op_id=OP)
    by_operation = key_of(body(), op_id=OP)

    assert (by_key.scope, by_key.name, by_key.seconds) == ("key:bob", "k", 60.0)
    assert (by_operation.scope, by_operation.name) == ("op:bob", str(OP))
    assert by_operation.seconds == OP_SECONDS


def test_the_same_request_has_the_same_fingerprint_whoever_it_goes_to() -> None:
    one, other = key_of(body("alice", key="k")), key_of(body("carol", key="other"))

    assert one.fingerprint == other.fingerprint


def test_an_item_of_a_batch_has_the_fingerprint_of_a_single_notification() -> None:
    item = BatchItem(to="alice", title="Hello", key="k")

    assert key_of(item).fingerprint == key_of(body(key="k")).fingerprint


@pytest.mark.parametrize(
    "change", [{"body": "x"}, {"level": "low"}, {"level": "normal"}, {"data": {}}]
)
def test_another_request_has_another_fingerprint(change: dict[str, Any]) -> None:
    assert key_of(body(key="k")).fingerprint != key_of(body(key="k", **change)).fingerprint


# Read


def test_a_read_names_notifications_or_a_position() -> None:
    assert accept_read(ReadBody(ids=["a", "b"]), "alice").ids == ("a", "b")
    assert accept_read(ReadBody(through=7), "alice").through == 7


@pytest.mark.parametrize("asked", [ReadBody(), ReadBody(ids=["a"], through=7)])
def test_a_read_is_either_or(asked: ReadBody) -> None:
    with pytest.raises(BadRequest, match="either"):
        accept_read(asked, "alice")


def test_a_read_belongs_to_the_users_inbox() -> None:
    assert accept_read(ReadBody(through=7), "alice").stream == "inbox:alice"


def test_an_operation_makes_a_read_repeatable_whichever_frame_carries_it() -> None:
    first = accept_read(MarkRead(id=1, op_id=OP, through=7), "alice", op_id=OP)
    again = accept_read(MarkRead(id=2, op_id=OP, through=7), "alice", op_id=OP)

    assert first == again
    assert first.key is not None
    assert (first.key.scope, first.key.name) == ("op:alice", str(OP))


def test_data_is_nested_only_so_deep() -> None:
    def nested(levels: int) -> dict[str, object]:
        value: dict[str, object] = {}
        for _ in range(levels - 1):
            value = {"x": [value]} if _ % 2 else {"x": value}
        return value

    accept(PublishBody(to="bob", title="x", data=nested(30)), caller("alice"), key_seconds=1)
    with pytest.raises(BadRequest, match="nested"):
        accept(PublishBody(to="bob", title="x", data=nested(70)), caller("alice"), key_seconds=1)
