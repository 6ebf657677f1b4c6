"""What `notifyctl tail` shows."""

import asyncio
import json
import time

import pytest

from notifyctl.cli.screen import Screen
from notifyctl.client.session import Received
from notifyctl.client.states import Connecting, Online, Stopped, Waiting
from notifyctl.wire import Gap, Notification
from tests.support.command_line import on_a_terminal

Captured = pytest.CaptureFixture[str]
ONLINE = Online(session="s", user="alice", unread=3)


def received(seq: int = 42, stream: str = "inbox", title: str = "Title") -> Received:
    event = Notification(
        seq=seq,
        id="i",
        at="2026-11-22T10:00:07.042Z",
        title=title,
        sender="bob",
        category="general",
        level="high",
    )
    return Received(stream=stream, epoch="e", live=True, event=event)


def screen(*users: str, count: int | None = None, as_json: bool = False) -> Screen:
    return Screen(count=count, json=as_json, users=users or ("alice",))


# Events


def test_an_event_of_an_inbox_is_the_user_s(capsys: Captured) -> None:
    screen().show("alice", received())

    assert capsys.readouterr().out.endswith(" alice #42 high  Title\n")


def test_an_event_of_a_topic_is_the_topic_s(capsys: Captured) -> None:
    screen().show("alice", received(stream="topic:releases"))

    assert capsys.readouterr().out.endswith(" topic:releases #42 high  Title\n")


def test_json_is_the_event_with_its_stream(capsys: Captured) -> None:
    screen(as_json=True).show("alice", received(stream="topic:releases"))

    assert json.loads(capsys.readouterr().out) == {
        "kind": "notification",
        "seq": 42,
        "id": "i",
        "at": "2026-11-22T10:00:07.042Z",
        "title": "Title",
        "sender": "bob",
        "category": "general",
        "level": "high",
        "stream": "topic:releases",
    }


def test_json_tells_several_users_apart(capsys: Captured) -> None:
    screen("alice", "bob", as_json=True).show("bob", received())

    assert json.loads(capsys.readouterr().out)["user"] == "bob"


def test_a_gap_is_no_event_but_told(capsys: Captured) -> None:
    shown = screen(as_json=True)
    shown.show("alice", Gap(stream="inbox", epoch="e", first=1, last=9, reason="retention"))

    assert tuple(capsys.readouterr()) == ("", "gap: alice #1 to #9 are gone (retention)\n")
    assert shown.shown == 0


def test_a_screen_is_full_when_it_showed_what_was_asked_for() -> None:
    endless, short = screen(), screen(count=2)
    for _ in range(2):
        assert not short.is_full
        short.show("alice", received())
        endless.show("alice", received())

    assert short.is_full
    assert not endless.is_full


# The connection


def test_elsewhere_only_what_matters_is_a_line(capsys: Captured) -> None:
    shown = screen()
    for state in (Connecting(), ONLINE, Waiting(until=0.0, reason="It is gone."), Connecting()):
        shown.tell(state)
    shown.tell(ONLINE)
    shown.tell(Stopped(reason="The end."))
    shown.close()

    assert capsys.readouterr().err == "waiting: It is gone.\nreconnected\n"


def test_on_a_terminal_events_take_the_place_of_the_status(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with on_a_terminal(monkeypatch):
        shown = screen()
        shown.tell(Connecting())
        shown.show("alice", received())
        shown.close()

    assert capsys.readouterr().err == "\r\x1b[Kconnecting ...\r\x1b[K"


def test_on_a_terminal_the_wait_is_counted_down(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifyctl.cli.screen.TICK_SECONDS", 0.001)

    async def watch(shown: Screen) -> None:
        ticking = asyncio.create_task(shown.count_down())
        while "waiting 100 s: It is gone." not in capsys.readouterr().err:
            await asyncio.sleep(0.001)
        ticking.cancel()

    with on_a_terminal(monkeypatch):
        shown = screen()
        shown.tell(Waiting(until=time.time() + 99.9, reason="It is gone."))
        asyncio.run(watch(shown))
