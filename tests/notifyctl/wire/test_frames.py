import json
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl import wire
from notifyctl.errors import BadRequest, UnknownFrame
from notifyctl.wire import (
    AnyClientFrame,
    AnyServerFrame,
    Error,
    Events,
    Notification,
    Ok,
    Pong,
    decode_answer,
    decode_client,
    decode_server,
    encode,
    encode_events,
    frame_id,
)
from tests.support.frames import EPOCH, events, notification
from tests.support.json_text import BYTES, TEXTS, VALUES, complaint, spoiled
from tests.support.vectors import vector, vector_name, vector_value

CLIENT = {vector_name(kind): kind for kind in get_args(AnyClientFrame)}
SERVER = {vector_name(kind): kind for kind in get_args(AnyServerFrame)}
ANSWERS = {
    vector_name(kind): kind
    for kind in (
        wire.Subscribed,
        wire.PublishedOk,
        wire.ManyPublishedOk,
        wire.ReadOk,
        wire.TokenAccepted,
        wire.Pong,
    )
}


def utf8(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")


# One example of each


@pytest.mark.parametrize("name", CLIENT)
def test_a_client_frame_travels_as_its_vector_says(name: str) -> None:
    frame = decode_client(vector(name))

    assert type(frame) is CLIENT[name]
    assert json.loads(encode(frame)) == vector_value(name)


@pytest.mark.parametrize("name", SERVER)
def test_a_server_frame_travels_as_its_vector_says(name: str) -> None:
    frame = decode_server(vector(name))

    assert isinstance(frame, SERVER[name])
    assert json.loads(encode(frame)) == vector_value(name)


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_travels_as_its_vector_says(name: str) -> None:
    answer = decode_answer(vector(name), ANSWERS[name])

    assert json.loads(encode(answer)) == vector_value(name)
    assert isinstance(decode_server(vector(name)), Ok)


@pytest.mark.parametrize("name", [*CLIENT, *SERVER, *ANSWERS])
def test_a_vector_shows_every_field(name: str) -> None:
    kind = {**CLIENT, **SERVER, **ANSWERS}[name]
    shown = vector_value(name).keys()
    alternatives = {
        "mark_read": {"stream", "through"},
        "ping": {"op_id"},
        "refresh_token": {"op_id"},
        "subscribe": {"op_id"},
        "unsubscribe": {"op_id"},
        "error": {"fatal"},
    }

    assert set(kind.__struct_encode_fields__) - shown == alternatives.get(name, set())


def test_every_answer_in_the_language_has_a_vector() -> None:
    answers = {
        vector_name(kind)
        for kind in vars(wire).values()
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct)
        if kind.__struct_config__.tag == "ok"
    }

    assert answers == {*ANSWERS, "ok"}


# Anything else


@given(raw=BYTES | TEXTS | VALUES.map(utf8))
def test_nothing_that_arrives_at_a_server_is_worse_than_a_bad_request(raw: bytes | str) -> None:
    assert complaint(lambda: decode_client(raw)).isprintable()


@given(data=st.data(), name=st.sampled_from(sorted(CLIENT)))
def test_a_spoiled_frame_of_a_client_is_at_worst_a_bad_request(
    data: st.DataObject, name: str
) -> None:
    raw = utf8(data.draw(spoiled(vector_value(name))))
    try:
        frame = decode_client(raw)
    except BadRequest:
        frame_id(raw)
    else:
        assert decode_client(encode(frame)) == frame


@given(raw=BYTES | TEXTS | VALUES.map(utf8))
def test_nothing_that_arrives_at_a_client_is_worse_than_a_bad_request(raw: bytes | str) -> None:
    assert complaint(lambda: decode_server(raw)).isprintable()


@given(data=st.data(), name=st.sampled_from(sorted(SERVER)))
def test_a_spoiled_frame_of_a_server_is_at_worst_a_bad_request(
    data: st.DataObject, name: str
) -> None:
    raw = utf8(data.draw(spoiled(vector_value(name))))
    try:
        frame = decode_server(raw)
    except BadRequest:
        return
    if frame is not None:
        assert decode_server(encode(frame)) == frame


@given(data=st.data(), name=st.sampled_from(sorted(ANSWERS)))
def test_a_spoiled_answer_is_at_worst_a_bad_request(data: st.DataObject, name: str) -> None:
    raw = utf8(data.draw(spoiled(vector_value(name))))
    assert complaint(lambda: decode_answer(raw, ANSWERS[name])).isprintable()


def test_json_of_any_depth_is_at_worst_a_bad_request() -> None:
    with pytest.raises(BadRequest, match="nested too deeply"):
        decode_client(b'{"type":"publish","data":' + b"[" * 50_000)


# Other versions


@pytest.mark.parametrize("wait", [-1, 2**53, 10**400])
def test_a_time_that_no_clock_can_add_is_refused(wait: int) -> None:
    for frame in (
        {"type": "goaway", "reason": "draining", "retry_ms": wait},
        {"type": "error", "code": "x", "message": "x", "retry_ms": wait},
        {**vector_value("welcome"), "token_expires_in_ms": wait},
        {**vector_value("welcome"), "retry": {"base_ms": wait, "cap_ms": 1}},
        {**vector_value("welcome"), "retry": {"base_ms": 1, "cap_ms": wait}},
    ):
        with pytest.raises(BadRequest, match=r"_ms: it must be at (least|most)"):
            wire.decode_server(json.dumps(frame))


def test_a_field_that_only_newer_clients_know_is_ignored() -> None:
    frame = decode_client(b'{"type":"ping","id":1,"colour":"red"}')

    assert frame == wire.Ping(id=1)


def test_a_type_that_only_newer_clients_know_is_named() -> None:
    with pytest.raises(UnknownFrame, match="'fireworks'"):
        decode_client(b'{"type":"fireworks","id":7}')


def test_a_type_that_only_newer_servers_know_is_nothing() -> None:
    assert decode_server(b'{"type":"fireworks"}') is None


def test_events_that_only_newer_servers_know_are_left_out() -> None:
    raw = encode_events(
        "inbox", EPOCH, live=True, bodies=[b'{"kind":"fireworks","seq":1}', encode(notification(2))]
    )

    assert decode_server(raw) == events(2)


@pytest.mark.parametrize("body", [b'{"kind":"notification","seq":1}', b'{"seq":1}', b"7"])
def test_events_that_are_wrong_are_not_taken_for_new_ones(body: bytes) -> None:
    with pytest.raises(BadRequest):
        decode_server(encode_events("inbox", EPOCH, live=True, bodies=[body]))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b'{"type":"publish","id":7}', 7),
        (b'{"type":"publish","id":"seven"}', "seven"),
        (b'{"type":"fireworks","id":7}', 7),
        (b'{"type":"publish"}', None),
        (b'{"type":"publish","id":[]}', None),
        (b'{"type":"publish","id":7', None),
        (b"", None),
    ],
)
def test_an_unreadable_frame_still_has_the_id_that_its_sender_waits_for(
    raw: bytes, expected: int | str | None
) -> None:
    assert frame_id(raw) == expected


@given(raw=BYTES | TEXTS | VALUES.map(lambda value: utf8({"type": "x", "id": value})))
def test_whatever_arrives_has_an_id_or_none(raw: bytes | str) -> None:
    assert isinstance(frame_id(raw), int | str | None)


# Encoding


@pytest.mark.parametrize("seqs", [(), (1,), (1, 2, 3)])
def test_events_are_encoded_once_and_framed_as_often_as_needed(seqs: tuple[int, ...]) -> None:
    bodies = [encode(notification(seq)) for seq in seqs]

    assert encode_events("inbox", EPOCH, live=False, bodies=bodies) == encode(
        events(*seqs, live=False)
    )


def test_what_is_not_said_does_not_travel() -> None:
    assert json.loads(encode(Error(code="internal", message="Sorry."))) == {
        "type": "error",
        "code": "internal",
        "message": "Sorry.",
    }


def test_an_answer_keeps_the_id_of_its_request() -> None:
    for id_ in (1, "one"):
        frame = decode_server(encode(Pong(id=id_, at="2026-11-22T10:00:07.042Z")))
        assert frame == Ok(id=id_)


def test_the_frame_of_an_event_is_typed() -> None:
    frame = decode_server(encode(events(1)))

    assert isinstance(frame, Events)
    assert isinstance(frame.events[0], Notification)
