"""`notifyctl status`."""

from tests.support.command_line import Notifyctl
from tests.support.fake_api import Reply, fake_api
from tests.support.servers import ServerProcess

NOT_READY = {"ready": False, "checks": {"draining": "ok", "store": "The disk is full."}}
STATS = {"server": "notifyd/1", "uptime_s": 7200.0, "store": "sqlite", "durability": "fsync"}
STATS |= {"draining": False, "sessions": 12_345, "users": 10_000, "topics": 3, "queue_bytes": 0}
STATS |= {"published": 1_000_000, "delivered": 5, "acknowledged": 4}
FORBIDDEN = {"title": "Forbidden", "status": 403, "code": "forbidden", "detail": "No admin."}


def rows(out: str) -> dict[str, str]:
    """The table's second column by its first."""
    return {
        name.strip(): value
        for name, _, value in (line.partition("  ") for line in out.splitlines()[1:])
        for value in [value.strip()]
    }


def test_a_ready_server_shows_its_figures(
    beside_a_server: Notifyctl, server: ServerProcess
) -> None:
    outcome = beside_a_server("status")

    shown = rows(outcome.out)
    assert (outcome.status, outcome.err) == (0, "")
    assert shown["ready"] == "yes"
    assert shown["server"].startswith("notifyd/")
    assert shown["store"] == "sqlite (fsync)"
    assert shown["up since"].endswith(" ago")


def test_figures_have_the_words_and_units_that_people_use(notifyctl: Notifyctl) -> None:
    ready = {"ready": True, "checks": {"store": "ok"}}
    with fake_api(Reply(body=ready), Reply(body=STATS)) as server:
        shown = rows(notifyctl("status", "--url", server.url, "--token", "x").out)

    assert shown["sessions"] == "12,345 of 10,000 users"
    assert shown["up since"] == "2 hours ago"
    assert shown["published"] == "1,000,000"


def test_json_has_all_of_it(beside_a_server: Notifyctl) -> None:
    (told,) = beside_a_server("status", "--json").objects

    assert told["ready"] is True
    assert told["checks"] == {"draining": "ok", "store": "ok"}
    assert told["stats"].keys() == STATS.keys()


def test_a_server_that_is_not_ready_is_status_1_with_the_check_that_fails(
    notifyctl: Notifyctl,
) -> None:
    with fake_api(Reply(503, NOT_READY), Reply(body=STATS)) as server:
        outcome = notifyctl("status", "--url", server.url, "--token", "x")

    assert outcome.status == 1
    assert rows(outcome.out)["ready"] == "no: store: The disk is full."
    assert rows(outcome.out)["store"] == "sqlite (fsync)"


def test_without_an_admin_s_token_there_is_only_whether_it_is_ready(notifyctl: Notifyctl) -> None:
    ready = {"ready": True, "checks": {"store": "ok"}}
    with fake_api(Reply(body=ready), Reply(403, FORBIDDEN)) as server:
        words = notifyctl("status", "--url", server.url, "--token", "x")
        server.asked.clear()
        (told,) = notifyctl("status", "--url", server.url, "--token", "x", "--json").objects

    assert (words.status, rows(words.out)) == (0, {"ready": "yes"})
    assert words.err == "No figures: No admin.\n"
    assert told == {**ready, "stats": None}


def test_without_any_token_neither(notifyctl: Notifyctl) -> None:
    with fake_api(Reply(body={"ready": True, "checks": {}, "status": "ok"})) as server:
        outcome = notifyctl("status", "--url", server.url)

    assert outcome.status == 0
    assert "No figures: There is no secret" in outcome.err


def test_a_server_that_does_not_answer_is_status_3(notifyctl: Notifyctl) -> None:
    assert notifyctl("status", "--url", "http://127.0.0.1:9").status == 3


def test_json_says_on_the_side_why_there_are_no_figures(beside_a_server: Notifyctl) -> None:
    outcome = beside_a_server("status", "--json", "--token", "garbage")

    assert outcome.objects[0]["stats"] is None
    assert "No figures" in outcome.err
