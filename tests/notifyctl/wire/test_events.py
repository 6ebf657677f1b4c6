import json
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.errors import BadRequest
from notifyctl.wire import LEVELS, AnyEvent, Content, encode, lower_level
from notifyctl.wire.decoding import decode
from tests.support.json_text import BYTES, TEXTS, spoiled
from tests.support.vectors import vector, vector_name, vector_value

EVENTS = {vector_name(kind): kind for kind in get_args(AnyEvent)}
ALTERNATIVES = {"notification": {"hold"}, "read": {"through"}}

event_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
content_decoder = msgspec.json.Decoder(Content)


def content(**fields: object) -> Content:
    return decode(json.dumps({"title": "Hello", **fields}), content_decoder)


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_travels_as_its_vector_says(name: str) -> None:
    event = decode(vector(name), event_decoder)

    assert type(event) is EVENTS[name]
    assert json.loads(encode(event)) == vector_value(name)


@pytest.mark.parametrize("name", EVENTS)
def test_a_vector_shows_every_field(name: str) -> None:
    shown = vector_value(name).keys()

    assert set(EVENTS[name].__struct_encode_fields__) - shown == ALTERNATIVES[name]


@given(data=st.data(), name=st.sampled_from(sorted(EVENTS)))
def test_a_spoiled_event_is_at_worst_a_bad_request(data: st.DataObject, name: str) -> None:
    raw = data.draw(BYTES | TEXTS | spoiled(vector_value(name)).map(json.dumps))
    try:
        event = decode(raw, event_decoder)
    except BadRequest:
        return
    assert decode(encode(event), event_decoder) == event


@given(first=st.sampled_from(LEVELS), second=st.sampled_from(LEVELS))
def test_the_lower_level_is_the_less_urgent_one(first: str, second: str) -> None:
    order = ["low", "normal", "high", "critical"]
    lower = lower_level(first, second)  # type: ignore[arg-type]  # drawn from LEVELS

    assert order.index(lower) == min(order.index(first), order.index(second))


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "x" * 200},
        {"body": ""},
        {"body": "x" * 4096},
        {"category": "a.b_c-9"},
        {"collapse_key": "x" * 128},
        {"expires_at": "2027-01-15T08:00:00+01:00"},
        {"data": {"nested": [{"deep": None}]}},
    ],
)
def test_what_a_publisher_may_say(fields: dict[str, object]) -> None:
    assert content(**fields)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": None}, "title"),
        ({"body": "x" * 4097}, "body"),
        ({"category": "Capital"}, "category"),
        ({"category": "general\n"}, "category"),
        ({"category": ""}, "category"),
        ({"level": "urgent"}, "level"),
        ({"collapse_key": ""}, "collapse_key"),
        ({"url": ""}, "url"),
        ({"data": []}, "data"),
        ({"expires_at": "2027-01-15T08:00:00"}, "expires_at"),
        ({"expires_at": "tomorrow"}, "expires_at"),
    ],
)
def test_what_a_publisher_may_not_say_is_named(fields: dict[str, object], named: str) -> None:
    with pytest.raises(BadRequest, match=f": {named}: "):
        content(**fields)
