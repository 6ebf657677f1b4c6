"""A conversation is written down so that it can be shown to anybody."""

import pytest

from notifyctl.validate.live.exchange import HIDDEN, LONGEST_LINE, Transcript, shown_url


def test_a_line_is_found_by_its_name() -> None:
    transcript = Transcript("http://h/healthz")
    transcript.add("GET /healthz HTTP/1.1", "request")
    transcript.headers([("Host", "h")])
    transcript.add("HTTP/1.1 200 OK", "status")

    exchange = transcript.finish()

    assert exchange.at("status").text == "HTTP/1.1 200 OK"
    assert exchange.at("body", "host").text == "Host: h"
    assert exchange.at("nothing of this name").text == "HTTP/1.1 200 OK"
    assert exchange.source.name == "http://h/healthz"


def test_the_first_line_of_a_name_keeps_it() -> None:
    transcript = Transcript("ws://h/ws", "stranger")
    transcript.add("one", "message")
    transcript.add("two", "message")

    assert transcript.finish().at("message").text == "one"
    assert transcript.finish().source.name == "ws://h/ws#stranger"


@pytest.mark.parametrize(
    "line",
    [
        "token hunter2 was said",
        "< eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.hunter2",
        "eyJhbGciOiJub25lIn0",
    ],
)
def test_secrets_and_tokens_are_hidden_wherever_they_are(line: str) -> None:
    transcript = Transcript("ws://h", secrets=["hunter2", ""])
    transcript.add(line)

    text = transcript.finish().source.text
    assert HIDDEN in text
    assert "hunter2" not in text
    assert "eyJ" not in text


@pytest.mark.parametrize("name", ["Authorization", "cookie", "Set-Cookie"])
def test_headers_that_let_somebody_in_are_hidden(name: str) -> None:
    transcript = Transcript("ws://h")
    transcript.headers([(name, "hunter2")])

    assert f"{name}: {HIDDEN}" in transcript.finish().source.text


def test_what_a_terminal_would_obey_is_left_out_and_a_line_stays_one() -> None:
    transcript = Transcript("ws://h")
    transcript.add("a\x1b[2J\r\nb" + "c" * LONGEST_LINE, "long")

    exchange = transcript.finish()
    assert exchange.at("long").text.startswith("a [2J b")
    assert len(exchange.at("long").text) == LONGEST_LINE
    assert len(exchange.source.starts) == 1


def test_a_url_is_shown_without_what_may_be_secret() -> None:
    assert shown_url("https://me:pw@h:1/ws?token=x#y") == "https://h:1/ws"
