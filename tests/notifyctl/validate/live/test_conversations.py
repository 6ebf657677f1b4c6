"""Each conversation by itself: what is said, and what is seen of the answer."""

import json
from contextlib import closing

import jwt
import pytest

from notifyctl.validate.live import conversations
from notifyctl.validate.live.conversations import Line
from notifyctl.validate.settings import Settings
from tests.support.flawed_server import LIMIT, FlawedServer, flawed_server

TOKEN = "a-token"


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Strangers need not be listened to for long on the loopback."""
    monkeypatch.setattr(conversations, "LISTEN_SECONDS", 0.5)


def line(server: FlawedServer, token: str = TOKEN) -> Line:
    """The way to a server."""
    return Line(server.ws_url, Settings(max_message_bytes=LIMIT), token)


def quiet(text: str, /, *, passing: bool = False) -> None:
    """Nobody watches."""


def test_a_session_is_welcomed_before_it_goes_on() -> None:
    with flawed_server() as server, closing(line(server).session("session")) as talk:
        assert [json.loads(message)["type"] for message in talk.messages] == ["welcome"]


def test_a_session_says_nothing_in_a_language_that_is_not_spoken() -> None:
    with flawed_server(subprotocols=()) as server, closing(line(server).session("session")) as talk:
        assert "said" not in talk.transcript.finish().marks


def test_all_pings_are_answered_and_timed() -> None:
    with flawed_server() as server, closing(line(server).session("session")) as talk:
        pings = conversations.ping(talk)

    assert pings.sent == len(pings.seconds) == conversations.PINGS
    assert all(seconds > 0 for seconds in pings.seconds)


def test_in_a_silence_the_servers_pings_are_noted() -> None:
    with (
        flawed_server(ping_seconds=0.1) as server,
        closing(line(server).session("session")) as talk,
    ):
        silence = conversations.stay_silent(talk, 0.5, quiet)

    assert silence.close_code is None
    assert silence.pings
    assert silence.pings == tuple(sorted(silence.pings))


def test_a_silence_ends_with_the_connection() -> None:
    with flawed_server(cut_seconds=0.1) as server, closing(line(server).session("session")) as talk:
        silence = conversations.stay_silent(talk, 20, quiet)

    assert silence.close_code == 1006
    assert silence.seconds < 15


def test_a_stranger_hears_what_came_while_nobody_listened() -> None:
    with flawed_server(greetings=3) as server:
        stranger = conversations.hear_stranger(conversations.open_silent_stranger(line(server)))

    assert stranger.messages == 3


@pytest.mark.parametrize(("believes_all", "messages"), [(True, 1), (False, 0)])
def test_a_forged_token_is_unsigned_and_an_error_is_no_data(
    believes_all: bool, messages: int
) -> None:
    with flawed_server(believes_all=believes_all) as server:
        stranger = conversations.forge_a_token(line(server))

    assert stranger is not None
    assert stranger.messages == messages
    token = json.loads(server.heard[0])["token"]
    assert jwt.get_unverified_header(token)["alg"] == "none"
    assert token.endswith("."), "nobody signed it"


def test_a_forged_token_is_not_tried_in_another_language() -> None:
    with flawed_server(subprotocols=()) as server:
        assert conversations.forge_a_token(line(server)) is None


@pytest.mark.parametrize(("limit", "code"), [(LIMIT, 1009), (10 * LIMIT, None)])
def test_one_byte_too_many_is_sent(
    limit: int, code: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "ANSWER_SECONDS", 0.5)

    with flawed_server(limit=limit) as server:
        said = conversations.say_too_much(line(server))

    assert (said.size, said.close_code) == (LIMIT + 1, code)
