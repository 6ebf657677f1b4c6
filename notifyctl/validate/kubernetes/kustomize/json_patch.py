"""JSON Patch (RFC 6902): a list of operations on paths. An operation that cannot be done is not."""

from typing import Final

from notifyctl.validate.kubernetes.kustomize.grafting import (
    text_at,
    with_value,
    without,
)
from notifyctl.validate.tree import Mapping, Node, Sequence, sequence_at

_END: Final = "-"


def patched(node: Node, operations: Node) -> Node:
    """A tree after the operations."""
    for operation in operations.items:
        node = _performed(node, operation)
    return node


def _performed(node: Node, operation: Node) -> Node:
    path = _tokens(operation["path"].string)
    if not path:
        return node
    match operation["op"].string:
        case "add":
            return _set(node, path, _value_of(operation), insert=True)
        case "replace":
            return _set(node, path, _value_of(operation), insert=False)
        case "remove":
            return _set(node, path, None, insert=False)
        case "copy" | "move" as name:
            source = _tokens(operation["from"].string)
            value = _at(node, source)
            if not source or not value.exists:
                return node
            left = _set(node, source, None, insert=False) if name == "move" else node
            return _set(left, path, value, insert=True)
        case _:
            return node


def _value_of(operation: Node) -> Node:
    """The value of an operation; `null` or nothing is an empty one."""
    value = operation["value"]
    return value if value.exists else text_at(operation["path"], "")


def _tokens(pointer: str) -> list[str]:
    """The parts of a JSON pointer: `/spec/ports/0` in three."""
    if not pointer.startswith("/"):
        return []
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/")]


def _at(node: Node, path: list[str]) -> Node:
    for token in path:
        index = _index(node, token)
        node = node.items[index] if index is not None else node[token]
    return node


def _index(node: Node, token: str) -> int | None:
    """The index of an item that is there."""
    if not isinstance(node, Sequence) or not token.isdecimal() or len(token) > 9:
        return None
    return int(token) if int(token) < len(node.items) else None


def _set(node: Node, path: list[str], value: Node | None, *, insert: bool) -> Node:
    """A tree with another value at a path; without what is there if the value is None."""
    token, *rest = path
    if isinstance(node, Sequence):
        return _set_item(node, token, rest, value, insert=insert)
    if not isinstance(node, Mapping):
        return node
    if rest:
        inner = node[token]
        new = _set(inner, rest, value, insert=insert) if inner.exists else inner
        return with_value(node, token, new) if new is not inner else node
    if value is None:
        return without(node, token)
    return with_value(node, token, value) if insert or token in node.entries else node


def _set_item(
    node: Sequence, token: str, rest: list[str], value: Node | None, *, insert: bool
) -> Node:
    items = list(node.items)
    if insert and not rest and value is not None and token in (_END, str(len(items))):
        return sequence_at(node, [*items, value])
    index = _index(node, token)
    if index is None:
        return node
    if rest:
        items[index] = _set(items[index], rest, value, insert=insert)
    else:
        end = index if insert else index + 1
        items[index:end] = [] if value is None else [value]
    return sequence_at(node, items)
