import pytest

from notifyctl.validate.schema.dialect import COMPOSE, KUBERNETES, Dialect
from notifyctl.validate.source import Source
from notifyctl.validate.tree import Node
from notifyctl.validate.yaml_reader import read_yaml


def value(text: str) -> Node:
    (document,) = read_yaml(Source("document.yaml", f"key: {text}\n")).documents
    return document["key"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("8000", "integer"),
        ("0644", "integer"),
        ("0o644", "integer"),
        ("1.0", "integer"),
        ("1.10", "number"),
        ('"8000"', "string"),
        ("!!str 8000", "string"),
        ("22:22", "string"),
        ("true", "boolean"),
        ("~", "null"),
        ("", "null"),
        ("[a]", "array"),
        ("{a: b}", "object"),
        ("!override [a]", "array"),
    ],
)
@pytest.mark.parametrize("dialect", [KUBERNETES, COMPOSE])
def test_types_that_both_read_alike(dialect: Dialect, text: str, found: str) -> None:
    assert dialect.type_of(value(text)) == found


@pytest.mark.parametrize("text", ["yes", "off", "On", "n"])
def test_old_booleans_are_booleans_to_kubernetes_and_strings_to_compose(text: str) -> None:
    assert KUBERNETES.type_of(value(text)) == "boolean"
    assert COMPOSE.type_of(value(text)) == "string"


@pytest.mark.parametrize(
    "text", ["1_000", "0b11", ".inf", "2024-01-31", "!reset null", "!vault abc", "!custom [a]"]
)
def test_what_parsers_do_not_agree_on_is_not_judged(text: str) -> None:
    assert KUBERNETES.type_of(value(text)) is None
    assert COMPOSE.type_of(value(text)) is None


@pytest.mark.parametrize("text", ["${REPLICAS}", "$PORT", "a-${TAG:-1}-b", "$$${PORT}"])
def test_variables_of_compose(text: str) -> None:
    assert COMPOSE.is_blank(text)


@pytest.mark.parametrize("text", ["", "8000", "$$HOME", "a$$"])
def test_what_is_no_variable_of_compose(text: str) -> None:
    assert not COMPOSE.is_blank(text)


@pytest.mark.parametrize(
    "text",
    [
        "${REPLICAS}",
        "$(REPLICAS)",
        "{{ replicas }}",
        "<replicas>",
        "@replicas@",
        "$PORT",
        "REPLICA_COUNT",
    ],
)
def test_blanks_that_a_template_fills_in(text: str) -> None:
    assert KUBERNETES.is_blank(text)


@pytest.mark.parametrize("text", ["two", "a$b", "8000", "a < b", "TCP", "Always"])
def test_what_is_no_blank(text: str) -> None:
    assert not KUBERNETES.is_blank(text)
