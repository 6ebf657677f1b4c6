from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifyctl.validate.schema.dialect import COMPOSE, KUBERNETES, Dialect
from notifyctl.validate.schema.shape import Pack, Shape
from notifyctl.validate.schema.walker import mismatches
from notifyctl.validate.source import Source
from notifyctl.validate.yaml_reader import read_yaml
from tests.support.schema_documents import tree_of

TEXT, NUMBER, PORT, PORTS, LABELS, ANY = range(6)
SHAPES: Final = [
    Shape(types=("string",)),
    Shape(types=("integer",), least=1, most=9),
    Shape(
        types=("object",), fields={"port": NUMBER, "name": TEXT}, required=("port",), closed=True
    ),
    Shape(types=("array",), items=PORT),
    Shape(types=("object",), other=TEXT),
    Shape(),
    Shape(
        types=("object",),
        fields={"ports": PORTS, "labels": LABELS, "mode": 7, "size": 8, "port": PORT},
        patterns={"^x-": ANY},
        any_of=("ports", "labels"),
        closed=True,
    ),
    Shape(types=("string",), choices=("Always", "Never", "")),
    Shape(types=("string", "number"), form="quantity"),
]
ROOT: Final = 6


def found(text: str, dialect: Dialect = KUBERNETES, *, is_partial: bool = False) -> list[str]:
    """Each mistake in a text: the text that its carets are under, and the sentence."""
    (document,) = read_yaml(Source("document.yaml", text)).documents
    pack = Pack(SHAPES, {})
    problems = mismatches(document, pack, ROOT, "a thing", dialect, is_partial=is_partial)
    return [f"{problem.span.text}: {problem.message}" for problem in problems]


def test_a_good_document_has_no_mistakes() -> None:
    text = "ports: [{port: 8, name: http}]\nlabels: {app: a}\nx-own: [1]\nmode: Never\nsize: 1Gi\n"

    assert found(text) == []


def test_every_mistake_is_told_at_its_place() -> None:
    text = "ports: [{port: eight}, {name: a}, {port: 8, nmae: a}]\nlabels: [a]\nmode: Sometimes\n"

    assert found(text) == [
        "eight: `ports[0].port` is a string, not a whole number",
        "name: a: `ports[1]` has no `port`",
        "nmae: `nmae` is no field of `ports[2]`",
        "[a]: `labels` is a list, not a mapping",
        "Sometimes: `mode` is `Sometimes`, which is none of `Always`, `Never`",
    ]


def test_one_of_some_fields_is_enough() -> None:
    assert found("labels: {}\n") == []
    assert found("mode: Never\n") == ["mode: a thing has neither `ports` nor `labels`"]


def test_a_number_has_its_limits() -> None:
    assert found("ports: [{port: 1}, {port: 9}]\n") == []
    assert found("ports: [{port: 10}]\n") == ["10: `ports[0].port` is 10, not from 1 to 9"]


def test_a_string_has_its_form() -> None:
    assert found("labels: {}\nsize: 1GB\n") == [
        "1GB: `size` is `1GB`, which is not a quantity such as `500m` or `128Mi`"
    ]


def test_an_empty_value_is_as_good_as_none_to_kubernetes() -> None:
    assert found("labels: {}\nmode:\nports: [{port: 8, name: ~}]\n") == []
    assert found("labels: {}\nports: [{port: ~}]\n") == ["port: `ports[0]` has no `port`"]


def test_an_unknown_field_is_one_whatever_is_in_it() -> None:
    assert found("labels: {}\nlabel:\n") == ["label: `label` is no field of a thing"]


def test_an_empty_value_is_a_value_to_compose() -> None:
    assert found("labels: {}\nmode:\n", COMPOSE) == ["mode: `mode` is empty, not a string"]


@pytest.mark.parametrize("text", ["ports: ${PORTS}", "labels: {}\nmode: ${MODE}", "labels: $X"])
def test_what_is_filled_in_later_may_be_anything(text: str) -> None:
    assert found(text, COMPOSE) == []
    assert found(text, KUBERNETES) == []


def test_nothing_is_missing_from_a_part() -> None:
    assert found("ports: [{nmae: a}]\n", is_partial=True) == [
        "nmae: `nmae` is no field of `ports[0]`"
    ]


def test_a_misspelled_field_is_not_missing_as_well() -> None:
    assert found("ports: [{prot: 8}]\n") == ["prot: `prot` is no field of `ports[0]`"]


def test_what_is_aliased_is_told_once() -> None:
    text = "x-port: &port {port: eight}\nports: [*port, *port]\n"

    assert found(text) == ["eight: `ports[0].port` is a string, not a whole number"]


def test_what_is_merged_counts() -> None:
    text = "x-port: &port {port: 8}\nports: [{<<: *port, name: a}]\n"

    assert found(text) == []


NAMES: Final = st.sampled_from(["ports", "labels", "mode", "size", "port", "prots", "x-a", "$", ""])
TEXTS: Final = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x7FF, exclude_categories=["C"])
)
WILD: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(NAMES | TEXTS, inner),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(
    value=st.dictionaries(NAMES, WILD, min_size=1, max_size=4),
    dialect=st.sampled_from([COMPOSE, KUBERNETES]),
)
def test_no_document_is_too_wild(value: dict[str, object], dialect: Dialect) -> None:
    pack = Pack(SHAPES, {})

    for problem in mismatches(tree_of(value), pack, ROOT, "a thing", dialect):
        assert problem.message
        assert 0 <= problem.span.start <= problem.span.end
