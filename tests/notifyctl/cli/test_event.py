"""How a person reads an event."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.cli.event import event_line, local_time
from notifyctl.wire import AnyEvent, Notification, Read

TODAY = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
AT = "2026-11-22T10:00:07.042Z"


def notification(**fields: Any) -> Notification:
    said = {"title": "Title", "sender": "bob", "category": "general", "level": "normal", **fields}
    return Notification(seq=42, id="i", at=AT, **said)


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (notification(), "10:00:07 alice #42  Title"),
        (notification(body="body"), "10:00:07 alice #42  Title: body"),
        (notification(level="high"), "10:00:07 alice #42 high  Title"),
        (notification(presentation="alert", why="open"), "10:00:07 alice #42  Title"),
        (
            notification(level="low", body="b", presentation="held", why="focus"),
            "10:00:07 alice #42 low  Title: b  (held: focus)",
        ),
        (notification(title="a\x1b[2J\nb\u202ec"), "10:00:07 alice #42  a[2J bc"),
        (Read(seq=42, id="i", at=AT, through=41), "10:00:07 alice #42 read  all up to #41"),
        (Read(seq=42, id="i", at=AT, ids=["a", "b"]), "10:00:07 alice #42 read  2 of them"),
    ],
)
def test_an_event_is_one_line(event: AnyEvent, line: str) -> None:
    assert event_line("alice", event, TODAY) == line


def test_the_time_is_that_of_the_reader_s_clock() -> None:
    berlin = TODAY.astimezone(timezone(timedelta(hours=1)))

    assert local_time(AT, berlin) == "11:00:07"


def test_an_event_of_another_day_has_its_date() -> None:
    assert local_time("2026-11-21T23:59:59.999Z", TODAY) == "2026-11-21 23:59:59"


@pytest.mark.parametrize(
    "at", ["", "soon", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59Z", "2026-13-01T00:00:00Z"]
)
def test_a_time_that_is_none_is_shown_as_it_came(at: str) -> None:
    assert local_time(at, TODAY.astimezone(timezone(timedelta(hours=14)))) == at


@given(at=st.text() | st.datetimes().map(datetime.isoformat), title=st.text(), body=st.text())
def test_any_event_is_one_line_that_moves_no_cursor(at: str, title: str, body: str) -> None:
    event = Notification(
        seq=1, id="i", at=at, title=title, body=body, sender="", category="", level="low"
    )
    line = event_line("alice", event, TODAY)

    assert len(line.splitlines()) == 1
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", line)
