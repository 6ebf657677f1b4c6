"""YAML values that remember where they stand, and never refuse an answer."""

import pytest

from notifyctl.validate.source import Source
from notifyctl.validate.tree import (
    Entry,
    Node,
    Scalar,
    Value,
    mapping_at,
    path_of,
    resolve,
    sequence_at,
)
from notifyctl.validate.yaml_reader import read_yaml


def tree(text: str) -> Node:
    return read_yaml(Source("a.yaml", text)).documents[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("on", "on"),
        ("8000", 8000),
        ("-1", -1),
        ("0644", 644),
        ("0o17", 15),
        ("0x1F", 31),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.2.3", "1.2.3"),
        ("22:22", "22:22"),
        ("1_000", "1_000"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_a_plain_scalar_is_read_as_yaml_1_2_reads_it(text: str, value: Value) -> None:
    assert resolve(text) == value


def test_what_is_not_there_is_missing_and_points_at_what_is() -> None:
    container = tree("- name: notify\n  image: a\n").items[0]
    port = container["livenessProbe"]["httpGet"]["port"]

    assert not port.exists
    assert port.head.text == "name: notify"
    assert (port.value, port.text, port.integer, port.items, port.entries) == (
        None,
        None,
        None,
        [],
        {},
    )


def test_the_head_of_a_value_is_its_key() -> None:
    assert tree("spec:\n  a: {b: 1}\n")["spec"]["a"].head.text == "a"


def test_a_key_without_a_value_does_not_exist() -> None:
    root = tree("probe:\nother: null\nempty: ''\n")

    assert [name in root for name in ("probe", "other", "empty", "none")] == [
        False,
        False,
        True,
        False,
    ]


def test_a_quoted_number_is_a_string() -> None:
    root = tree("a: '8000'\nb: 8000\nc: true\n")

    assert (root["a"].integer, root["a"].text) == (None, "8000")
    assert (root["b"].integer, root["b"].text) == (8000, "8000")
    assert root["c"].integer is None


def test_old_booleans_are_known_where_they_are_plain() -> None:
    root = tree("a: yes\nb: 'yes'\nc: true\n")

    assert [root[name].value for name in "abc"] == ["yes", "yes", True]
    scalars = [node for node in root.walk() if isinstance(node, Scalar)]
    assert [scalar.is_old_boolean for scalar in scalars] == [True, False, False]


def test_walking_meets_an_aliased_value_once() -> None:
    root = tree("a: &x [1, 2]\nb: *x\nc: *x\n")

    assert [node.value for node in root.walk() if node.value is not None] == [1, 2]


def test_the_path_of_a_node_leads_to_it() -> None:
    root = tree("spec:\n  containers:\n    - {name: a}\n    - {name: b, ports: [{port: 1}]}\n")
    port = root["spec"]["containers"].items[1]["ports"].items[0]["port"]

    assert path_of(root, port) == "spec.containers[1].ports[0].port"
    assert path_of(root, tree("a: 1")) == ""


def test_what_takes_the_place_of_a_node_stands_where_that_stood() -> None:
    root = tree("a: !reset {b: 1}\nc: [1, 2]")
    entries: dict[str, Entry] = {}
    mapping, sequence = mapping_at(root["a"], entries), sequence_at(root["c"], [root["a"]])

    assert (mapping.span, mapping.head.text, mapping.tag) == (root["a"].span, "a", "!reset")
    assert mapping.plain() == {}
    assert (sequence.span, sequence.head.text) == (root["c"].span, "c")
    assert sequence.plain() == [{"b": 1}]
