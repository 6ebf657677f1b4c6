"""Changes trees by making new ones: what stays the same is shared, and keeps its place."""

from collections.abc import Callable
from typing import Final

from notifyctl.validate.tree import Entry, Mapping, Node, Scalar, mapping_at, sequence_at

Change = Callable[[Node], Node]

# In a path: go on with every item of the list.
EACH: Final = "[]"


def always(value: Node) -> Change:
    """The change of anything to a value."""
    return lambda _: value


def text_at(place: Node, text: str) -> Scalar:
    """A string that stands nowhere in the files, but comes from this place."""
    scalar = Scalar(place.source, place.start, place.end, text, '"')
    scalar.head = place.head
    return scalar


def with_value(node: Node, name: str, value: Node) -> Mapping:
    """A mapping in which a key has another value; a new key stands where the value does."""
    old = node.entries.get(name)
    key = old.key if old else text_at(value, name)
    return mapping_at(node, {**node.entries, name: Entry(key, value)})


def without(node: Node, name: str) -> Mapping:
    """A mapping without a key."""
    return mapping_at(node, {key: e for key, e in node.entries.items() if key != name})


def overlaid(node: Node, entries: dict[str, Entry]) -> Mapping:
    """A mapping with further entries, which win over its own."""
    return mapping_at(node, {**node.entries, **entries})


def changed(node: Node, path: tuple[str, ...], change: Change, *, create: bool = False) -> Node:
    """A tree in which the value at a path is changed; the same one if there is none.

    To `create`, the change is handed what is missing, and mappings are made on the way to it.
    """
    if not path:
        return change(node)
    name, *rest = path
    if name == EACH:
        return _each_changed(node, tuple(rest), change, create=create)
    inner = node[name]
    if not inner.exists and not create and not isinstance(inner, Mapping):
        return node
    if not isinstance(node, Mapping) and node.exists:
        return node
    new = changed(inner, tuple(rest), change, create=create)
    return node if new is inner else with_value(node, name, new)


def _each_changed(node: Node, path: tuple[str, ...], change: Change, *, create: bool) -> Node:
    items = [changed(item, path, change, create=create) for item in node.items]
    same = all(new is old for new, old in zip(items, node.items, strict=True))
    return node if same else sequence_at(node, items)


def rewritten(node: Node, rewrite: Callable[[str, Node], Node], name: str = "") -> Node:
    """A tree in which every value was handed to `rewrite`, with its key, from the inside out.

    The items of a list come with the key of the list.
    """
    if entries := node.entries:
        new = {key: rewritten(entry.value, rewrite, key) for key, entry in entries.items()}
        if any(new[key] is not entry.value for key, entry in entries.items()):
            node = mapping_at(
                node, {key: Entry(entry.key, new[key]) for key, entry in entries.items()}
            )
    elif items := node.items:
        inner = [rewritten(item, rewrite, name) for item in items]
        if any(new is not old for new, old in zip(inner, items, strict=True)):
            node = sequence_at(node, inner)
    return rewrite(name, node)
