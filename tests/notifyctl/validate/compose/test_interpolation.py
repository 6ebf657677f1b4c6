import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.validate.compose.interpolation import (
    UNKNOWN,
    fill,
    filled,
    interpolate,
    is_unknown,
    known,
    references,
    written_references,
)
from notifyctl.validate.tree import Scalar
from tests.support.compose import tree

VARIABLES = {"SET": "value", "EMPTY": ""}
PARTS = st.sampled_from(
    ["$", "$$", "{", "}", "${", "SET", "EMPTY", "NONE", ":-", "-", ":?", "?", ":+", "+", "x", " "]
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("$SET", "value"),
        ("${SET}", "value"),
        ("a${SET}b$SET-c", "avaluebvalue-c"),
        ("${SET:-default}", "value"),
        ("${SET-default}", "value"),
        ("${EMPTY:-default}", "default"),
        ("${EMPTY-default}", ""),
        ("${NONE:-default}", "default"),
        ("${NONE-default}", "default"),
        ("${NONE:-}", ""),
        ("${NONE:-${SET}}", "value"),
        ("${NONE:-a${NONE:-b${NONE-c}}d}e", "abcde"),
        ("${SET:?must be set}", "value"),
        ("${SET?must be set}", "value"),
        ("${EMPTY?must be set}", ""),
        ("${SET:+other}", "other"),
        ("${SET+${EMPTY:-inner}}", "inner"),
        ("${EMPTY:+other}", ""),
        ("${EMPTY+other}", "other"),
        ("$$SET", "$SET"),
        ("$${SET}", "${SET}"),
        ("$$$SET", "$value"),
        ("${NONE:-{}}", "{}"),
        ("${NONE:-8000}:8000", "8000:8000"),
    ],
)
def test_what_the_files_say_is_filled_in(text: str, expected: str) -> None:
    # The default `{` of `${NONE:-{}}` ends at the first brace, as it does for compose.
    assert fill(text, VARIABLES) == expected


def test_variables_that_double_each_other_are_unknown_beyond_what_a_process_can_have() -> None:
    variables = {"A": "x" * 10}
    for _ in range(60):
        variables["A"] = fill("$A${A}", variables)
    assert UNKNOWN in variables["A"]
    assert len(variables["A"]) < 200_000
    assert fill("$A$A", {"A": "x" * 1_000}) == "x" * 2_000


@pytest.mark.parametrize(
    "text",
    [
        "$NONE",
        "${NONE}",
        "${NONE:?must be set}",
        "${NONE?must be set}",
        "${EMPTY:?must be set}",
        "${NONE:+other}",
        "${NONE+other}",
        "${NONE:-$NONE}",
        "$(date)",
        "${SET",
        "${SET/a/b}",
        "${}",
        "$1",
    ],
)
def test_what_they_do_not_say_stays_unknown(text: str) -> None:
    assert UNKNOWN in fill(text, VARIABLES)


def test_what_is_known_of_a_value_is_kept_beside_what_is_not() -> None:
    assert fill("${NONE}:8000", VARIABLES) == f"{UNKNOWN}:8000"


def test_a_value_of_which_all_is_known_takes_the_place_of_the_reference() -> None:
    node = interpolate(tree("port: ${NONE:-8000}"), VARIABLES)["port"]

    assert (node.value, known(node), node.span.text) == (8000, "8000", "${NONE:-8000}")


def test_a_value_of_which_something_is_unknown_stays_as_it_is_written() -> None:
    node = interpolate(tree('image: "app:${TAG}"'), VARIABLES)["image"]

    assert (node.text, known(node), is_unknown(node)) == ("app:${TAG}", None, True)
    assert filled(node) == f"app:{UNKNOWN}"


def test_a_doubled_dollar_is_a_dollar_and_no_variable() -> None:
    node = interpolate(tree("hash: $$2y$$10"), VARIABLES)["hash"]

    assert (known(node), is_unknown(node)) == ("$2y$10", False)


def test_keys_are_no_values() -> None:
    assert interpolate(tree("$SET: 1"), VARIABLES).plain() == {"$SET": 1}


def test_what_is_aliased_stays_one_node() -> None:
    root = interpolate(tree("a: &a [$SET]\nb: *a"), VARIABLES)

    assert root["a"] is root["b"]
    assert root["a"].plain() == ["value"]


def test_a_key_keeps_the_place_of_what_is_missing_below_it() -> None:
    root = interpolate(tree("services:\n  app:\n    image: $SET\n"), VARIABLES)

    assert root["services"]["app"]["ports"].head.text == "app"


def test_a_reference_stands_where_it_is_written() -> None:
    node = tree("""image: "${A}/app:${TAG:-${B}}" """)["image"]
    assert isinstance(node, Scalar)

    found = list(written_references(node))

    assert [(each.name, each.operand, span.text) for each, span in found] == [
        ("A", "", "${A}"),
        ("TAG", "${B}", "${TAG:-${B}}"),
    ]


def test_a_required_variable_is_told_from_one_with_a_default() -> None:
    assert [each.operator for each in references("${A:?} ${A-} $A")] == [":?", "-", ""]


def test_what_is_nested_without_end_is_unknown_and_ends() -> None:
    assert UNKNOWN in fill("${A:-" * 5_000 + "x" + "}" * 5_000, {})
    assert UNKNOWN in fill("${A:-" * 50_000, {})


@given(st.lists(PARTS, max_size=20).map("".join))
def test_whatever_a_text_holds_its_references_are_parts_of_it(text: str) -> None:
    end = 0
    for reference in references(text):
        assert text[reference.start] == "$"
        assert end <= reference.start < reference.end <= len(text)
        end = reference.end
    fill(text, VARIABLES)


@given(st.text(st.characters(exclude_characters="$")))
def test_a_text_without_variables_stays_what_it_is(text: str) -> None:
    assert fill(text, VARIABLES) == text


@given(st.text())
def test_a_text_whose_dollars_are_doubled_means_itself(text: str) -> None:
    assert fill(text.replace("$", "$$"), VARIABLES) == text


@given(st.lists(PARTS, max_size=20).map("".join))
def test_more_variables_never_make_less_known(text: str) -> None:
    everything = {**VARIABLES, "NONE": "now"}

    if UNKNOWN not in fill(text, {}):
        assert UNKNOWN not in fill(text, everything) or ":?" in text
