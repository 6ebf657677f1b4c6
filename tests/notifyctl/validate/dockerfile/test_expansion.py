import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.validate.dockerfile.expansion import expand

KNOWN = {"A": "1", "EMPTY": "", "DECLARED": None}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("$A", "1"),
        ("${A}2", "12"),
        ("$AB", None),
        ("a'$A'b", "a$Ab"),
        ('a"$A b"', "a1 b"),
        ("\\$A", "$A"),
        ('"\\$A \\x"', "$A \\x"),
        ("$", "$"),
        ("a$ b", "a$ b"),
        ("${A:-x}", "1"),
        ("${EMPTY:-x}", "x"),
        ("${EMPTY-x}", ""),
        ("${DECLARED:-x}", "x"),
        ("${DECLARED-$A}", "1"),
        ("${OTHER:-x}", None),
        ("${A:+x}", "x"),
        ("${EMPTY:+x}", ""),
        ("${EMPTY+x}", "x"),
        ("${DECLARED:+x}", ""),
        ("${OTHER:+x}", None),
        ("${A:?no}", "1"),
        ("${DECLARED:?no}", None),
        ("${A:-${OTHER}}", "1"),
        ("${DECLARED:-${OTHER}}", None),
        ("${DECLARED:-${DECLARED:-y}}z", "yz"),
        ("${A%x}", None),
        ("$DECLARED", None),
        ("${A", None),
        ("'a", None),
        ('"a', None),
        ("a\\", "a"),
    ],
)
def test_what_is_known_is_put_in_and_the_rest_stays_unknown(
    text: str, expected: str | None
) -> None:
    assert expand(text, KNOWN) == expected


def test_the_escape_may_be_another_one() -> None:
    assert expand("c:\\`$A$A", KNOWN, "`") == "c:\\$A1"


def test_variables_that_double_each_other_are_not_known_beyond_what_a_process_can_have() -> None:
    variables: dict[str, str | None] = {"A": "x" * 10}
    for _ in range(60):
        variables["A"] = expand("$A${A}", variables)
    assert variables["A"] is None
    assert expand("$A$A", {"A": "x" * 1_000}) == "x" * 2_000


@given(st.text("ab ", max_size=9))
def test_a_text_without_signs_stays_as_it_is(text: str) -> None:
    assert expand(text, {}) == text


@given(st.text("aA${}:-+'\"\\ ", max_size=30))
def test_every_text_is_expanded_or_unknown(text: str) -> None:
    assert isinstance(expand(text, KNOWN), str | None)


def test_variables_in_variables_come_to_an_end() -> None:
    assert expand("${A:-" * 10_000, {"A": None}) is None
