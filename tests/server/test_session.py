import contextlib
import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl import wire
from notifyctl.errors import BadRequest
from notifyctl.wire import Claim, CloseCode
from notifyd.effects import (
    Abort,
    Advance,
    Attach,
    Close,
    Join,
    Leave,
    Load,
    PingSocket,
    Publish,
    Send,
    SendPage,
)
from notifyd.stream import Page, Position
from tests.support.json_text import spoiled
from tests.support.sessions import (
    ALICE,
    NOW,
    WALL,
    attachment,
    connected,
    hello,
    publisher,
    session,
    token,
)
from tests.support.vectors import vector_name, vector_value

FRAMES = [vector_name(kind) for kind in get_args(wire.AnyClientFrame)]


def error_of(effect: object) -> wire.Error:
    assert isinstance(effect, Send)
    assert isinstance(effect.frame, wire.Error)
    return effect.frame


# Saying hello


def test_a_hello_attaches_to_the_inbox() -> None:
    assert session().receive(hello(device="phone"), WALL) == [
        Attach(ALICE, "phone", ["inbox:alice"])
    ]


def test_a_hello_attaches_to_the_topics_it_lists() -> None:
    frame = hello(streams={"topic:news": Claim()}, topics=["new*"])

    assert session().receive(frame, WALL) == [Attach(ALICE, None, ["inbox:alice", "topic:news"])]


def test_who_only_publishes_follows_nothing() -> None:
    frame = hello(scopes=["publish"], streams={"inbox": Claim()})

    assert session().receive(frame, WALL) == [Attach(ALICE, None, [])]


def test_the_token_of_the_headers_serves_a_hello_without_one() -> None:
    conversation = session()
    conversation.authorize(token())

    assert isinstance(conversation.receive(wire.Hello(), WALL)[0], Attach)


def test_the_welcome_says_where_every_stream_stands() -> None:
    conversation = session()
    conversation.receive(hello(device="phone"), WALL)

    (welcome, load, *_) = conversation.attached(attachment(head=5, acknowledged=3), WALL)

    assert isinstance(welcome, Send)
    assert isinstance(welcome.frame, wire.Welcome)
    assert welcome.frame.streams == {
        "inbox": wire.StreamState(epoch="e", head=5, after=3, resume="new")
    }
    assert load == Load("inbox:alice", 3)


def test_an_ephemeral_session_starts_at_the_head() -> None:
    conversation = session()
    conversation.receive(hello(), WALL)

    (welcome,) = conversation.attached(attachment(head=5, acknowledged=3), WALL)

    assert isinstance(welcome, Send)
    assert isinstance(welcome.frame, wire.Welcome)
    assert welcome.frame.streams["inbox"].after == 5


def test_a_new_device_is_stored_before_it_is_welcomed() -> None:
    conversation = session()
    conversation.receive(hello(device="phone"), WALL)

    (cursor,) = conversation.newcomer(attachment(head=5, acknowledged=3))

    assert (cursor.device, cursor.stream, cursor.seq) == ("phone", "inbox:alice", 3)


def test_a_claim_beyond_the_cursor_counts_as_an_ack() -> None:
    conversation = session()
    conversation.receive(hello(device="phone", streams={"inbox": Claim(epoch="e", after=4)}), WALL)

    effects = conversation.attached(attachment(head=5, cursor=2), WALL)

    advances = [effect.cursor.seq for effect in effects if isinstance(effect, Advance)]
    assert advances == [4]


def test_a_gap_is_told_before_the_replay() -> None:
    conversation = session()
    conversation.receive(hello(device="phone"), WALL)

    effects = conversation.attached(attachment(head=9, floor=6, cursor=2), WALL)

    frames = [effect.frame for effect in effects if isinstance(effect, Send)]
    gap = wire.Gap(stream="inbox", epoch="e", first=3, last=5, reason="retention")
    assert frames[1] == gap
    assert effects[-1] == Load("inbox:alice", 5)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (wire.Ping(id=1), CloseCode.BAD_REQUEST),
        (wire.Hello(), CloseCode.UNAUTHORIZED),
        (wire.Hello(token="not a token"), CloseCode.UNAUTHORIZED),
        (wire.Hello(token=token(ttl=-60)), CloseCode.TOKEN_EXPIRED),
        (wire.Hello(token=token(scopes=[])), CloseCode.FORBIDDEN),
        (hello(streams={"topic:secret": Claim()}), CloseCode.FORBIDDEN),
        (hello(streams={"inbox:bob": Claim()}), CloseCode.BAD_REQUEST),
    ],
)
def test_a_hello_that_is_refused_ends_the_session(
    frame: wire.AnyClientFrame, code: CloseCode
) -> None:
    conversation = session()

    said, closed = conversation.receive(frame, WALL)

    assert error_of(said).fatal
    assert closed == Close(code)
    assert conversation.receive(hello(), WALL) == []


def test_no_error_repeats_the_token() -> None:
    (said, _) = session().receive(wire.Hello(token=token(secret=b"x" * 32)), WALL)

    assert token(secret=b"x" * 32) not in error_of(said).message


# Acknowledging


def test_an_ack_moves_the_cursor() -> None:
    conversation = connected(device="phone", head=5, cursor=5)
    conversation.standings["inbox:alice"].offer("e", 6, 6)

    (advance,) = conversation.receive(wire.Ack(stream="inbox", epoch="e", seq=6), WALL)

    assert isinstance(advance, Advance)
    assert advance.cursor.seq == 6


def test_an_older_ack_changes_nothing() -> None:
    conversation = connected(device="phone", head=5, cursor=5)

    assert conversation.receive(wire.Ack(stream="inbox", epoch="e", seq=3), WALL) == []


@pytest.mark.parametrize(
    "ack",
    [
        wire.Ack(stream="inbox", epoch="e", seq=6),
        wire.Ack(stream="inbox", epoch="other", seq=5),
        wire.Ack(stream="topic:unknown", epoch="e", seq=1),
    ],
)
def test_an_ack_of_what_was_not_sent_is_answered_and_ignored(ack: wire.Ack) -> None:
    conversation = connected(device="phone", head=5, cursor=5)

    (said,) = conversation.receive(ack, WALL)

    assert error_of(said).code == "bad_ack"


def test_the_acks_of_an_ephemeral_session_count_for_nothing() -> None:
    conversation = connected(device=None, head=5)

    assert conversation.receive(wire.Ack(stream="inbox", epoch="e", seq=5), WALL) == []


# Replay and push


def test_replay_asks_page_by_page_until_the_head() -> None:
    conversation = connected(device="phone", head=3, cursor=0)

    first = conversation.loaded("inbox:alice", 0, page(1, 2, head=3))
    second = conversation.loaded("inbox:alice", 2, page(3, 3, head=3))

    assert first == [
        SendPage("inbox", "e", live=False, bodies=[b"{}"] * 2),
        Load("inbox:alice", 2),
    ]
    assert second == [SendPage("inbox", "e", live=False, bodies=[b"{}"])]


def test_a_page_for_another_position_is_dropped() -> None:
    conversation = connected(device="phone", head=3, cursor=0)

    assert conversation.loaded("inbox:alice", 1, page(2, 3, head=3)) == []


def test_an_event_that_is_not_the_next_one_is_read_from_the_store() -> None:
    conversation = connected(device="phone", head=3, cursor=3)

    assert not conversation.standings["inbox:alice"].offer("e", 5, 5)
    assert conversation.catch_up("inbox:alice") == [Load("inbox:alice", 3)]
    assert conversation.catch_up("inbox:alice") == []


def page(first: int, last: int, *, head: int) -> Page:
    position = Position(epoch="e", head=head, floor=1)
    return Page(position=position, first=first, last=last, bodies=[b"{}"] * (last - first + 1))


# Requests


def test_a_ping_is_answered_with_the_time() -> None:
    assert connected().receive(wire.Ping(id=7), WALL) == [
        Send(wire.Pong(id=7, at=wire.timestamp(WALL)))
    ]


def test_a_publish_is_passed_on() -> None:
    request = wire.Publish(id=1, to="bob", title="Hello")
    conversation = publisher()

    (effect,) = conversation.receive(request, WALL)

    assert isinstance(effect, Publish)
    assert effect.request is request


def test_a_topic_is_joined_and_left() -> None:
    conversation = connected(topics=["*"])
    join = wire.Subscribe(id=1, stream="topic:news")

    assert conversation.receive(join, WALL) == [Join(ALICE, None, join)]
    answer, *_ = conversation.subscribed(join, attachment(stream="topic:news", head=4))
    assert answer == Send(wire.Subscribed(id=1, epoch="e", head=4, after=4, resume="new"))
    assert conversation.standings["topic:news"].offer("e", 5, 5)

    assert conversation.receive(wire.Unsubscribe(id=2, stream="topic:news"), WALL) == [
        Leave("topic:news"),
        Send(wire.Ok(id=2)),
    ]
    assert "topic:news" not in conversation.standings


def test_a_topic_outside_the_token_is_refused() -> None:
    (said,) = connected().receive(wire.Subscribe(id=1, stream="topic:news"), WALL)

    assert error_of(said).code == "forbidden"
    assert not error_of(said).fatal


def test_a_second_hello_is_refused_without_ending_the_session() -> None:
    conversation = connected()

    (said,) = conversation.receive(hello(), WALL)

    assert error_of(said).code == "bad_request"


def test_a_fresh_token_prolongs_the_session() -> None:
    conversation = connected()

    (said,) = conversation.receive(wire.RefreshToken(id=1, token=token(ttl=7200)), WALL)

    assert said == Send(wire.TokenAccepted(id=1, expires_in_ms=7_200_000))
    assert conversation.wake(NOW + 1, WALL + 3700) == []


@pytest.mark.parametrize(
    "fresh",
    [token(user="bob"), token(scopes=["publish"]), token(secret=b"y" * 32), token(ttl=-60)],
)
def test_a_fresh_token_that_takes_something_away_is_refused(fresh: str) -> None:
    conversation = connected()

    (said,) = conversation.receive(wire.RefreshToken(id=1, token=fresh), WALL)

    assert error_of(said).id == 1
    assert conversation.identity is not None
    assert conversation.identity.user == ALICE


def test_who_follows_a_topic_keeps_the_right_to() -> None:
    conversation = connected(scopes=["publish"])
    conversation.receive(wire.RefreshToken(id=1, token=token(topics=["*"])), WALL)
    conversation.receive(wire.Subscribe(id=2, stream="topic:news"), WALL)

    less = token(scopes=["publish"], topics=["*"])
    (said,) = conversation.receive(wire.RefreshToken(id=3, token=less), WALL)

    assert error_of(said).code == "forbidden"


# Time


def test_without_a_hello_the_session_ends() -> None:
    conversation = session()

    assert conversation.wake(NOW + 9, WALL + 9) == []
    assert conversation.wake(NOW + 10, WALL + 10) == [Close(CloseCode.HELLO_TIMEOUT)]


def test_the_session_ends_with_its_token_and_not_before_the_leeway() -> None:
    conversation = connected()

    assert Close(CloseCode.TOKEN_EXPIRED) not in conversation.wake(NOW, WALL + 3605)
    assert conversation.wake(NOW, WALL + 3610) == [Close(CloseCode.TOKEN_EXPIRED)]


def test_it_wakes_for_what_comes_first() -> None:
    assert session().wake_in(NOW + 4, WALL) == 6
    assert connected().wake_in(NOW + 5, WALL) == 20
    assert connected().wake_in(NOW, WALL + 3600) == 10


def test_a_silent_peer_is_pinged_and_then_dropped() -> None:
    conversation = connected()

    assert conversation.wake(NOW + 25, WALL) == [PingSocket()]
    assert conversation.wake(NOW + 35, WALL) == [Abort()]


def test_a_peer_that_answers_stays() -> None:
    conversation = connected()

    conversation.wake(NOW + 25, WALL)
    conversation.keepalive.heard(NOW + 26)

    assert conversation.wake(NOW + 35, WALL) == []


def test_after_the_end_nothing_is_done() -> None:
    conversation = connected(device="phone")
    conversation.close(CloseCode.DRAINING, 100)

    assert conversation.receive(wire.Ping(id=1), WALL) == []
    assert conversation.close(CloseCode.DRAINING) == []
    assert conversation.wake(NOW + 100, WALL) == []


@given(data=st.data(), name=st.sampled_from(sorted(FRAMES)), is_greeted=st.booleans())
def test_nothing_that_a_client_can_say_is_too_strange(
    data: st.DataObject, name: str, is_greeted: bool
) -> None:
    conversation = publisher() if is_greeted else session()
    raw = json.dumps(data.draw(spoiled(vector_value(name))))
    with contextlib.suppress(BadRequest):
        frame = wire.decode_client(raw)
        assert conversation.receive(frame, WALL) is not None
