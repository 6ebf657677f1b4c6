"""YAML values that remember where they stand.

Files that people write are often not what they should be. So asking never fails: what is not
there, or is of another kind, is a `Missing` node, which points at the place where it would be:

    probe = container["livenessProbe"]["httpGet"]["port"]
    probe.exists    False
    probe.head      `- name: notify`, the nearest thing that is there
"""

import re
from collections.abc import Iterable, Iterator
from types import EllipsisType
from typing import Any, Final, NamedTuple, TypeAlias

from notifyctl.validate.source import Source, Span

Value: TypeAlias = str | int | float | bool | None

_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE: Final = frozenset({"true", "True", "TRUE"})
_FALSE: Final = frozenset({"false", "False", "FALSE"})
# Booleans of YAML 1.1, which Kubernetes still reads as such and compose does not.
OLD_BOOLEANS: Final = frozenset(
    word
    for each in ("y", "yes", "n", "no", "on", "off")
    for word in (each, each.capitalize(), each.upper())
)
_INTEGER: Final = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_LONGEST_NUMBER: Final = 100
STRING_TAG: Final = "tag:yaml.org,2002:str"


class Node:
    """What every node answers; each kind overrides what it has.

    `span` is the value itself. `head` is where to point when something is missing in it: its key,
    or the first entry of an item of a list.
    """

    __slots__ = ("end", "head", "source", "start", "tag")

    def __init__(self, source: Source, start: int, end: int) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.head = Span(source, start, end)
        # An explicit tag such as `!reset`; empty if there is none.
        self.tag = ""

    @property
    def span(self) -> Span:
        """The value's place."""
        return Span(self.source, self.start, self.end)

    @property
    def exists(self) -> bool:
        """Whether there is a value; `key:` and `key: null` are none, as for Kubernetes."""
        return True

    def __bool__(self) -> bool:
        return self.exists

    def __getitem__(self, name: str) -> "Node":
        """The value of a key; a `Missing` node if there is no such key, or this is no mapping."""
        return Missing(self, name)

    def __contains__(self, name: str) -> bool:
        return self[name].exists

    @property
    def entries(self) -> dict[str, "Entry"]:
        """The entries of a mapping by their keys; none for anything else."""
        return {}

    @property
    def items(self) -> list["Node"]:
        """The items of a sequence; none for anything else."""
        return []

    @property
    def value(self) -> Value:
        """The value of a scalar as YAML 1.2 reads it; None for anything else."""
        return None

    @property
    def text(self) -> str | None:
        """A scalar that is not null, as written, without its quotes; None for anything else."""
        return None

    @property
    def string(self) -> str:
        """A scalar's text; empty for anything else."""
        return self.text or ""

    @property
    def integer(self) -> int | None:
        """A scalar that is a whole number; None for anything else, a quoted number included."""
        value = self.value
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    @property
    def is_true(self) -> bool:
        """Whether this is the scalar `true`."""
        return self.value is True

    def plain(self) -> Any:
        """The value in dicts, lists and scalars, as JSON has it; None if it is missing."""
        return None

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, in the order of the file; what is aliased comes once."""
        seen: set[int] = set()
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if id(node) not in seen:
                seen.add(id(node))
                yield node
                children = [entry.value for entry in node.entries.values()] or node.items
                waiting += reversed(children)


class Missing(Node):
    """What is not there; it points where its parent points."""

    __slots__ = ("name",)

    def __init__(self, parent: Node, name: str) -> None:
        super().__init__(parent.source, parent.head.start, parent.head.end)
        self.name = name

    @property
    def exists(self) -> bool:
        """Never."""
        return False


class Scalar(Node):
    """A single value. `style` is its quote, `|` or `>`, or empty if it is plain."""

    __slots__ = ("_value", "raw", "style")

    def __init__(self, source: Source, start: int, end: int, raw: str, style: str) -> None:
        super().__init__(source, start, end)
        self.raw = raw
        self.style = style
        self._value: Value | EllipsisType = ...

    @property
    def exists(self) -> bool:
        """Whether it is not null."""
        return bool(self.style) or bool(self.tag) or self.raw not in _NULLS

    @property
    def value(self) -> Value:
        """A plain scalar as its number, boolean or null; any other is a string."""
        if self._value is ...:
            self._value = self.raw if self.style or self.tag == STRING_TAG else resolve(self.raw)
        return self._value

    @property
    def text(self) -> str | None:
        """As written, without quotes; None if it is null."""
        return self.raw if self.exists else None

    @property
    def is_old_boolean(self) -> bool:
        """Whether it is a plain `yes`, `off` or the like: a boolean to some, a string to others."""
        return not self.style and not self.tag and self.raw in OLD_BOOLEANS

    def plain(self) -> Value:
        """The value."""
        return self.value


class Sequence(Node):
    """A list."""

    __slots__ = ("_items",)

    def __init__(self, source: Source, start: int, end: int, items: list[Node]) -> None:
        super().__init__(source, start, end)
        self._items = items

    @property
    def items(self) -> list[Node]:
        """What is in it."""
        return self._items

    def plain(self) -> list[Any]:
        """A list of plain values."""
        return [item.plain() for item in self._items]


class Entry(NamedTuple):
    """A key of a mapping and its value."""

    key: Scalar
    value: Node


class Mapping(Node):
    """Keys and values, in the order of the file."""

    __slots__ = ("_entries",)

    def __init__(self, source: Source, start: int, end: int, entries: dict[str, Entry]) -> None:
        super().__init__(source, start, end)
        self._entries = entries

    @property
    def entries(self) -> dict[str, Entry]:
        """What is in it."""
        return self._entries

    def __getitem__(self, name: str) -> Node:
        entry = self._entries.get(name)
        if entry is None:
            return Missing(self, name)
        return entry.value

    def plain(self) -> dict[str, Any]:
        """A dict of plain values."""
        return {name: entry.value.plain() for name, entry in self._entries.items()}


def mapping_at(place: Node, entries: dict[str, Entry]) -> Mapping:
    """A mapping that stands where another node does, or would, and has these entries."""
    mapping = Mapping(place.source, place.start, place.end, entries)
    mapping.head, mapping.tag = place.head, place.tag
    return mapping


def sequence_at(place: Node, items: Iterable[Node]) -> Sequence:
    """A list that stands where another node does, or would, and has these items."""
    sequence = Sequence(place.source, place.start, place.end, list(items))
    sequence.head, sequence.tag = place.head, place.tag
    return sequence


def resolve(text: str) -> Value:
    """What a plain scalar means in YAML 1.2's core schema.

    >>> [resolve(text) for text in ("8000", "true", "~", "yes", "22:22", "1.5")]
    [8000, True, None, 'yes', '22:22', 1.5]
    """
    if text in _NULLS:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if len(text) > _LONGEST_NUMBER:
        # Nobody means them, and Python refuses to read thousands of digits.
        return text
    if _INTEGER.fullmatch(text):
        # A zero in front: decimal here, octal in YAML 1.1; the same kind of value for both.
        return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def path_of(root: Node, wanted: Node) -> str:
    """The way from a root to a node: `spec.containers[0].image`; empty if it is not below."""
    waiting: list[tuple[Node, str]] = [(root, "")]
    seen: set[int] = set()
    while waiting:
        node, path = waiting.pop()
        if node is wanted:
            return path
        if id(node) in seen:
            continue
        seen.add(id(node))
        for name, entry in node.entries.items():
            waiting.append((entry.value, f"{path}.{name}" if path else name))
        for index, item in enumerate(node.items):
            waiting.append((item, f"{path}[{index}]"))
    return ""
