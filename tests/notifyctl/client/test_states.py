import pytest

from notifyctl.client.states import Waiting, ending, unreachable
from notifyctl.errors import NotifyError
from notifyctl.wire import CloseCode, Error, comes_back


def test_the_time_left_ends_at_zero() -> None:
    waiting = Waiting(until=100.0, reason="The connection was lost.")

    assert waiting.seconds_left(98.5) == 1.5
    assert waiting.seconds_left(101.0) == 0.0


@pytest.mark.parametrize("code", [code for code in CloseCode if not comes_back(code)])
def test_every_final_close_has_a_sentence(code: CloseCode) -> None:
    assert str(ending(code, None)).endswith(".")


def test_an_error_that_only_newer_servers_know_keeps_its_words() -> None:
    error = ending(4500, Error(code="brand_new", message="Something new.", fatal=True))

    assert type(error) is NotifyError
    assert str(error) == "Something new."


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "connection refused"),
        (TimeoutError(), "no answer in time"),
        (ValueError("The proxy said no."), "The proxy said no"),
        (ValueError(), "ValueError"),
    ],
)
def test_no_connection_says_why(cause: Exception, reason: str) -> None:
    assert f"({reason})" in str(unreachable("http://127.0.0.1:1", cause))
