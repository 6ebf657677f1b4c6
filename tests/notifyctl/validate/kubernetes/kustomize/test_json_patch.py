from typing import Any

import pytest

from notifyctl.validate.kubernetes.kustomize.json_patch import patched
from tests.support.manifests import tree

BASE = "{a: {b: 1}, list: [x, y], 'x/y': 1, '~': 2}"


def after(operations: str) -> Any:
    return patched(tree(BASE), tree(operations)).plain()


@pytest.mark.parametrize(
    ("operation", "path", "expected"),
    [
        ("{op: add, path: /a/c, value: 2}", "a", {"b": 1, "c": 2}),
        ("{op: add, path: /a/b, value: 2}", "a", {"b": 2}),
        ("{op: replace, path: /a/b, value: {c: 1}}", "a", {"b": {"c": 1}}),
        ("{op: remove, path: /a/b}", "a", {}),
        ("{op: add, path: /list/-, value: z}", "list", ["x", "y", "z"]),
        ("{op: add, path: /list/0, value: z}", "list", ["z", "x", "y"]),
        ("{op: add, path: /list/2, value: z}", "list", ["x", "y", "z"]),
        ("{op: replace, path: /list/1, value: z}", "list", ["x", "z"]),
        ("{op: remove, path: /list/0}", "list", ["y"]),
        ("{op: replace, path: /x~1y, value: 9}", "x/y", 9),
        ("{op: replace, path: /~0, value: 9}", "~", 9),
        ("{op: copy, from: /list/0, path: /a/c}", "a", {"b": 1, "c": "x"}),
        ("{op: move, from: /list/0, path: /a/c}", "list", ["y"]),
    ],
)
def test_an_operation_changes_what_its_path_says(operation: str, path: str, expected: Any) -> None:
    assert after(f"[{operation}]")[path] == expected


@pytest.mark.parametrize(
    "operation",
    [
        "{op: replace, path: /a/x, value: 2}",
        "{op: replace, path: /x/y/z, value: 2}",
        "{op: remove, path: /list/9}",
        "{op: add, path: /list/9, value: 1}",
        "{op: add, path: /list/one, value: 1}",
        "{op: add, path: /a/b/c, value: 1}",
        "{op: add, path: a, value: 1}",
        "{op: move, from: /nothing, path: /a/c}",
        "{op: test, path: /a/b, value: 5}",
        "{}",
        "5",
    ],
)
def test_an_operation_that_cannot_be_done_changes_nothing(operation: str) -> None:
    assert after(f"[{operation}]") == tree(BASE).plain()


def test_operations_follow_each_other() -> None:
    new = after("[{op: add, path: /n, value: {}}, {op: add, path: /n/m, value: 1}]")

    assert new["n"] == {"m": 1}


def test_a_new_value_stands_in_the_patch() -> None:
    patch = tree("[{op: replace, path: /a/b, value: 2}]", "patch.yaml")

    value = patched(tree(BASE), patch)["a"]["b"]

    assert (value.span.source.name, value.span.text) == ("patch.yaml", "2")
