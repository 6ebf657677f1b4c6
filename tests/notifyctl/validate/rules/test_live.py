"""The rules for a live server judge what was seen, and nothing that was not tried."""

import pytest

from notifyctl.validate.check import chosen_rules, findings_about
from notifyctl.validate.finding import Finding
from notifyctl.validate.live.exchange import Exchange, Transcript
from notifyctl.validate.live.server import Health, LiveServer, Silence, Termination
from notifyctl.validate.settings import Settings


def seen(**parts: object) -> LiveServer:
    """A server of which only these parts were seen."""
    return LiveServer("http://h", "ws://h", **parts)  # type: ignore[arg-type]


def found(server: LiveServer, **settings: object) -> list[Finding]:
    """What all rules say about it."""
    chosen = Settings(**settings)  # type: ignore[arg-type]
    return findings_about([server], chosen_rules(chosen).values(), chosen)


def exchange() -> Exchange:
    """A conversation of one line."""
    transcript = Transcript("http://h")
    transcript.add("something")
    return transcript.finish()


def test_nothing_is_said_about_what_was_not_tried() -> None:
    assert found(seen()) == []


def ready(*seconds: float, kind: str = "application/json", body: str = "{}") -> LiveServer:
    """A server whose ready path answered with 200."""
    return seen(ready=Health("/readyz", exchange(), 200, kind, body, seconds))


def test_a_few_slow_answers_are_a_warning_and_most_an_error() -> None:
    few, most = found(ready(0.1, 0.1, 1.1)), found(ready(0.1, 1.1, 1.1))

    assert [each.severity for each in few] == ["warning"]
    assert [each.severity for each in most] == ["error"]


@pytest.mark.parametrize("kind", ["text/plain", "", "application/health+json; charset=utf-8"])
def test_health_may_be_plain_text_or_any_json(kind: str) -> None:
    assert found(ready(0.1, kind=kind)) == []


def test_health_that_did_not_answer_in_time_is_found() -> None:
    late = seen(health=Health("/healthz", exchange(), None, "", "", ()))

    assert [each.problem.message for each in found(late)] == ["`/healthz` is not answered in time"]


@pytest.mark.parametrize(
    ("code", "ready_status", "expected"),
    [
        (4401, 503, []),
        (1001, None, []),
        (1012, 503, []),
        (1006, None, ["after SIGTERM a session ends without a close frame"]),
        (1000, 503, ["after SIGTERM a session is closed with 1000"]),
        (None, 503, ["after SIGTERM a session is not closed at all"]),
        (4401, 200, ["`/readyz` still answers 200 when sessions are closed"]),
    ],
)
def test_after_sigterm_clients_are_told_to_come_back_elsewhere(
    code: int | None, ready_status: int | None, expected: list[str]
) -> None:
    server = seen(termination=Termination(exchange(), code, ready_status))

    assert [each.problem.message for each in found(server)] == expected


@pytest.mark.parametrize(
    ("seconds", "pings", "is_found"),
    [
        (30.0, (25.0,), False),
        (30.0, (), True),
        (29.0, (), False),
        (75.0, (25.0, 50.0), False),
        (75.0, (25.0,), True),
    ],
)
def test_a_ping_has_to_come_in_every_interval(
    seconds: float, pings: tuple[float, ...], is_found: bool
) -> None:
    server = seen(silence=Silence(exchange(), seconds, pings, None))

    assert [each.rule for each in found(server)] == ["LV504"] * is_found


@pytest.mark.parametrize(("code", "is_found"), [(1006, True), (1001, True), (4403, False)])
def test_a_silent_connection_may_only_be_ended_by_the_application(
    code: int, is_found: bool
) -> None:
    server = seen(silence=Silence(exchange(), 30.0, (), code))

    assert [each.rule for each in found(server)] == ["LV505"] * is_found
