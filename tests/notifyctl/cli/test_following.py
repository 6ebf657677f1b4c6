"""Following users and topics: whose session shows what, and where it begins."""

from collections.abc import Mapping

import pytest

from notifyctl.cli.following import View, begin, check_since, views, whose
from notifyctl.cli.target import Target
from notifyctl.errors import UsageError
from notifyctl.wire import Claim
from notifyd.auth import issue
from notifyd.keys import secret_key

KEY = secret_key(b"0123456789abcdef0123456789abcdef")
TOKEN = issue(KEY, "alice", scopes=["subscribe"], now=0, ttl_seconds=60, token_id="t")
GIVEN = Target("http://x", "ws://x/ws", TOKEN)
HERE = Target("http://127.0.0.1:8000", "ws://127.0.0.1:8001/ws")
pytestmark = pytest.mark.usefixtures("home")

ENDS = {
    "inbox": Claim(epoch="e1", after=42),
    "topic:new": Claim(epoch="e2", after=3),
    "topic:empty": Claim(epoch="e3", after=0),
}


def view(user: str, *topics: str, shows_inbox: bool = True) -> View:
    return View(user=user, token=TOKEN, topics=topics, shows_inbox=shows_inbox)


def users(target: Target, *to: str, device: str | None = None) -> list[str]:
    return [shown.user for shown in views(target, to, device)]


# Whose sessions


def test_with_a_token_it_is_the_token_s_user() -> None:
    for to in ([], ["me"], ["alice"], ["alice", "me"]):
        assert views(GIVEN, to, None) == [view("alice")]


def test_a_token_follows_nobody_else() -> None:
    with pytest.raises(UsageError, match="The token is of 'alice'; it cannot follow 'bob'"):
        views(GIVEN, ["bob"], None)


def test_a_token_that_cannot_be_read_is_left_to_the_server() -> None:
    assert whose(Target("http://x", "ws://x/ws", "garbage"), "bob") == "bob"


def test_on_the_server_s_machine_everybody_can_be_followed() -> None:
    assert users(HERE, "alice", "bob", "alice") == ["alice", "bob"]
    assert users(HERE) == users(HERE, "me") == ["tester"]


def test_topics_are_followed_once_beside_the_first_user() -> None:
    shown = views(HERE, ["alice", "topic:a", "bob", "topic:b"], None)

    assert [each.topics for each in shown] == [("topic:a", "topic:b"), ()]
    assert all(each.shows_inbox for each in shown)


def test_topics_alone_leave_the_inbox_out() -> None:
    assert views(GIVEN, ["topic:a"], None) == [view("alice", "topic:a", shows_inbox=False)]


def test_a_device_sees_whatever_it_acknowledges() -> None:
    assert views(GIVEN, ["topic:a"], "laptop") == [view("alice", "topic:a")]


# Where to begin


def test_a_look_begins_ten_events_before_the_end() -> None:
    assert start(None) == {"inbox": 32, "topic:new": 0, "topic:empty": 0}


def test_a_device_goes_on_where_it_was_unless_told_otherwise() -> None:
    assert begin(None, ENDS, device="laptop", read_through=0) == {}
    assert start("0", device="laptop") == dict.fromkeys(ENDS, 0)


def test_new_begins_at_the_end() -> None:
    assert start("new") == {"inbox": 42, "topic:new": 3, "topic:empty": 0}


def test_unread_begins_before_the_first_unread_and_at_the_end_of_topics() -> None:
    assert start("unread") == {"inbox": 7, "topic:new": 3, "topic:empty": 0}


def test_a_number_begins_after_it_but_not_beyond_the_end() -> None:
    assert start("2") == {"inbox": 2, "topic:new": 2, "topic:empty": 0}
    assert start("99") == start("new")


def start(since: str | None, device: str | None = None) -> Mapping[str, int | None]:
    claims = begin(since, ENDS, device=device, read_through=7)
    assert {stream: claim.epoch for stream, claim in claims.items()} == {
        stream: end.epoch for stream, end in ENDS.items()
    }
    return {stream: claim.after for stream, claim in claims.items()}


@pytest.mark.parametrize("since", [None, "new", "unread", "0", "42"])
def test_a_beginning_is_a_word_or_a_number(since: str | None) -> None:
    check_since(since)


@pytest.mark.parametrize("since", ["", "old", "-1", "1.5", "#3"])
def test_anything_else_is_refused(since: str) -> None:
    with pytest.raises(UsageError, match="use new, unread, 0 or a number"):
        check_since(since)
