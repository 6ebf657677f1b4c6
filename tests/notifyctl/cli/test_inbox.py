"""`notifyctl inbox`, beside a real server."""

import pytest

from tests.support.command_line import Notifyctl, on_a_terminal
from tests.support.servers import ServerProcess


@pytest.fixture
def filled(beside_a_server: Notifyctl, user: str) -> Notifyctl:
    """The command line of somebody who was sent four notifications, a to d."""
    lines = b'{"title":"a"}\n{"title":"b","body":"words","level":"high"}\n'
    lines += b'{"title":"c","category":"builds"}\n{"title":"d"}\n'
    assert beside_a_server("send", user, "--stdin", stdin=lines).status == 0
    return beside_a_server


def seen(notifyctl: Notifyctl, *arguments: str) -> list[str]:
    """The titles that are listed, with a star for what is unread."""
    objects = notifyctl("inbox", *arguments, "--json").objects
    return [event["title"] + "*" * event["unread"] for event in objects if event["kind"] != "read"]


def test_an_inbox_is_a_table_with_the_newest_last(filled: Notifyctl, user: str) -> None:
    outcome = filled("inbox", user)

    heading, *rows = outcome.out.splitlines()
    assert heading.split() == ["SEQ", "TIME", "LEVEL", "CATEGORY", "TITLE"]
    assert [row.split()[:2] + row.split()[3:] for row in rows] == [
        ["●", "#1", "normal", "general", "a"],
        ["●", "#2", "high", "general", "b:", "words"],
        ["●", "#3", "normal", "builds", "c"],
        ["●", "#4", "normal", "general", "d"],
    ]
    assert outcome.err == "4 unread\n"


def test_on_a_terminal_the_table_is_drawn(
    filled: Notifyctl, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_a_terminal(monkeypatch):
        assert "───" in filled("inbox", user).out


def test_an_empty_inbox_is_said(beside_a_server: Notifyctl, user: str) -> None:
    outcome = beside_a_server("inbox", user)

    assert (outcome.status, outcome.out, outcome.err) == (0, "", "nothing unread\n")


def test_json_is_an_event_per_line_with_its_stream(filled: Notifyctl, user: str) -> None:
    first = filled("inbox", user, "--json").objects[0]

    assert (first["seq"], first["title"], first["kind"]) == (1, "a", "notification")
    assert (first["stream"], first["unread"]) == ("inbox", True)


def test_the_page_can_be_chosen(filled: Notifyctl, user: str) -> None:
    assert seen(filled, user, "--limit", "2") == ["c*", "d*"]
    assert seen(filled, user, "--after", "1", "--limit", "2") == ["b*", "c*"]
    assert seen(filled, user, "--after", "4") == []


def test_that_there_is_more_is_said(filled: Notifyctl, user: str) -> None:
    outcome = filled("inbox", user, "--after", "1", "--limit", "2")

    assert "there is more: add --after 3\n" in outcome.err


def test_one_can_be_marked_read_by_its_number_or_id(filled: Notifyctl, user: str) -> None:
    event_id = filled("inbox", user, "--json").objects[2]["id"]

    assert filled("inbox", user, "--read", "1").out == "marked as read\n"
    assert filled("inbox", user, "--read", event_id, "--read", "#4").out == "marked as read\n"

    assert seen(filled, user) == ["a", "b*", "c", "d"]
    assert seen(filled, user, "--unread") == ["b*"]
    assert filled("inbox", user, "--read", "1").out == "nothing of that was unread\n"


def test_all_can_be_marked_read(filled: Notifyctl, user: str) -> None:
    assert filled("inbox", user, "--read-all", "--json").objects == [{"seq": 5}]

    assert seen(filled, user) == ["a", "b", "c", "d"]
    assert filled("inbox", user, "--unread").err == "nothing unread\n"


def test_an_empty_inbox_can_be_marked_read_too(beside_a_server: Notifyctl, user: str) -> None:
    outcome = beside_a_server("inbox", user, "--read-all")

    assert (outcome.status, outcome.out) == (0, "nothing of that was unread\n")


@pytest.mark.parametrize("number", ["5", "#99", "0"])
def test_a_number_that_is_not_there_is_named(filled: Notifyctl, user: str, number: str) -> None:
    outcome = filled("inbox", user, "--read", number)

    assert outcome.status == 1
    assert f"There is no notification #{number.removeprefix('#')} in the inbox" in outcome.err


def test_marking_is_either_some_or_all(beside_a_server: Notifyctl, user: str) -> None:
    assert beside_a_server("inbox", user, "--read", "1", "--read-all").status == 2


def test_by_default_it_is_one_s_own(
    filled: Notifyctl, server: ServerProcess, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert seen(filled, "--token", server.token(user)) == ["a*", "b*", "c*", "d*"]

    monkeypatch.setenv("LOGNAME", user)
    assert seen(filled) == ["a*", "b*", "c*", "d*"]


def test_somebody_else_s_needs_an_admin(
    filled: Notifyctl, server: ServerProcess, user: str
) -> None:
    refused = filled("inbox", user, "--token", server.token("mallory"))
    assert refused.status == 4
    assert "it is not a token of" in refused.err

    assert filled("inbox", user, "--token", server.token("root", "admin")).status == 0


def test_reading_does_not_push_notifications_out_of_view(filled: Notifyctl, user: str) -> None:
    for number in ("1", "2", "3", "4"):
        assert filled("inbox", user, "--read", number).status == 0

    assert seen(filled, user, "--limit", "2") == ["c", "d"]
    assert seen(filled, user, "--limit", "4") == ["a", "b", "c", "d"]


def test_what_is_no_number_and_no_id_is_said(filled: Notifyctl, user: str) -> None:
    outcome = filled("inbox", user, "--read", "nonsense")

    assert outcome.status == 2
    assert "'nonsense' is no notification" in outcome.err
