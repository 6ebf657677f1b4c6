"""`notifyctl send`, beside a real server."""

from collections.abc import Iterator

import msgspec
import pytest

from notifyctl.cli.send import fill_in_wait, summary
from notifyctl.client.api import Api
from notifyctl.wire import Published
from tests.support.command_line import Notifyctl, Outcome
from tests.support.fake_api import Reply, fake_api
from tests.support.servers import ServerProcess

STORED = {"status": "stored", "id": "i", "seq": 42, "stream": "inbox", "durability": "fsync"}
STORED |= {"sessions": 2, "presentation": "alert", "why": "open"}
RECEIPT = {"id": "i", "stream": "inbox", "seq": 42, "title": "Hello", "sender": "tester"}
RECEIPT |= {"stored_at": "2026-11-22T10:00:07.000Z", "acknowledged_by": 0}
ACKNOWLEDGED = {**RECEIPT, "acknowledged_at": "2026-11-22T10:00:07.012Z", "acknowledged_by": 1}


@pytest.fixture
def inbox(server: ServerProcess, user: str) -> Iterator[Api]:
    """The API as the user whom this test writes to."""
    with Api(server.http_url, server.token(user)) as api:
        yield api


def titles(api: Api) -> list[str]:
    return [msgspec.json.decode(raw)["title"] for raw in api.inbox().events]


# One notification


def test_what_became_of_it_is_told_in_one_line(beside_a_server: Notifyctl, user: str) -> None:
    outcome = beside_a_server("send", user, "Hello")

    assert outcome == Outcome(0, f"stored #1 for {user} · alert · 0 sessions\n", "")


def test_everything_that_was_said_arrives(
    beside_a_server: Notifyctl, inbox: Api, user: str
) -> None:
    options = ["--body", "World", "--level", "critical", "--category", "builds"]
    options += ["--data", "run=42", "--data", "who=me", "--link", "https://example.org"]
    options += ["--collapse-key", "c", "--expires", "2030-01-01T00:00:00Z"]

    assert beside_a_server("send", user, "Hello", *options).status == 0

    (event,) = [msgspec.json.decode(raw) for raw in inbox.inbox().events]
    said = {name: event[name] for name in event if name not in {"seq", "id", "at", "why"}}
    assert said == {
        "kind": "notification",
        "title": "Hello",
        "body": "World",
        "sender": "tester",
        "level": "critical",
        "category": "builds",
        "data": {"run": "42", "who": "me"},
        "url": "https://example.org",
        "collapse_key": "c",
        "expires_at": event["expires_at"],
        "presentation": "alert",
    }
    assert event["expires_at"].startswith("2030-01-01T00:00:00")


def test_a_topic_has_no_presentation(beside_a_server: Notifyctl, user: str) -> None:
    outcome = beside_a_server("send", f"topic:{user}", "Out")

    assert outcome.out == f"stored #1 for topic:{user} · 0 sessions\n"


def test_me_is_who_is_logged_in(
    beside_a_server: Notifyctl, inbox: Api, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", user)

    assert beside_a_server("send", "me", "Note to self").status == 0
    assert titles(inbox) == ["Note to self"]


def test_json_is_the_server_s_answer(beside_a_server: Notifyctl, user: str) -> None:
    (stored,) = beside_a_server("send", user, "Hello", "--json").objects

    assert stored.keys() == STORED.keys()
    assert (stored["seq"], stored["status"]) == (1, "stored")


def test_the_same_key_stores_it_once(beside_a_server: Notifyctl, inbox: Api, user: str) -> None:
    first = beside_a_server("send", user, "Hello", "--key", "k", "--json").objects
    again = beside_a_server("send", user, "Hello", "--key", "k", "--json").objects
    other = beside_a_server("send", user, "Other", "--key", "k")

    assert first == again
    assert titles(inbox) == ["Hello"]
    assert other.status == 1
    assert "already belongs to a different notification" in other.err


@pytest.mark.parametrize(
    ("sessions", "presentation", "line"),
    [
        (0, "alert", "stored #42 for alice · alert · 0 sessions"),
        (1, "quiet", "stored #42 for alice · quiet · 1 session"),
        (2, None, "stored #42 for alice · 2 sessions"),
    ],
)
def test_the_line_counts_sessions(sessions: int, presentation: str | None, line: str) -> None:
    stored = {**STORED, "sessions": sessions, "presentation": presentation}

    assert summary("alice", msgspec.convert(stored, Published)) == line


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((), "Say to whom and what"),
        (("alice",), "Say to whom and what"),
        (("alice", "x", "--level", "urgent"), "There is no level 'urgent'"),
        (("alice", "x", "--data", "run"), "'run' is no data"),
        (("alice", "x", "--expires", "soon"), "'soon' is no time"),
        (("alice", "x", "--wait=soon"), "'soon' is no time"),
        (("alice", "x", "--wait", "--count", "2"), "--wait follows one notification"),
        (("--wait", "--stdin"), "--wait follows one notification"),
        (("alice", "x" * 201), "title: it is longer than 200 characters"),
        (("alice", "x", "--category", "Two Words"), "category: "),
    ],
)
def test_what_cannot_be_sent_is_status_2(
    beside_a_server: Notifyctl, arguments: tuple[str, ...], problem: str
) -> None:
    outcome = beside_a_server("send", *arguments)

    assert (outcome.status, outcome.out) == (2, "")
    assert problem in outcome.err


def test_a_token_without_the_scope_is_status_4(
    beside_a_server: Notifyctl, server: ServerProcess, user: str
) -> None:
    outcome = beside_a_server("send", user, "x", "--token", server.token(user, "subscribe"))

    assert outcome.status == 4
    assert "it needs the scope 'publish'" in outcome.err


# Many


def test_many_are_summed_up(beside_a_server: Notifyctl, inbox: Api, user: str) -> None:
    outcome = beside_a_server("send", user, "Tick", "--count", "3", "--rate", "1000")

    assert outcome.status == 0
    assert outcome.out.startswith(f"stored 3 for {user} · #1 to #3 · ")
    assert titles(inbox) == ["Tick"] * 3


def test_many_as_json_are_one_answer_each(beside_a_server: Notifyctl, user: str) -> None:
    outcome = beside_a_server("send", user, "Tick", "--count", "3", "--json")

    assert [stored["seq"] for stored in outcome.objects] == [1, 2, 3]


def test_many_with_a_key_are_stored_once(beside_a_server: Notifyctl, inbox: Api, user: str) -> None:
    for _ in range(2):
        assert beside_a_server("send", user, "Tick", "--count", "3", "--key", "k").status == 0

    assert titles(inbox) == ["Tick"] * 3


# Lines


def test_each_line_of_input_is_sent(beside_a_server: Notifyctl, inbox: Api, user: str) -> None:
    lines = f'{{"to":"{user}","title":"a"}}\n\n{{"title":"b"}}\n'

    outcome = beside_a_server("send", user, "--stdin", stdin=lines.encode())

    assert outcome.out == "".join(
        f"stored #{seq} for {user} · alert · 0 sessions\n" for seq in (1, 2)
    )
    assert titles(inbox) == ["a", "b"]


def test_a_bad_line_is_named_and_the_others_still_go(
    beside_a_server: Notifyctl, inbox: Api, user: str
) -> None:
    outcome = beside_a_server("send", user, "--stdin", stdin=b'{"title":"a"}\n[]\n{"title":"c"}\n')

    assert outcome.status == 1
    assert outcome.err.startswith("line 2: The request is not valid: ")
    assert outcome.err.count("\n") == 1
    assert titles(inbox) == ["a", "c"]


def test_a_line_that_the_server_refuses_is_named_too(
    beside_a_server: Notifyctl, server: ServerProcess, inbox: Api, user: str
) -> None:
    token = server.token(user, "publish", topics=())
    lines = b'{"to":"topic:x","title":"a"}\n{"to":"me","title":"b"}\n'

    outcome = beside_a_server("send", "--stdin", "--token", token, stdin=lines)

    assert outcome.status == 1
    assert outcome.err == (
        "line 1: The token does not allow this: its topics do not include 'x'.\n"
    )
    assert titles(inbox) == ["b"]


def test_lines_end_with_the_first_when_the_token_is_refused(
    beside_a_server: Notifyctl, user: str
) -> None:
    outcome = beside_a_server(
        "send", user, "--stdin", "--token", "x", stdin=b'{"title":"a"}\n{"title":"b"}\n'
    )

    assert outcome.status == 4
    assert "line" not in outcome.err


# Waiting


@pytest.mark.parametrize(
    ("given", "filled"),
    [
        (["a", "b", "--wait"], ["a", "b", "--wait=10s"]),
        (["--wait", "a", "b"], ["--wait=10s", "a", "b"]),
        (["--wait", "--json", "a"], ["--wait=10s", "--json", "a"]),
        (["--wait", "2s", "a", "b"], ["--wait", "2s", "a", "b"]),
        (["--wait", "1.5h"], ["--wait", "1.5h"]),
        (["--wait=3", "a"], ["--wait=3", "a"]),
        (["a", "--", "--wait"], ["a", "--", "--wait"]),
        ([], []),
    ],
)
def test_a_wait_without_a_time_is_ten_seconds(given: list[str], filled: list[str]) -> None:
    assert fill_in_wait(given) == filled


def test_a_wait_ends_with_the_acknowledgement_and_its_latency(notifyctl: Notifyctl) -> None:
    replies = (Reply(201, STORED), Reply(body=RECEIPT), Reply(body=ACKNOWLEDGED))
    with fake_api(*replies) as server:
        arguments = ("send", "alice", "Hello", "--wait", "--url", server.url, "--token", "x")
        outcome = notifyctl(*arguments)

    assert outcome.status == 0
    assert outcome.out == ("stored #42 for alice · alert · 2 sessions\nacknowledged after 12 ms\n")


def test_a_wait_as_json_ends_with_the_receipt(notifyctl: Notifyctl) -> None:
    with fake_api(Reply(201, STORED), Reply(body=ACKNOWLEDGED)) as server:
        arguments = ("send", "alice", "x", "--wait", "--json", "--url", server.url, "--token", "x")
        assert notifyctl(*arguments).objects == [STORED, ACKNOWLEDGED]


def test_a_wait_that_takes_too_long_is_status_1(beside_a_server: Notifyctl, user: str) -> None:
    outcome = beside_a_server("send", user, "Hello", "--wait", "10ms")

    assert outcome.status == 1
    assert outcome.out.startswith("stored #1")
    assert outcome.err == (
        "notifyctl: No device acknowledged it within 0.01 s; try a longer time.\n"
    )
