"""`notifyctl tail`, beside a real server."""

import time

import pytest

from notifyctl.client.api import Api
from tests.support.command_line import Notifyctl
from tests.support.servers import ServerProcess

# Long enough for the slowest machine; nobody waits for its end.
SOON = ("--timeout", "20s")
# So long somebody waits to see that nothing comes.
A_MOMENT = ("--timeout", "100ms")


def send(notifyctl: Notifyctl, to: str, *titles: str) -> None:
    lines = "".join(f'{{"title":"{title}"}}\n' for title in titles)
    assert notifyctl("send", to, "--stdin", stdin=lines.encode()).status == 0


def first(count: int, notifyctl: Notifyctl, *arguments: str) -> list[str]:
    """The first titles that come."""
    outcome = notifyctl("tail", *arguments, "--count", count, *SOON, "--json")
    assert outcome.status == 0, outcome.err
    return [event.get("title", event["kind"]) for event in outcome.objects]


def first_of_laptop(
    count: int, notifyctl: Notifyctl, server: ServerProcess, *arguments: str
) -> list[str]:
    """The first titles that the device `laptop` is shown, once its acknowledgements are stored."""
    laptop = ("--device", "laptop", "--count", count, *SOON, "--json")
    events = notifyctl("tail", *arguments, *laptop).objects
    with Api(server.http_url, server.token("admin", "admin")) as api:
        for event in events:
            while not api.receipt(event["id"]).acknowledged_by:
                time.sleep(0.01)
    return [event["title"] for event in events]


def nothing_comes(notifyctl: Notifyctl, *arguments: str) -> bool:
    outcome = notifyctl("tail", *arguments, *A_MOMENT)
    return (outcome.status, outcome.out, outcome.err) == (0, "", "")


# What is shown


def test_the_last_ten_are_shown_first(beside_a_server: Notifyctl, user: str) -> None:
    send(beside_a_server, user, *map(str, range(12)))

    assert first(10, beside_a_server, user) == [str(number) for number in range(2, 12)]


def test_an_event_is_a_line(beside_a_server: Notifyctl, user: str) -> None:
    beside_a_server("send", user, "Title", "--body", "body", "--level", "high")

    outcome = beside_a_server("tail", user, "--count", "1", *SOON)

    assert outcome.out.partition(" ")[2] == f"{user} #1 high  Title: body\n"
    assert outcome.err == ""


def test_topics_are_shown_without_the_inbox(beside_a_server: Notifyctl, user: str) -> None:
    send(beside_a_server, f"topic:{user}", "released")
    send(beside_a_server, "tester", "private")

    outcome = beside_a_server("tail", f"topic:{user}", "--count", "1", *SOON, "--json")

    assert [(event["stream"], event["title"]) for event in outcome.objects] == [
        (f"topic:{user}", "released")
    ]


def test_users_and_topics_are_shown_together(beside_a_server: Notifyctl, user: str) -> None:
    one, other = f"{user}-1", f"{user}-2"
    send(beside_a_server, one, "a")
    send(beside_a_server, other, "b")
    send(beside_a_server, f"topic:{user}", "c")

    shown = first(3, beside_a_server, one, other, f"topic:{user}")

    assert sorted(shown) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("since", "shown"),
    [("0", ["a", "b", "c", "read"]), ("2", ["c", "read"]), ("unread", ["c", "read"])],
)
def test_the_beginning_can_be_chosen(
    beside_a_server: Notifyctl, user: str, since: str, shown: list[str]
) -> None:
    send(beside_a_server, user, "a", "b", "c")
    beside_a_server("inbox", user, "--read", "1", "--read", "2")

    assert first(len(shown), beside_a_server, user, "--since", since) == shown


def test_new_begins_at_the_end(beside_a_server: Notifyctl, user: str) -> None:
    send(beside_a_server, user, "a")

    assert nothing_comes(beside_a_server, user, "--since", "new")


def test_without_anything_unread_unread_begins_at_the_end(
    beside_a_server: Notifyctl, user: str
) -> None:
    send(beside_a_server, user, "a")
    beside_a_server("inbox", user, "--read-all")

    assert nothing_comes(beside_a_server, user, "--since", "unread")


# Looking and acknowledging


def test_a_look_changes_nothing(beside_a_server: Notifyctl, user: str) -> None:
    send(beside_a_server, user, "a")

    for _ in range(2):
        assert first(1, beside_a_server, user) == ["a"]
    assert beside_a_server("inbox", user).err == "1 unread\n"


def test_a_device_goes_on_where_it_was(
    beside_a_server: Notifyctl, server: ServerProcess, user: str
) -> None:
    send(beside_a_server, user, "a", "b")
    assert first_of_laptop(2, beside_a_server, server, user) == ["a", "b"]
    assert nothing_comes(beside_a_server, user, "--device", "laptop")
    send(beside_a_server, user, "c")

    assert first_of_laptop(1, beside_a_server, server, user) == ["c"]
    again = first_of_laptop(3, beside_a_server, server, user, "--since", "0")
    assert again == ["a", "b", "c"]


def test_a_device_acknowledges_exactly_what_was_shown(
    beside_a_server: Notifyctl, server: ServerProcess, user: str
) -> None:
    send(beside_a_server, user, "a", "b", "c")

    assert first_of_laptop(2, beside_a_server, server, user) == ["a", "b"]
    assert first_of_laptop(1, beside_a_server, server, user) == ["c"]


# When it ends


def test_it_ends_after_the_count(beside_a_server: Notifyctl, user: str) -> None:
    send(beside_a_server, user, "a", "b", "c")

    assert first(2, beside_a_server, user) == ["a", "b"]


def test_the_count_is_of_all_that_is_shown_together(
    beside_a_server: Notifyctl, server: ServerProcess, user: str
) -> None:
    users = [f"{user}-{number}" for number in range(4)]
    for each in users:
        send(beside_a_server, each, "a", "b", "c")

    shown = first_of_laptop(3, beside_a_server, server, *users)
    # What was not shown was not acknowledged either.
    rest = first_of_laptop(9, beside_a_server, server, *users)

    assert sorted(shown + rest) == sorted("abc" * 4)


def test_the_timeout_before_the_count_is_status_1(beside_a_server: Notifyctl, user: str) -> None:
    send(beside_a_server, user, "a")

    outcome = beside_a_server("tail", user, "--count", "2", "--timeout", "1s")

    assert outcome.status == 1
    assert outcome.out != ""
    assert outcome.err == ("notifyctl: Only 1 of 2 events came within 1 s; try a longer time.\n")


def test_the_timeout_alone_is_a_quiet_end(beside_a_server: Notifyctl, user: str) -> None:
    assert nothing_comes(beside_a_server, user)


# What can go wrong


@pytest.mark.parametrize(
    ("arguments", "status", "problem"),
    [
        (("--since", "old"), 2, "'old' is no beginning"),
        (("--timeout", "soon"), 2, "'soon' is no time"),
        (("--device", "my laptop"), 2, "The device 'my laptop' is not valid"),
        (("topic:",), 2, "'topic:' is not a topic"),
        (("--token", "garbage"), 4, "The token was refused"),
        (("--ws-url", "ws://127.0.0.1:9/ws"), 3, "Nothing answers at ws://127.0.0.1:9/ws"),
        (("--ws-url", "http://127.0.0.1:9"), 2, "is not a WebSocket URL"),
    ],
)
def test_what_goes_wrong_at_once_is_one_sentence(
    beside_a_server: Notifyctl, arguments: tuple[str, ...], status: int, problem: str
) -> None:
    outcome = beside_a_server("tail", *arguments)

    assert (outcome.status, outcome.out) == (status, "")
    assert problem in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_token_without_the_scope_is_status_4(
    beside_a_server: Notifyctl, server: ServerProcess, user: str
) -> None:
    outcome = beside_a_server("tail", "--token", server.token(user, "publish"))

    assert outcome.status == 4
    assert outcome.err.count("\n") == 1


def test_a_topic_that_the_token_does_not_include_is_status_4(
    beside_a_server: Notifyctl, server: ServerProcess, user: str
) -> None:
    token = server.token(user, topics=("other",))

    assert beside_a_server("tail", "topic:x", "--token", token).status == 4
