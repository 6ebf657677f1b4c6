import json
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl import errors
from notifyctl.client.session import Item, Received, Session
from notifyctl.client.states import Connecting, Online, Stopped, Waiting
from notifyctl.wire import (
    Ack,
    Claim,
    CloseCode,
    Error,
    Goaway,
    Ok,
    Retry,
    Welcome,
    comes_back,
)
from tests.support.frames import EPOCH, events, gap, stream_state, welcome
from tests.support.json_text import BYTES, TEXTS, VALUES

NOW = 1_800_000_000.0


def longest(_low: float, high: float) -> float:
    return high


def shortest(low: float, _high: float) -> float:
    return low


def session(
    *,
    device: str | None = "phone",
    topics: Sequence[str] = (),
    start: Mapping[str, Claim] | None = None,
    jitter: Callable[[float, float], float] = longest,
    renewable: bool = False,
) -> Session:
    return Session(
        device=device, topics=topics, start=start or {}, jitter=jitter, renewable=renewable
    )


def online(conversation: Session, answer: Welcome | None = None, now: float = NOW) -> list[Item]:
    conversation.connect()
    conversation.hello("token", now)
    return conversation.receive(answer or welcome(), now)


def seqs(items: Sequence[Item]) -> list[int]:
    return [item.event.seq for item in items if isinstance(item, Received)]


def lose(conversation: Session) -> None:
    conversation.closed(1006, "", NOW)


def waiting(state: Waiting | Stopped) -> float:
    assert isinstance(state, Waiting)
    return state.seconds_left(NOW)


# Hello


def test_a_new_client_claims_no_position() -> None:
    hello = session(topics=["topic:x"]).hello("secret", NOW)

    assert hello.token == "secret"
    assert hello.device == "phone"
    assert hello.streams == {"inbox": Claim(), "topic:x": Claim()}


def test_after_a_break_the_client_claims_what_was_handled() -> None:
    conversation = session()
    online(conversation)
    items = conversation.receive(events(1, 2, 3), NOW)
    conversation.handled(items[1])
    lose(conversation)

    assert conversation.hello("token", NOW).streams == {"inbox": Claim(epoch=EPOCH, after=2)}


def test_an_empty_stream_has_a_position_too() -> None:
    conversation = session()
    online(conversation, welcome(stream_state(7)))
    lose(conversation)

    assert conversation.hello("token", NOW).streams == {"inbox": Claim(epoch=EPOCH, after=7)}


def test_a_kept_position_is_claimed_at_the_start() -> None:
    kept = {"inbox": Claim(epoch=EPOCH, after=41)}

    assert session(start=kept).hello("token", NOW).streams == kept


def test_a_position_without_its_epoch_is_not_claimed_unless_it_is_the_first() -> None:
    hello = session(
        start={"inbox": Claim(after=41), "topic:x": Claim(after=0)}, topics=["topic:x"]
    ).hello("token", NOW)

    assert hello.streams == {"inbox": Claim(), "topic:x": Claim(after=0)}


# Events


def test_events_reach_the_application_in_order() -> None:
    conversation = session()
    online(conversation)

    items = conversation.receive(events(1, 2, live=False), NOW)

    assert [(item.stream, item.epoch) for item in items] == [("inbox", EPOCH)] * 2
    assert all(isinstance(item, Received) and not item.live for item in items)
    assert seqs(items) == [1, 2]


def test_a_repeated_event_is_dropped() -> None:
    conversation = session()
    online(conversation)
    conversation.receive(events(1, 2), NOW)

    assert seqs(conversation.receive(events(1, 2, 3), NOW)) == [3]


def test_an_event_that_was_seen_but_not_handled_is_dropped_when_it_is_replayed() -> None:
    conversation = session()
    online(conversation)
    conversation.receive(events(1, 2), NOW)
    lose(conversation)
    online(conversation, welcome(stream_state(0, head=3, resume="replay")))

    assert seqs(conversation.receive(events(1, 2, 3), NOW)) == [3]


def test_streams_are_counted_apart() -> None:
    conversation = session(topics=["topic:x"])
    online(conversation, welcome(topics={"topic:x": stream_state(10)}))

    assert seqs(conversation.receive(events(1), NOW)) == [1]
    assert seqs(conversation.receive(events(11, stream="topic:x"), NOW)) == [11]


# Gaps


def test_a_gap_reaches_the_application_once() -> None:
    conversation = session(start={"inbox": Claim(epoch=EPOCH, after=3)})
    online(conversation, welcome(stream_state(8, head=9, resume="gap")))

    assert conversation.receive(gap(4, 8), NOW) == [gap(4, 8)]
    lose(conversation)
    online(conversation, welcome(stream_state(8, head=9, resume="gap")))
    assert conversation.receive(gap(4, 8), NOW) == []
    assert seqs(conversation.receive(events(9), NOW)) == [9]


def test_a_gap_before_the_devices_cursor_reaches_a_client_that_kept_no_position() -> None:
    conversation = session()
    online(conversation, welcome(stream_state(8, head=9, resume="gap")))

    assert conversation.receive(gap(4, 8), NOW) == [gap(4, 8)]
    assert conversation.positions() == {"inbox": Claim(epoch=EPOCH, after=3)}


def test_a_gap_does_not_name_what_was_seen_before_the_break() -> None:
    conversation = session()
    online(conversation)
    conversation.handled(conversation.receive(events(1, 2, 3), NOW)[0])
    lose(conversation)
    online(conversation, welcome(stream_state(8, head=9, resume="gap")))

    assert conversation.receive(gap(2, 8), NOW) == [gap(4, 8)]


def test_a_new_epoch_resets_the_position() -> None:
    conversation = session(start={"inbox": Claim(epoch=EPOCH, after=40)})
    online(conversation, welcome(stream_state(2, head=3, epoch="e2", resume="gap")))
    lost = gap(1, 2, epoch="e2", reason="epoch")

    assert conversation.receive(lost, NOW) == [lost]
    assert seqs(conversation.receive(events(3, epoch="e2"), NOW)) == [3]
    assert conversation.positions() == {"inbox": Claim(epoch="e2", after=0)}
    conversation.handled(lost)
    assert conversation.positions() == {"inbox": Claim(epoch="e2", after=2)}


def test_the_news_of_a_lost_history_is_not_lost_with_its_connection() -> None:
    conversation = session(start={"inbox": Claim(epoch=EPOCH, after=40)})
    online(conversation, welcome(stream_state(2, epoch="e2", resume="gap")))
    lose(conversation)

    # The old position is claimed again, so that the server tells of the gap again.
    assert conversation.hello("token", NOW).streams["inbox"] == Claim(epoch=EPOCH, after=40)


def test_a_history_that_is_shorter_than_the_position_resets_it() -> None:
    conversation = session(start={"inbox": Claim(epoch=EPOCH, after=40)})
    online(conversation, welcome(stream_state(0, head=1, resume="gap")))
    conversation.receive(gap(1, 0, reason="epoch"), NOW)

    assert seqs(conversation.receive(events(1), NOW)) == [1]


def test_what_is_handled_of_a_lost_epoch_moves_nothing() -> None:
    conversation = session()
    online(conversation)
    (old,) = conversation.receive(events(1), NOW)
    conversation.receive(gap(1, 0, epoch="e2", reason="epoch"), NOW)

    conversation.handled(old)

    assert conversation.acks() == []
    assert conversation.positions() == {"inbox": Claim(epoch="e2", after=0)}


def test_a_history_that_changed_before_anything_was_handled_starts_anew() -> None:
    conversation = session()
    online(conversation)
    conversation.receive(events(1, 2), NOW)
    lose(conversation)
    # Position 0 has nothing to lose, so the server tells of no gap.
    answer = welcome(stream_state(3, head=4, epoch="e2", resume="replay"))

    assert online(conversation, answer) == []
    assert seqs(conversation.receive(events(4, epoch="e2"), NOW)) == [4]


def test_what_retention_took_from_a_device_that_handled_nothing_is_a_gap() -> None:
    conversation = session()
    online(conversation)
    conversation.receive(events(1, 2), NOW)
    lose(conversation)

    answer = welcome(stream_state(8, head=9, resume="replay"))

    assert online(conversation, answer) == [gap(3, 8)]


def test_asking_for_all_that_is_retained_misses_nothing() -> None:
    conversation = session(start={"inbox": Claim(after=0)})

    assert online(conversation, welcome(stream_state(8, head=9, resume="replay"))) == []
    assert seqs(conversation.receive(events(9), NOW)) == [9]


# Acks


def test_only_what_was_handled_is_acknowledged() -> None:
    conversation = session()
    online(conversation)
    items = conversation.receive(events(1, 2, 3), NOW)
    assert conversation.acks() == []

    conversation.handled(items[0])
    conversation.handled(items[1])

    assert conversation.acks() == [Ack(stream="inbox", epoch=EPOCH, seq=2)]
    assert conversation.acks() == []


def test_a_handled_gap_is_acknowledged() -> None:
    conversation = session(start={"inbox": Claim(epoch=EPOCH, after=3)})
    online(conversation, welcome(stream_state(8, resume="gap")))
    (missed,) = conversation.receive(gap(4, 8), NOW)
    conversation.handled(missed)

    assert conversation.acks() == [Ack(stream="inbox", epoch=EPOCH, seq=8)]


def test_an_ack_waits_until_this_connection_has_carried_the_event() -> None:
    conversation = session()
    online(conversation)
    items = conversation.receive(events(1, 2), NOW)
    lose(conversation)
    online(conversation, welcome(stream_state(0, head=2, resume="replay")))
    conversation.handled(items[1])
    assert conversation.acks() == []

    conversation.receive(events(1, 2), NOW)

    assert conversation.acks() == [Ack(stream="inbox", epoch=EPOCH, seq=2)]


def test_nothing_is_acknowledged_without_a_connection() -> None:
    conversation = session()
    online(conversation)
    items = conversation.receive(events(1), NOW)
    lose(conversation)
    conversation.handled(items[0])

    assert conversation.acks() == []


def test_a_client_without_a_device_acknowledges_nothing_and_resumes_all_the_same() -> None:
    conversation = session(device=None)
    online(conversation, welcome(device=None))
    conversation.handled(conversation.receive(events(1), NOW)[0])
    assert conversation.acks() == []
    lose(conversation)

    assert conversation.hello("token", NOW).streams == {"inbox": Claim(epoch=EPOCH, after=1)}


# Topics


def test_a_topic_that_was_subscribed_is_followed_after_a_break() -> None:
    conversation = session()
    online(conversation)
    request = conversation.subscribe(1, "topic:x")
    assert (request.stream, request.epoch, request.after) == ("topic:x", None, None)

    assert conversation.subscribed("topic:x", stream_state(5)) == []
    lose(conversation)

    claims = conversation.hello("token", NOW).streams
    assert claims["topic:x"] == Claim(epoch=EPOCH, after=5)


def test_a_topic_that_was_unsubscribed_is_forgotten() -> None:
    conversation = session(topics=["topic:x"])
    online(conversation, welcome(topics={"topic:x": stream_state(5)}))
    (late,) = conversation.receive(events(6, stream="topic:x"), NOW)

    conversation.unsubscribed("topic:x")
    conversation.handled(late)

    assert set(conversation.hello("token", NOW).streams) == {"inbox"}


def test_a_kept_position_is_claimed_when_its_topic_is_subscribed() -> None:
    conversation = session(start={"topic:x": Claim(epoch=EPOCH, after=5)})
    online(conversation)

    request = conversation.subscribe(1, "topic:x")

    assert (request.epoch, request.after) == (EPOCH, 5)


# After a close


@given(code=st.integers(1000, 4999), reason=st.text(max_size=123))
def test_the_range_of_a_close_code_decides(code: int, reason: str) -> None:
    conversation = session(renewable=True)
    online(conversation)

    state = conversation.closed(code, reason, NOW)

    assert isinstance(state, Waiting) == comes_back(code)
    assert (conversation.error is not None) == isinstance(state, Stopped)


@given(reason=BYTES.map(repr) | TEXTS | VALUES.map(json.dumps))
def test_no_reason_is_too_strange(reason: str) -> None:
    conversation = session()
    online(conversation)

    assert waiting(conversation.closed(4401, reason, NOW)) > 0


@given(raw=VALUES.map(lambda value: json.dumps({"code": "draining", "retry_ms": value})))
def test_no_time_in_a_reason_is_too_strange(raw: str) -> None:
    conversation = session()
    online(conversation)

    assert waiting(conversation.closed(4401, raw, NOW)) > 0


def test_the_wait_doubles_up_to_its_bound() -> None:
    conversation = session()

    delays = [waiting(conversation.lost("no server", NOW)) for _ in range(8)]

    assert delays == pytest.approx([0.5, 1, 2, 4, 8, 16, 20, 20], abs=1e-3)


def test_the_wait_is_never_zero() -> None:
    conversation = session(jitter=shortest)

    assert waiting(conversation.lost("no server", NOW)) == pytest.approx(0.1, abs=1e-3)


def test_the_welcome_says_how_clients_wait() -> None:
    conversation = session()
    online(conversation, welcome(retry=Retry(base_ms=2000, cap_ms=3000)))

    delays = [waiting(conversation.lost("no server", NOW)) for _ in range(3)]

    assert delays == pytest.approx([2, 3, 3], abs=1e-3)


def test_what_the_server_asks_for_wins() -> None:
    conversation = session()
    online(conversation)
    reason = json.dumps({"code": "draining", "retry_ms": 1830})

    assert waiting(conversation.closed(4401, reason, NOW)) == pytest.approx(1.83, abs=1e-3)


@pytest.mark.parametrize("reason", ["", "bye", "{", '{"retry_ms": "soon"}', '{"code": "x"}'])
def test_a_reason_without_a_time_leaves_the_wait_to_chance(reason: str) -> None:
    conversation = session()

    assert waiting(conversation.closed(4401, reason, NOW)) == pytest.approx(0.5, abs=1e-3)


def test_the_first_ack_makes_waits_short_again() -> None:
    conversation = session()
    for _ in range(4):
        conversation.lost("no server", NOW)
    online(conversation)
    conversation.handled(conversation.receive(events(1), NOW)[0])
    conversation.acks()

    assert waiting(conversation.closed(1006, "", NOW)) == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize(("seconds", "delay"), [(9.0, 8.0), (10.0, 0.5)])
def test_a_stable_connection_makes_waits_short_again(seconds: float, delay: float) -> None:
    conversation = session()
    for _ in range(4):
        conversation.lost("no server", NOW)
    online(conversation, now=NOW - seconds)

    assert waiting(conversation.closed(1006, "", NOW)) == pytest.approx(delay, abs=1e-3)


def test_a_client_with_a_token_source_comes_back_with_a_new_token() -> None:
    conversation = session(renewable=True)
    online(conversation)
    assert not conversation.renewal.wanted(NOW)

    state = conversation.closed(CloseCode.TOKEN_EXPIRED, "", NOW)

    assert isinstance(state, Waiting)
    assert conversation.renewal.wanted(NOW)


def test_a_client_without_a_token_source_stops_when_the_token_expired() -> None:
    conversation = session()
    online(conversation)

    assert isinstance(conversation.closed(CloseCode.TOKEN_EXPIRED, "", NOW), Stopped)
    assert isinstance(conversation.error, errors.TokenExpired)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (CloseCode.BAD_REQUEST, errors.BadRequest),
        (CloseCode.UNAUTHORIZED, errors.Unauthorized),
        (CloseCode.FORBIDDEN, errors.Forbidden),
        (CloseCode.REVOKED, errors.Unauthorized),
        (CloseCode.UNSUPPORTED_VERSION, errors.Stopped),
        (CloseCode.REPLACED, errors.Stopped),
        (1002, errors.Stopped),
    ],
)
def test_a_final_close_becomes_an_error_of_its_kind(
    code: int, kind: type[errors.NotifyError]
) -> None:
    conversation = session()

    state = conversation.closed(code, "", NOW)

    assert type(conversation.error) is kind
    assert state == Stopped(reason=str(conversation.error), code=code)


def test_the_servers_own_words_are_the_better_error() -> None:
    conversation = session()
    conversation.hello("token", NOW)
    conversation.receive(Error(code="token_invalid", message="It is forged.", fatal=True), NOW)

    conversation.closed(CloseCode.UNAUTHORIZED, "", NOW)

    assert isinstance(conversation.error, errors.TokenInvalid)
    assert str(conversation.error) == "It is forged."


def test_the_state_follows_the_connection() -> None:
    conversation = session()
    states = [conversation.state]
    online(conversation)
    states.append(conversation.state)
    conversation.receive(Goaway(reason="draining", retry_ms=10), NOW)
    conversation.receive(Ok(id="ping"), NOW)
    states.append(conversation.state)
    lose(conversation)
    states.append(conversation.state)

    welcomed = Online(session="s1", user="alice", unread=0)
    assert states[:3] == [Connecting(), welcomed, welcomed]
    assert isinstance(states[3], Waiting)
