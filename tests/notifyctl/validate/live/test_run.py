"""Every rule is tried on a server with the flaw, on one without any, and on our own."""

from pathlib import Path
from typing import Any

import pytest

from loadtests.bench.loopback import free_port
from notifyctl.errors import UsageError
from notifyctl.validate.live import conversations, health
from notifyctl.validate.live.run import LiveOutcome, guessed_ws_url, run_live
from notifyctl.validate.settings import Settings
from tests.support.flawed_server import JSON, LIMIT, flawed_server
from tests.support.self_signed import self_signed_server
from tests.support.servers import ServerProcess, running

TOKEN = "a-token-of-the-stand-in"
SETTINGS = Settings(ping_seconds=0.4, max_message_bytes=LIMIT, drain_seconds=2)
# Long enough for the pings of these settings to be missed.
LONG = 1.5


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for less long than strangers deserve; on the loopback that is enough."""
    for name, seconds in (("PONG", 3.0), ("LISTEN", 0.5), ("ANSWER", 2.0)):
        monkeypatch.setattr(conversations, f"{name}_SECONDS", seconds)


class Told:
    """What was told while it went on."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, text: str, /, *, passing: bool = False) -> None:
        self.lines.append(text)


def visit(token: str = TOKEN, idle: float = 0.1, **flaws: Any) -> LiveOutcome:
    """What the checks say about a server with these flaws."""
    with flawed_server(**flaws) as server:
        return run_live(
            server.url, server.ws_url, SETTINGS, token=token, idle=idle, progress=Told()
        )


def test_a_server_without_flaws_gets_no_finding_and_its_times_are_told() -> None:
    outcome = visit(idle=LONG)

    assert (outcome.findings, outcome.unchecked) == ([], [])
    assert [each.what for each in outcome.latencies] == ["GET /healthz", "GET /readyz", "ping"]
    assert outcome.notes == ["What clients see at SIGTERM was not tried (LV506): that takes --pid"]


@pytest.mark.parametrize(
    ("rule", "flaws", "message", "line"),
    [
        ("LV501", {"health": (503, JSON, "{}")}, "`/healthz` is answered 503", "HTTP/1.1 503"),
        (
            "LV501",
            {"ready": (200, "text/html", "<p>")},
            "`/readyz` is answered with a web page",
            "text/html",
        ),
        ("LV501", {"ready": (200, JSON, "{")}, "calls its answer JSON", "{"),
        ("LV502", {"upgrade_status": 426}, "answered 426", "HTTP/1.1 426"),
        (
            "LV502",
            {"accept": "AAAA"},
            "`Sec-WebSocket-Accept` does not fit",
            "Sec-WebSocket-Accept: AAAA",
        ),
        (
            "LV502",
            {"subprotocols": ()},
            "does not choose the subprotocol `notify.v1`",
            "HTTP/1.1 101",
        ),
        ("LV503", {"greetings": 2}, "that says nothing is sent 2 messages", '"of alice"'),
        ("LV503", {"believes_all": True}, "says hello with a forged token", "welcome"),
        ("LV503", {"admits_all_origins": True}, "foreign origin", "HTTP/1.1 101"),
        ("LV504", {"pongs": False}, "ping number 1 is not answered", "no pong"),
        ("LV504", {"garbles_pongs": True}, "ping number 1 is not answered", "no pong"),
        ("LV504", {"ping_seconds": 60.0, "idle": LONG}, "sent no ping for", "is silent for 1.5 s"),
        (
            "LV505",
            {"cut_seconds": 1.0, "idle": LONG},
            "without a close frame",
            "ended without a close frame",
        ),
        (
            "LV505",
            {"cut_seconds": 1.0, "cut_code": 1001, "idle": LONG},
            "closed with 1001",
            "< close 1001",
        ),
        ("LV506", {"too_long_code": None}, "ends without a close frame", "ended without"),
        ("LV506", {"too_long_code": 1008}, "is closed with 1008", "< close 1008"),
        ("LV506", {"limit": 10 * LIMIT}, "of 1,001 bytes is taken", "still open"),
    ],
)
def test_each_flaw_is_found_by_its_rule_where_it_was_answered(
    rule: str, flaws: dict[str, Any], message: str, line: str
) -> None:
    outcome = visit(**flaws)

    assert {finding.rule for finding in outcome.findings} == {rule}
    (finding,) = outcome.findings
    assert message in finding.problem.message
    assert line in finding.span.text


def test_slow_answers_are_found_and_asked_for_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "ENOUGH_SECONDS", 1.0)

    outcome = visit(slow_seconds=1.1, upgrade_status=426)

    slow = [each.problem.message for each in outcome.findings if each.rule == "LV501"]
    assert slow == [
        f"1 of 1 answers of `{path}` took longer than 1 s" for path in ("/healthz", "/readyz")
    ]


def test_a_single_greeting_is_a_warning() -> None:
    (finding,) = visit(greetings=1).findings

    assert (finding.rule, finding.severity) == ("LV503", "warning")


def test_an_end_that_the_application_decided_is_no_finding() -> None:
    assert visit(cut_seconds=1.0, cut_code=4401, idle=LONG).findings == []


def test_without_a_token_a_server_that_wants_one_first_cannot_be_checked() -> None:
    outcome = visit(token="", wants_token_first=True)

    (unchecked,) = outcome.unchecked
    assert "wants a token before the upgrade (it answered 401); give one" in unchecked.reason
    assert outcome.findings == []


def test_a_server_that_wants_a_token_first_is_well_with_one() -> None:
    assert visit(wants_token_first=True).findings == []


def test_no_secret_stands_in_what_is_shown() -> None:
    outcome = visit(
        health=(500, JSON, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."), admits_all_origins=True
    )

    shown = "\n".join(finding.span.source.text for finding in outcome.findings)
    assert "Authorization: ***" in shown
    assert "Set-Cookie: ***" in shown
    assert TOKEN not in shown
    assert "eyJ" not in shown


def test_a_server_that_is_not_there_is_one_sentence() -> None:
    url = f"http://127.0.0.1:{free_port()}"

    outcome = run_live(url, None, SETTINGS, progress=Told())

    (unchecked,) = outcome.unchecked
    assert unchecked.target == url
    assert unchecked.reason.startswith("does not answer (Connection refused)")


def test_a_certificate_that_nobody_vouches_for_is_told(tmp_path: Path) -> None:
    with self_signed_server(tmp_path) as url:
        outcome = run_live(url, None, SETTINGS, progress=Told())

    (unchecked,) = outcome.unchecked
    assert "its certificate is refused: self-signed certificate" in unchecked.reason


def test_a_websocket_port_that_is_not_there_leaves_the_other_checked() -> None:
    with flawed_server(health=(503, JSON, "{}")) as server:
        gone = f"ws://127.0.0.1:{free_port()}/ws"
        outcome = run_live(server.url, gone, SETTINGS, progress=Told())

    assert [finding.rule for finding in outcome.findings] == ["LV501"]
    assert [each.target for each in outcome.unchecked] == [gone]


def test_a_port_that_speaks_something_else_is_told() -> None:
    (unchecked,) = visit(speaks_http=False).unchecked

    assert "does not speak HTTP" in unchecked.reason


def test_a_short_silence_says_what_it_could_not_see() -> None:
    notes = visit(idle=0.1).notes

    assert "pings every 0.4 s was not awaited" in notes[0]


@pytest.mark.parametrize(
    "url", ["localhost:8000", "ftp://x", "http://", "http://a b", "http://h:x"]
)
def test_what_is_no_address_is_told_before_anything_is_tried(url: str) -> None:
    with pytest.raises(UsageError, match="is no address of a server"):
        run_live(url, None, SETTINGS, progress=Told())


def test_a_token_that_cannot_be_one_is_not_sent() -> None:
    with pytest.raises(UsageError, match="no token has"):
        run_live("http://localhost", None, SETTINGS, token="a\r\nX: y", progress=Told())


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:8000", "ws://localhost:8001/ws"),
        ("http://localhost:18000", "ws://localhost:18001/ws"),
        ("https://notify.example.org", "wss://notify.example.org/ws"),
        ("http://[::1]:8000/", "ws://[::1]:8001/ws"),
    ],
)
def test_the_websocket_is_looked_for_where_it_usually_is(url: str, expected: str) -> None:
    assert guessed_ws_url(url, Settings()) == expected


def visit_ours(server: ServerProcess, **options: Any) -> LiveOutcome:
    """What the checks say about our own server, which pings every second."""
    settings = Settings(ping_seconds=1, drain_seconds=3)
    return run_live(server.http_url, server.ws_url, settings, progress=Told(), **options)


def test_our_own_server_is_as_it_should_be(tmp_path: Path) -> None:
    with running(tmp_path / "data", "--drain-seconds", "3", NOTIFYD_PING_SECONDS="1") as server:
        outcome = visit_ours(server, token=server.token("alice"), idle=2.5)
        anonymous = visit_ours(server, idle=0.1)
        last = visit_ours(server, token=server.token("alice"), idle=0.1, pid=server.pid)

    assert (outcome.findings, outcome.unchecked) == ([], [])
    assert (anonymous.findings, anonymous.unchecked) == ([], [])
    assert (last.findings, last.unchecked) == ([], [])
    assert not [note for note in last.notes if "SIGTERM" in note]


def test_our_own_server_without_a_token_says_why_it_ended_the_session(tmp_path: Path) -> None:
    with running(tmp_path / "data", NOTIFYD_HELLO_SECONDS="1") as server:
        outcome = run_live(server.http_url, server.ws_url, Settings(), idle=12, progress=Told())

    assert outcome.findings == []
    assert any("need --token" in note for note in outcome.notes)


def test_a_token_that_our_server_refuses_is_told(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        outcome = visit_ours(server, token="nonsense", idle=0.1)

    assert "refused the token (it closed with 4501)" in outcome.unchecked[0].reason
    assert outcome.findings == []


def test_a_process_that_is_not_there_cannot_be_ended(tmp_path: Path) -> None:
    with flawed_server() as server:
        outcome = run_live(
            server.url, server.ws_url, SETTINGS, idle=0.1, pid=2**22 + 1, progress=Told()
        )

    assert "cannot be sent it (No such process)" in outcome.unchecked[0].reason
