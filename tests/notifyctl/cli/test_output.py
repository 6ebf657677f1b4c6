"""What a person or a program sees."""

import json
import re
import sys
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.cli.output import (
    StatusLine,
    as_json,
    clean,
    emit,
    in_words,
    progress,
    say,
    show,
    show_table,
)
from tests.support.command_line import on_a_terminal

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> Iterator[None]:
    """A terminal of 40 columns that knows colours."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    with on_a_terminal(monkeypatch, columns=40):
        yield


# Received text


@pytest.mark.parametrize(
    ("received", "shown"),
    [
        ("plain", "plain"),
        ("Grüße 👋🏽 שלום", "Grüße 👋🏽 שלום"),
        ("two\nlines\r\nand\tmore", "two lines and more"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x9b31mred", "31mred"),
        ("\x1b]0;title\x07", "]0;title"),
        ("a\x00b\x7fc\x08d", "abcd"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("\u2066isolate\u2069\u200f\u061c\ufeff", "isolate"),
    ],
)
def test_received_text_is_one_line_that_does_nothing_to_a_terminal(
    received: str, shown: str
) -> None:
    assert clean(received) == shown


@given(text=st.text())
def test_no_text_keeps_a_control_character(text: str) -> None:
    assert not [letter for letter in clean(text) if unicodedata.category(letter) == "Cc"]
    assert not re.search("[\u2028\u2029\u202a-\u202e\u2066-\u2069]", clean(text))


@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_json_says_the_same_without_a_control_character(text: str) -> None:
    line = as_json({"title": text})

    assert json.loads(line) == {"title": text}
    assert clean(line) == line


# Results and the rest


def test_a_result_goes_to_stdout_and_the_rest_to_stderr(capsys: Captured) -> None:
    emit("result")
    say("beside\nit")

    assert tuple(capsys.readouterr()) == ("result\n", "beside it\n")


def test_a_result_is_shown_in_words_or_as_json(capsys: Captured) -> None:
    show({"seq": 1}, "stored #1", json=False)
    show({"seq": 1}, "stored #1", json=True)

    assert capsys.readouterr().out == 'stored #1\n{"seq":1}\n'


# Tables


def test_elsewhere_a_table_is_plain_columns(capsys: Captured) -> None:
    show_table(("seq", "title"), [("#1", "short"), ("#1000", "a\x1b[2Jlong one")])

    assert capsys.readouterr().out == "SEQ    TITLE\n#1     short\n#1000  a[2Jlong one\n"


def test_a_table_may_be_empty(capsys: Captured) -> None:
    show_table(("seq", "title"), [])

    assert capsys.readouterr().out == "SEQ  TITLE\n"


def test_on_a_terminal_a_table_is_drawn(terminal: None, capsys: Captured) -> None:
    show_table(("seq", "title"), [("#1", "[bold]short[/]\x1b[2J")])

    out = capsys.readouterr().out
    assert "───" in out
    assert "\x1b[1m" in out
    # What was received is text, whatever it looks like.
    assert "[bold]short[/][2J" in out


def test_without_colour_a_drawn_table_has_none(
    terminal: None, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    show_table(("seq", "title"), [("#1", "short")])

    assert not re.search("\x1b\\[[0-9;]*3[0-9]", capsys.readouterr().out)


# Status


def test_on_a_terminal_a_status_replaces_the_one_before(terminal: None, capsys: Captured) -> None:
    line = StatusLine()
    line.update("connecting ...", passing=True)
    line.update("waiting")
    line.clear()

    erase = "\r\x1b[K"
    assert capsys.readouterr().err == (
        f"{erase}\x1b[2mconnecting ...\x1b[0m{erase}\x1b[2mwaiting\x1b[0m{erase}"
    )


def test_a_status_never_wraps(terminal: None, capsys: Captured) -> None:
    StatusLine().update("x" * 100)

    assert f"\x1b[2m{'x' * 38}…\x1b[0m" in capsys.readouterr().err


def test_without_colour_a_status_is_plain(
    terminal: None, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    StatusLine().update("waiting")

    assert capsys.readouterr().err == "\r\x1b[Kwaiting"


def test_elsewhere_a_status_is_a_line_and_what_passes_is_left_out(capsys: Captured) -> None:
    line = StatusLine()
    line.update("connecting ...", passing=True)
    line.update("waiting: no\nanswer")
    line.update("waiting 3 s", passing=True)
    line.clear()

    assert capsys.readouterr().err == "waiting: no answer\n"


def test_progress_is_shown_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    with progress(2, "sending") as advance:
        advance()
    assert tuple(capsys.readouterr()) == ("", "")

    with on_a_terminal(monkeypatch), progress(2, "sending") as advance:
        advance()
        advance()
    written = capsys.readouterr()
    assert written.out == ""
    assert "100%" in written.err


def test_what_was_written_is_flushed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(sys.stdout, "write", done.append)
    monkeypatch.setattr(sys.stdout, "flush", lambda: done.append("flushed"))

    emit("line")

    assert done == ["line\n", "flushed"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3599.9, "in 1 hour"),
        (3540, "in 59 minutes"),
        (31_535_999, "in 365 days"),
        (90_000, "in 1 day"),
        (1, "in 1 second"),
        (0, "in 0 seconds"),
        (-0.4, "0 seconds ago"),
        (-61, "1 minute ago"),
        (-7200, "2 hours ago"),
    ],
)
def test_a_span_of_time_is_told_in_its_largest_unit(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
