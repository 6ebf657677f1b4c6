"""What is sent: one notification, the same one again, or a line of input each."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.cli.letters import copies, from_lines, letter, paced, parse_data
from notifyctl.errors import BadRequest, UsageError
from notifyctl.wire import BatchItem
from tests.support.json_text import BYTES, spoiled

HELLO = {"to": "alice", "title": "Hello"}


def lines(*texts: str, key: str | None = None, **fields: Any) -> list[tuple[int, Any]]:
    """Each line's number with its notification, or with the words that refuse it."""
    raw = [text.encode() for text in texts]
    return [
        (number, str(item) if isinstance(item, BadRequest) else item)
        for number, item in from_lines(raw, fields, key)
    ]


# One, and the same again


def test_a_letter_has_the_fields_that_were_given() -> None:
    assert letter(HELLO) == BatchItem(to="alice", title="Hello")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"title": "x" * 201}, "title: it is longer than 200 characters"),
        ({"category": "Two Words"}, "category: "),
        ({"to": ["alice"]}, "to: it must be text"),
        ({"colour": "red"}, "there is no field colour"),
    ],
)
def test_a_field_that_is_not_valid_is_named(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadRequest) as caught:
        letter({**HELLO, **fields})

    assert problem in str(caught.value)


def test_copies_leave_the_keys_to_the_client_unless_one_is_given() -> None:
    assert [copy.key for copy in copies(HELLO, None, 3)] == [None, None, None]
    assert [copy.key for copy in copies(HELLO, "k", 3)] == ["k", "k#1", "k#2"]


# Lines


def test_each_line_is_a_notification_with_its_number() -> None:
    assert lines('{"to":"alice","title":"a"}\n', '{"to":"bob","title":"b","level":"high"}\n') == [
        (1, BatchItem(to="alice", title="a")),
        (2, BatchItem(to="bob", title="b", level="high")),
    ]


def test_blank_lines_count_but_are_left_out() -> None:
    assert lines("\n", '{"to":"alice","title":"a"}\n', "  \t\r\n") == [
        (2, BatchItem(to="alice", title="a"))
    ]


def test_options_fill_in_what_a_line_does_not_say() -> None:
    assert lines('{"title":"a","level":"low"}', to="alice", level="high", category="builds") == [
        (1, BatchItem(to="alice", title="a", level="low", category="builds"))
    ]


def test_a_key_for_all_lines_becomes_one_for_each() -> None:
    texts = ('{"title":"a"}', '{"title":"b","key":"own"}')

    assert [item.key for _, item in lines(*texts, to="alice", key="k")] == ["k#1", "own"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x", "this is not JSON"),
        ("[]", "it must be an object, not a list"),
        ("{", "this is not JSON"),
        ('{"to":"alice"}', "the field title is missing"),
        ('{"to":"alice","title":1}', "title: it must be text, not a whole number"),
        ('{"to":"alice","title":"a","foo":1}', "there is no field foo"),
        ('{"to":"alice","title":"a","expires_at":"2026-12-24T18:00"}', "expires_at: "),
    ],
)
def test_a_bad_line_has_its_reason_and_the_others_still_come(text: str, problem: str) -> None:
    (number, words), (last, item) = lines(text, json.dumps(HELLO))

    assert (number, last, item) == (1, 2, letter(HELLO))
    assert problem in words


@given(raw=st.lists(st.binary(max_size=40), max_size=3))
def test_no_input_raises_anything(raw: list[bytes]) -> None:
    for _, item in from_lines(raw, HELLO, None):
        assert isinstance(item, BatchItem | BadRequest)


# Pace


class Clock:
    """A clock that moves when somebody sleeps or works."""

    def __init__(self) -> None:
        self.now = 100.0

    def read(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


def test_without_a_rate_nobody_waits() -> None:
    clock = Clock()

    assert list(paced("abc", None, clock=clock.read, sleep=clock.pass_by)) == ["a", "b", "c"]
    assert clock.now == 100.0


def test_each_item_has_its_own_time_so_that_no_delay_adds_up() -> None:
    clock = Clock()
    sent = []
    for work in paced([0.1, 0.7, 0.0, 0.2], 2, clock=clock.read, sleep=clock.pass_by):
        sent.append(round(clock.now - 100, 3))
        clock.pass_by(work)

    # The third is late by the work of the second; the fourth is in time again.
    assert sent == [0.0, 0.5, 1.2, 1.5]


# Data


def test_data_are_names_with_texts() -> None:
    assert parse_data(["run=42", "url=a=b", "empty="]) == {"run": "42", "url": "a=b", "empty": ""}


@pytest.mark.parametrize("pair", ["run", "=42", ""])
def test_data_without_a_name_are_refused(pair: str) -> None:
    with pytest.raises(UsageError, match="write --data name=text"):
        parse_data([pair])


@given(
    given_lines=st.lists(BYTES | spoiled(HELLO).map(json.dumps).map(str.encode), max_size=5),
    fields=st.dictionaries(st.sampled_from(["to", "title", "level"]), st.text(max_size=9)),
)
def test_any_line_is_a_notification_or_refused_by_its_number(
    given_lines: list[bytes], fields: dict[str, str]
) -> None:
    found = list(from_lines(given_lines, fields, None))

    assert all(isinstance(item, BatchItem | BadRequest) for _, item in found)
    numbers = [number for number, _ in found]
    assert numbers == [
        number for number, line in enumerate(given_lines, start=1) if not line.isspace()
    ]


@given(pairs=st.lists(st.text(), max_size=4))
def test_any_data_is_an_object_or_refused(pairs: list[str]) -> None:
    try:
        data = parse_data(pairs)
    except UsageError:
        assert any(not pair.partition("=")[0] or "=" not in pair for pair in pairs)
    else:
        assert {f"{name}={text}" for name, text in data.items()} <= set(pairs)
