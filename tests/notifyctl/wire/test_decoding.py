import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.errors import BadRequest
from notifyctl.wire.decoding import decode, in_words
from tests.support.json_text import BYTES, TEXTS, VALUES, complaint


class Point(msgspec.Struct):
    x: int
    tags: list[str] = []


class StrictPoint(Point, forbid_unknown_fields=True):
    pass


points = msgspec.json.Decoder(Point)
strict_points = msgspec.json.Decoder(StrictPoint)


@given(raw=BYTES | TEXTS | VALUES.map(json.dumps))
def test_whatever_arrives_is_a_value_or_one_printable_sentence(raw: bytes | str) -> None:
    assert complaint(lambda: decode(raw, points)).isprintable()


@given(name=st.text(max_size=2_000))
def test_what_is_quoted_from_the_input_is_short_and_printable(name: str) -> None:
    raw = json.dumps({"x": 1, name: 2})
    sentence = complaint(lambda: decode(raw, strict_points))

    assert sentence.isprintable()
    assert len(sentence) < 350


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        ('{"x": "one"}', "x: it must be a whole number, not text"),
        ('{"x": 1, "tags": ["a", 2]}', "tags[1]: it must be text, not a whole number"),
        ("{}", "the field x is missing"),
        ("[]", "it must be an object, not a list"),
        ("{", "this is not JSON (Input data was truncated)"),
        ('{"x": "\ud800"}', "this is not JSON"),
        (b'{"x": 1, "tags": ["\xff"]}', "this is not JSON"),
        ("[" * 100_000, "it must be an object, not a list"),
        ('{"other": ' + "[" * 100_000, "the JSON is nested too deeply"),
    ],
)
def test_what_is_wrong_is_said_with_the_field_first(raw: bytes | str, detail: str) -> None:
    with pytest.raises(BadRequest) as error:
        decode(raw, points)

    assert str(error.value).startswith(f"The request is not valid: {detail}")


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("Expected `str` of length >= 1", "it may not be empty"),
        ("Expected `int` <= 65535", "it must be at most 65535"),
        ("Object contains unknown field `colour`", "there is no field colour"),
        ("Invalid enum value 'loud'", "'loud' is not among the values it can have"),
        ("Expected `str | array`, got `int`", "it must be text or a list, not a whole number"),
        ("Something new", "something new"),
    ],
)
def test_problems_are_said_as_people_say_them(problem: str, words: str) -> None:
    assert in_words(problem) == words
