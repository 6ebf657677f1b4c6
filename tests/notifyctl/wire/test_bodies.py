import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.errors import BadRequest
from notifyctl.wire import (
    MAX_RECIPIENTS,
    BatchItem,
    Problem,
    PublishBody,
    Published,
    ReadBody,
    Rejected,
    Results,
    TokenBody,
    encode,
)
from notifyctl.wire.decoding import decode
from tests.support.json_text import BYTES, TEXTS, complaint, spoiled
from tests.support.vectors import vector_value

EXAMPLES: dict[type[msgspec.Struct], Any] = {
    PublishBody: {
        name: value
        for name, value in vector_value("publish").items()
        if name in PublishBody.__struct_fields__
    },
    BatchItem: {"to": "alice", "title": "Hello", "key": "k"},
    ReadBody: {"ids": ["one", "two"], "through": 3},
    TokenBody: {"user": "alice", "scope": "subscribe publish"},
}


@given(data=st.data(), kind=st.sampled_from(list(EXAMPLES)))
def test_a_spoiled_body_is_at_worst_a_bad_request(
    data: st.DataObject, kind: type[msgspec.Struct]
) -> None:
    raw = data.draw(BYTES | TEXTS | spoiled(EXAMPLES[kind]).map(json.dumps))
    decoder = msgspec.json.Decoder(kind)
    if not complaint(lambda: decode(raw, decoder)):
        body = decode(raw, decoder)
        assert decode(encode(body), decoder) == body


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_misspelt_field_is_refused_lest_it_be_lost(kind: type[msgspec.Struct]) -> None:
    raw = json.dumps({**EXAMPLES[kind], "titel": "x"})

    with pytest.raises(BadRequest, match="titel"):
        decode(raw, msgspec.json.Decoder(kind))


@pytest.mark.parametrize("count", [0, MAX_RECIPIENTS + 1])
def test_recipients_are_neither_nobody_nor_everybody(count: int) -> None:
    raw = json.dumps({"to": [f"user-{number}" for number in range(count)], "title": "Hello"})

    with pytest.raises(BadRequest, match="to"):
        decode(raw, msgspec.json.Decoder(PublishBody))


@pytest.mark.parametrize("through", [0, -1, 1.5, 2**53, "1"])
def test_a_position_is_a_number_from_one_on(through: object) -> None:
    with pytest.raises(BadRequest, match="through"):
        decode(json.dumps({"through": through}), msgspec.json.Decoder(ReadBody))


def test_results_say_which_were_stored_and_which_were_not() -> None:
    stored = Published(id="e", seq=1, stream="inbox", durability="fsync", sessions=0)
    results = Results(results=[stored, Rejected(code="forbidden", message="No.")])
    travels = json.loads(encode(results))

    assert [result["status"] for result in travels["results"]] == ["stored", "rejected"]
    assert decode(encode(results), msgspec.json.Decoder(Results)) == results


def test_a_problem_has_what_the_standard_asks_for() -> None:
    problem = Problem(title="Conflict", status=409, code="key_reused", detail="A sentence.")

    assert json.loads(encode(problem)) == {
        "title": "Conflict",
        "status": 409,
        "code": "key_reused",
        "detail": "A sentence.",
    }
