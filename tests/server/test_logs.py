import asyncio
import errno
import io
import json
import logging
import re
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyd.logs import (
    ConsoleLines,
    Flood,
    GuardedHandler,
    JsonLines,
    fields,
    handle_loop_error,
    setup,
)
from notifyd.settings import Settings
from tests.support.key_pairs import key_pair
from tests.support.sessions import token

log = logging.getLogger("notifyd.test")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _loggers_as_they_were() -> Iterator[None]:
    """Give the process its loggers back."""
    root = logging.getLogger()
    named = [logging.getLogger(name) for name in ("notifyd", "notifyctl")]
    handlers, levels = root.handlers[:], [one.level for one in (root, *named)]
    yield
    for handler in root.handlers[:]:
        root.removeHandler(handler)
        handler.close()
    root.handlers[:] = handlers
    for one, level in zip((root, *named), levels, strict=True):
        one.setLevel(level)


def written(stream: io.StringIO, *, secrets: Sequence[str] = (), **settings: Any) -> io.StringIO:
    """The stream, with the log on it."""
    setup(Settings(**settings), stream, secrets)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def record(message: str, *, error: bool = False) -> logging.LogRecord:
    """A line that is about to be written, perhaps about an exception."""
    info = None
    if error:
        try:
            int("wrong\x1b[31m")
        except ValueError as caught:
            info = (type(caught), ValueError("wrong\x1b[31m"), caught.__traceback__)
    return logging.LogRecord("notifyd", logging.INFO, __file__, 1, message, None, info)


# Formats


def test_json_is_one_object_per_line_with_time_level_message_and_fields() -> None:
    stream = written(io.StringIO(), log_format="json")
    log.info("session opened", extra=fields(user="alice", sessions=2))

    (line,) = lines(stream)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("at"))
    assert line == {"level": "info", "message": "session opened", "user": "alice", "sessions": 2}


def test_an_exception_is_one_json_line_with_its_traceback() -> None:
    text = JsonLines().format(record("a request failed", error=True))

    assert "\n" not in text
    assert "Traceback" in json.loads(text)["error"]
    assert "ValueError" in json.loads(text)["error"]


def test_no_field_takes_the_place_of_the_message() -> None:
    stream = written(io.StringIO(), log_format="json")
    log.info("kept", extra=fields(message="forged", level="debug", at="never"))

    (line,) = lines(stream)
    assert (line["message"], line["level"]) == ("kept", "info")


@given(message=st.text(), value=st.text())
def test_whatever_is_said_stays_one_json_line(message: str, value: str) -> None:
    about = record("%s")
    about.args = (message,)
    about.fields = {"user": value}
    text = JsonLines().format(about)

    assert text.splitlines() == [text]
    assert json.loads(text)["message"] == message


def test_the_console_has_short_aligned_lines() -> None:
    stream = written(io.StringIO(), log_format="console")
    log.info("session opened", extra=fields(user="alice", title="two words", seconds=0.25))
    log.warning("slow")

    first, second = stream.getvalue().splitlines()
    assert first[9:] == 'info    session opened  user=alice title="two words" seconds=0.250'
    assert second[9:] == "warning slow"


@given(message=st.text(), value=st.text())
def test_a_console_line_moves_no_cursor_and_starts_no_other(message: str, value: str) -> None:
    about = record("%s")
    about.args = (message,)
    about.fields = {"user": value}
    text = ConsoleLines(colour=False).format(about)

    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", text)


def test_a_traceback_on_the_console_is_as_python_prints_it_without_control_characters() -> None:
    text = ConsoleLines(colour=False).format(record("a request failed", error=True))

    assert "\nTraceback (most recent call last):\n" in text
    assert "\x1b" not in text


def test_auto_is_console_on_a_terminal_and_json_elsewhere() -> None:
    on_terminal = written(Terminal())
    log.info("hello")
    in_file = written(io.StringIO())
    log.info("hello")

    assert not on_terminal.getvalue().startswith("{")
    assert lines(in_file)[0]["message"] == "hello"


@pytest.mark.parametrize(
    ("stream", "no_colour", "coloured"),
    [(Terminal(), "", True), (Terminal(), "1", False), (io.StringIO(), "", False)],
)
def test_colour_is_for_terminals_that_want_it(
    stream: io.StringIO, no_colour: str, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", no_colour)
    written(stream, log_format="console")
    log.error("red")

    assert ("\x1b[" in stream.getvalue()) is coloured


# Levels


def test_libraries_are_heard_from_warning_on_only() -> None:
    stream = written(io.StringIO(), log_format="json", log_level="debug")
    for name in ("aiohttp.access", "asyncio", "websockets.server", "notifyd.ws"):
        logging.getLogger(name).info(name)
    logging.getLogger("asyncio").warning("slow")

    assert [line["message"] for line in lines(stream)] == ["notifyd.ws", "slow"]


def test_the_level_is_the_settings() -> None:
    stream = written(io.StringIO(), log_format="json", log_level="error")
    log.warning("not this")
    logging.getLogger("asyncio").warning("nor this")
    log.error("this")

    assert [line["message"] for line in lines(stream)] == ["this"]


# Secrets


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_no_token_and_no_secret_reaches_a_line(log_format: str) -> None:
    secret = 'a "quoted" secret of 32 bytes or so'
    stream = written(io.StringIO(), log_format=log_format, secrets=[secret])
    bearer = token()
    try:
        int(bearer)
    except ValueError:
        log.exception("refused %s", bearer, extra=fields(token=f"Bearer {bearer}", key=secret))

    text = stream.getvalue()
    assert "[token]" in text
    assert "[secret]" in text
    for part in (*bearer.split("."), secret, json.dumps(secret)[1:-1]):
        assert part not in text


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_no_private_key_reaches_a_line(log_format: str, algorithm: str) -> None:
    pem = key_pair(algorithm)[0]
    stream = written(io.StringIO(), log_format=log_format)
    log.error("refused %s", pem, extra=fields(key=pem, part=pem[:100]))
    log.error("and after it")

    text = stream.getvalue()
    assert "[private key]" in text
    assert "and after it" in text
    for line in pem.splitlines()[1:-1]:
        assert line not in text
        assert line[:30] not in text
    if log_format == "json":
        assert len(lines(stream)) == 2


@pytest.mark.parametrize("space", ["", " ", "\n", "\r\n", "\t"])
def test_a_token_is_known_however_its_header_is_written(space: str) -> None:
    header = f'{{{space}"alg":{space}"HS256"}}'
    secret_part = urlsafe_b64encode(header.encode()).decode().rstrip("=")
    stream = written(io.StringIO(), log_format="console")
    log.error("refused %s.payload.signature of a framework-for-homework", secret_part)

    assert stream.getvalue().endswith("refused [token] of a framework-for-homework\n")


TOKEN = token()
HIDDEN = [TOKEN, *TOKEN.split(".")[:2], TOKEN.rpartition(".")[0], f"Bearer {TOKEN}", f"{TOKEN}.x"]


@given(before=st.text(), hidden=st.sampled_from(HIDDEN), after=st.text(), name=st.text(min_size=1))
@pytest.mark.parametrize(
    "formatter", [JsonLines(), ConsoleLines(colour=False)], ids=["json", "console"]
)
def test_no_token_survives_in_any_text(
    formatter: logging.Formatter, before: str, hidden: str, after: str, name: str
) -> None:
    handler = GuardedHandler(io.StringIO())
    handler.setFormatter(formatter)
    about = record(before + hidden + after)
    about.fields = {name: [before, hidden], "user": hidden + after}
    line = handler.format(about)

    for part in TOKEN.split("."):
        assert part not in line or (part not in hidden and part in before + after + name)


@given(text=st.text(alphabet="eyJAbBIWw0k.-_ \\n", max_size=2_000))
def test_any_text_is_searched_for_tokens_in_no_time(text: str) -> None:
    handler = GuardedHandler(io.StringIO())
    handler.setFormatter(JsonLines())

    assert not re.search(r"eyJ[\w-]{8}", handler.format(record(text)))


# Floods


def guarded(stream: io.StringIO, *, most: int, window_seconds: float = 3600.0) -> logging.Handler:
    handler = GuardedHandler(stream, most=most, window_seconds=window_seconds)
    handler.setFormatter(logging.Formatter("%(message)s"))
    return handler


def test_a_flood_of_one_message_is_a_few_lines_and_a_number() -> None:
    stream = io.StringIO()
    handler = guarded(stream, most=3)
    for _ in range(4216):
        handler.handle(record("connection lost"))
    handler.handle(record("ready"))
    handler.close()

    assert stream.getvalue().splitlines() == [
        *["connection lost"] * 3,
        "ready",
        "connection lost … and 4,213 more like this",
    ]


class Summaries(io.StringIO):
    """A stream that tells when it is given a summary."""

    def __init__(self) -> None:
        super().__init__()
        self.came = threading.Event()

    def write(self, text: str) -> int:
        if "more like this" in text:
            self.came.set()
        return super().write(text)


def test_a_flood_is_summarised_even_if_nothing_else_happens() -> None:
    stream = Summaries()
    handler = guarded(stream, most=1, window_seconds=0.02)
    handler.handle(record("connection lost"))
    handler.handle(record("connection lost"))

    assert stream.came.wait(10)
    handler.close()


@given(messages=st.lists(st.sampled_from("abc")), most=st.integers(1, 5))
def test_every_message_is_written_or_counted(messages: list[str], most: int) -> None:
    flood = Flood(most)
    admitted = [message for message in messages if flood.admit(record(message))]
    told = {
        summary.getMessage()[0]: int(summary.getMessage().split()[3])
        for summary in flood.end_window()
    }

    for message in "abc":
        assert admitted.count(message) <= most
        assert admitted.count(message) + told.get(message, 0) == messages.count(message)


def test_after_the_window_a_message_is_heard_again() -> None:
    flood = Flood(1)
    assert flood.admit(record("a"))
    assert not flood.admit(record("a"))
    flood.end_window()

    assert flood.admit(record("a"))
    assert flood.end_window() == []


def test_a_log_that_cannot_be_written_stops_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    handler = guarded(stream, most=3)
    stream.close()
    handler.handle(record("into the void"))

    assert capsys.readouterr().err == ""


# The event loop's own errors


@pytest.mark.parametrize(
    "error",
    [
        ConnectionResetError("gone"),
        BrokenPipeError("gone"),
        OSError(errno.EHOSTUNREACH, "gone"),
        OSError(errno.ETIMEDOUT, "gone"),
    ],
)
def test_a_peer_that_went_away_is_no_news(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    loop = asyncio.new_event_loop()
    handle_loop_error(loop, {"message": "Fatal error on transport", "exception": error})
    loop.close()

    assert caplog.records == []


@pytest.mark.parametrize(
    "error", [ValueError("a mistake"), OSError(errno.EMFILE, "too many files")]
)
def test_other_errors_of_the_loop_are_one_line_with_a_traceback(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    loop = asyncio.new_event_loop()
    handle_loop_error(loop, {"message": "Task exception was never retrieved", "exception": error})
    handle_loop_error(loop, {"message": "Unclosed transport"})
    loop.close()

    with_error, without = caplog.records
    assert (with_error.levelname, with_error.exc_info and with_error.exc_info[1]) == (
        "ERROR",
        error,
    )
    assert (without.getMessage(), without.exc_info) == ("Unclosed transport", None)
