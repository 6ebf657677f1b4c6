"""One socket: what came is known, written down without what is private, and every wait ends."""

import time
from contextlib import closing
from typing import Any

import pytest
from websockets.frames import Opcode

from notifyctl.validate.live.exchange import Transcript
from notifyctl.validate.live.websocket import LiveSocket
from tests.support.flawed_server import FlawedServer, flawed_server


def opened(server: FlawedServer, **options: Any) -> LiveSocket:
    """A socket to a server."""
    return LiveSocket(
        server.ws_url, Transcript(server.ws_url), **{"subprotocol": "notify.v1", **options}
    )


def soon(seconds: float = 5.0) -> float:
    """A moment by which something happens that happens at all."""
    return time.monotonic() + seconds


def test_the_answer_to_the_upgrade_is_kept_as_it_came() -> None:
    with flawed_server() as server, closing(opened(server)) as talk:
        shaken = talk.handshake

    assert shaken.is_open
    assert shaken.accept == shaken.expected_accept
    assert (shaken.offered, shaken.subprotocol) == ("notify.v1", "notify.v1")


def test_an_answer_that_a_client_would_refuse_is_kept_too() -> None:
    with flawed_server(accept="AAAA") as server, closing(opened(server)) as talk:
        assert (talk.handshake.status, talk.handshake.accept) == (101, "AAAA")
        assert not talk.handshake.is_open


@pytest.mark.parametrize("shows_text", [True, False])
def test_texts_are_shown_only_to_who_may_see_them(shows_text: bool) -> None:
    with flawed_server(greetings=1) as server:
        with closing(opened(server, shows_text=shows_text)) as talk:
            frame = talk.receive(soon())

    assert frame is not None
    assert talk.messages == ['{"secret":"of alice"}']
    text = talk.transcript.finish().source.text
    assert ("alice" in text) == shows_text
    assert ("(a message of 21 bytes)" in text) != shows_text


def test_a_wait_ends_when_its_time_is_over() -> None:
    with flawed_server(ping_seconds=60) as server, closing(opened(server)) as talk:
        assert talk.receive(time.monotonic() + 0.05) is None
        assert talk.close_code is None


def test_pings_are_seen_and_answered() -> None:
    with flawed_server(ping_seconds=0.05) as server, closing(opened(server)) as talk:
        frames = [talk.receive(soon()), talk.receive(soon())]

    assert [frame.opcode for frame in frames if frame] == [Opcode.PING, Opcode.PING]


@pytest.mark.parametrize(("code", "expected"), [(None, 1006), (1001, 1001), (4401, 4401)])
def test_the_end_has_a_code(code: int | None, expected: int) -> None:
    with flawed_server(cut_seconds=0.05, cut_code=code) as server:
        with closing(opened(server)) as talk:
            talk.listen(soon())

    assert (talk.ended, talk.close_code) == (True, expected)


def test_the_token_travels_in_a_header_and_is_not_written_down() -> None:
    with flawed_server(wants_token_first=True) as server:
        with closing(opened(server, token="hunter2")) as talk:
            assert talk.handshake.is_open

    assert "Authorization: ***" in talk.transcript.finish().source.text
