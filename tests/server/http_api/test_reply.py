import msgspec
import pytest

from notifyctl.errors import NotFound, NotifyError, RequestTimeout, TooManyConnections
from notifyctl.wire import Problem
from notifyd.http_api.reply import last_words, problem, response
from notifyd.http_api.route import Answer

ERRORS = [NotFound(what="page"), TooManyConnections(), RequestTimeout(part="head", seconds=1)]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: str(error.code))
def test_last_words_are_a_whole_answer_after_which_the_connection_ends(error: NotifyError) -> None:
    head, _, body = last_words(error).partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ") for line in lines)

    assert first.startswith(f"HTTP/1.1 {error.http_status} ")
    assert headers["Connection"] == "close"
    assert headers["Content-Type"] == "application/problem+json"
    assert int(headers["Content-Length"]) == len(body)
    assert msgspec.json.decode(body, type=Problem).code == error.code


def test_who_comes_when_all_places_are_taken_is_told_when_to_come_back() -> None:
    assert b"\r\nRetry-After: 1\r\n" in last_words(TooManyConnections())


def test_an_answer_and_an_error_have_the_same_headers_in_common() -> None:
    for answer in (Answer(b"{}"), problem(NotFound(what="page"))):
        headers = response(answer, {"Vary": "Origin"}).headers

        assert headers["Server"] == "notifyd"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Vary"] == "Origin"
        assert headers["Content-Type"] == answer.content_type


def test_what_has_no_body_has_no_type() -> None:
    assert "Content-Type" not in response(Answer(b"", 204)).headers
