"""A text that remembers its lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.validate.source import Position, Source

TEXTS = st.text(alphabet="ab\n\r\t é\U0001f514", max_size=60)


@pytest.mark.parametrize(
    ("offset", "position"),
    [(0, (1, 1)), (2, (1, 3)), (3, (2, 1)), (5, (3, 1)), (6, (3, 2))],
)
def test_lines_and_columns_count_from_one(offset: int, position: tuple[int, int]) -> None:
    assert Source("a", "ab\nc\nd").position(offset) == Position(*position)


def test_a_column_counts_characters_and_not_bytes() -> None:
    assert Source("a", "ü\U0001f514x").position(2) == Position(1, 3)


def test_a_mark_of_the_byte_order_is_no_column() -> None:
    assert Source("a", "\ufeffkey: 1").text == "key: 1"


def test_a_line_comes_without_its_end() -> None:
    source = Source("a", "one\r\ntwo\nthree")

    assert [source.line(number) for number in range(5)] == ["", "one", "two", "three", ""]


def test_the_span_of_a_line_leaves_out_its_indentation() -> None:
    assert Source("a", "x\n   y z  \r\n").line_span(2).text == "y z"


def test_equal_places_are_equal() -> None:
    one, other = Source("a", "text"), Source("a", "text")

    assert one.span(0, 2) == other.span(0, 2)
    assert len({one.span(0, 2), other.span(0, 2), one.span(0, 3)}) == 2


def test_places_that_are_equal_do_not_differ() -> None:
    one, other = (Source("a.yaml", "abc").span(0, 1) for _ in range(2))

    assert not one != other  # noqa: SIM202 - a struct has an operator of its own for this


@given(TEXTS, st.data())
def test_a_position_leads_back_to_its_character(text: str, data: st.DataObject) -> None:
    source = Source("a", text)
    offset = data.draw(st.integers(0, len(source.text)))
    line, column = source.position(offset)

    assert source.starts[line - 1] + column - 1 == offset
