"""YAML is read with the place of every value, and one mistake hides nothing else."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.validate.source import Source
from notifyctl.validate.tree import Node, Scalar
from notifyctl.validate.yaml_reader import Reading, read_yaml

WORDS = st.text(alphabet="abc é:#-'\"{}[]&*!|>%@`\n\t,\U0001f514", max_size=8)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-99, 99), WORDS, st.sampled_from(["yes", "~", "012"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


def read(text: str) -> Reading:
    return read_yaml(Source("a.yaml", text))


def root(text: str) -> Node:
    reading = read(text)

    assert reading.flaws == []
    return reading.documents[0]


def messages(text: str) -> list[tuple[str, int, int]]:
    return [(flaw.message, *flaw.span.begin) for flaw in read(text).flaws]


def test_every_value_knows_its_place() -> None:
    node = root("# c\nspec:\n  ports:\n    - name: ws  # here\n      port: 8001\n")
    port = node["spec"]["ports"].items[0]["port"]

    assert port.span.text == "8001"
    assert port.span.begin == (5, 13)


def test_a_block_ends_with_its_last_value() -> None:
    node = root("a:\n  b: |\n    one\n    two\n\n# comment\nc: 1\n")

    assert node["a"].span.text == "b: |\n    one\n    two"


def test_a_value_behind_an_anchor_and_a_tag_begins_with_itself() -> None:
    node = root("a: &x !override [1]\nb: !reset null\nc: &y text\n")

    assert [node[name].span.text for name in "abc"] == ["[1]", "null", "text"]
    assert [node[name].tag for name in "abc"] == ["!override", "!reset", ""]


def test_merged_keys_stand_where_they_were_written_and_lose_to_those_beside() -> None:
    node = root("base: &base {a: 1, b: 2}\nuse:\n  <<: *base\n  b: 3\n")

    assert node["use"].plain() == {"b": 3, "a": 1}
    assert node["use"]["a"].span.begin.line == 1


def test_several_mappings_are_merged_and_the_first_one_wins() -> None:
    node = root("x: &x {a: 1}\ny: &y {a: 2, b: 2}\nuse: {<<: [*x, *y]}\n")

    assert node["use"].plain() == {"a": 1, "b": 2}


def test_a_quoted_merge_key_is_a_key() -> None:
    assert root("'<<': {a: 1}\n").plain() == {"<<": {"a": 1}}


def test_a_key_that_is_there_twice_is_told_with_both_places() -> None:
    flaw = read("a: 1\nb: 2\na: 3\n").flaws[0]

    assert "`a` is there twice" in flaw.message
    assert flaw.span.begin.line == 3
    assert flaw.first is not None
    assert flaw.first.begin.line == 1


def test_a_broken_document_hides_none_of_the_others() -> None:
    reading = read("a: 1\n---\nb: [1\n---\nc: 3\n")

    assert [document.plain() for document in reading.documents] == [{"a": 1}, {"c": 3}]
    assert [flaw.span.begin.line for flaw in reading.flaws] == [3]


def test_a_tab_is_called_a_tab() -> None:
    assert messages("a:\n\t- b\n") == [("YAML is not indented with tabs", 2, 1)]


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a: *no\n", "the anchor 'no' is not defined above", 1),
        ("a: &x\n  b: *x\n", "the anchor 'x' contains itself", 2),
        ("? [a]\n: 1\n", "a mapping or list is used as a key", 1),
        ("a: b: c\n", "this is not valid YAML", 1),
        ("a: 'never ends\n", "this is not valid YAML", 1),
        ("a: \x01\n", "this is not valid YAML", 1),
        ("[" * 300, "values are nested more than 200 deep", 1),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, message: str, line: int) -> None:
    flaw = read(text).flaws[0]

    assert flaw.message.startswith(message)
    assert abs(flaw.span.begin.line - line) <= 1


def test_aliases_of_aliases_stand_for_a_bounded_number_of_values() -> None:
    lines = ["a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]

    flaw = read("\n".join(lines)).flaws[0]

    assert "stands for more than" in flaw.message
    assert "aliases" in flaw.help


def test_a_document_that_is_too_large_by_itself_is_told_to_be_split() -> None:
    flaw = read("[" + "1," * 500_001 + "]").flaws[0]

    assert "stands for more than" in flaw.message
    assert flaw.help == "split it into several documents"


def test_windows_line_ends_and_marks_change_no_place() -> None:
    node = root("\ufeffa: 1\r\nb:\r\n  - c: 2\r\n")

    assert node["b"].items[0]["c"].span.begin == (3, 8)
    assert node["b"].items[0]["c"].span.text == "2"


def test_comments_and_directives_belong_to_the_document_below() -> None:
    reading = read("# licence\n%YAML 1.1\n---\na: 1\n...\n---\n---\n# nothing\n---\nb: 2\n")

    assert reading.flaws == []
    assert [document.plain() for document in reading.documents] == [{"a": 1}, {"b": 2}]


@given(VALUES, st.booleans())
def test_what_pyyaml_writes_is_read_with_the_text_of_every_value(value: Any, flow: bool) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    reading = read(text)

    assert reading.flaws == []
    documents = [document.plain() for document in reading.documents]
    assert documents == ([] if value is None else [value])
    for document in reading.documents:
        for node in document.walk():
            if isinstance(node, Scalar) and node.exists:
                again = read(node.span.text).documents
                shown = again[0].plain() if again and isinstance(again[0], Scalar) else node.value
                assert shown == node.value or "\n" in node.span.text


@given(st.text(alphabet="ab:-#&*!|>{}[],'\"%\n \t\r\x00\ufeff---", max_size=60))
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    source = Source("a.yaml", text)
    reading = read_yaml(source)

    for flaw in reading.flaws:
        assert 0 <= flaw.span.start <= flaw.span.end <= len(source.text)
    for document in reading.documents:
        for node in document.walk():
            assert 0 <= node.start <= node.end <= len(source.text)
