"""Reads YAML into a tree that remembers where everything stands.

PyYAML's parser (libyaml) reports events with their places; the tree is built from them here,
because what PyYAML builds keeps only the last of two equal keys, follows aliases into ever larger
trees, and stops the whole file at the first mistake. A document that cannot be read is told as a
`Flaw`, and those around it are still there.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, Protocol, TypeAlias

import msgspec
import yaml

from notifyctl.validate.source import Flaw, Source, Span
from notifyctl.validate.tree import Entry, Node, Scalar, Sequence
from notifyctl.validate.tree import Mapping as MappingNode

# A document starts at a line of `---` and nowhere else, so each can be read by itself.
_START: Final = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_CONTENT: Final = re.compile(r"^(?!%)[ \t]*[^#\s]", re.MULTILINE)
_DEEPEST: Final = 200
# Aliases in aliases can make a small file stand for more values than any memory holds.
_MOST_VALUES: Final = 500_000
_MERGE: Final = "<<"
_TAB: Final = re.compile(r"^[ ]*\t[ \t]*(?=\S)", re.MULTILINE)


class _Mark(Protocol):
    """A place, as both of PyYAML's parsers tell it."""

    @property
    def index(self) -> int:
        """How many characters are before it."""


class Reading(msgspec.Struct, frozen=True):
    """What was read: the documents that are whole, and what is wrong with the file."""

    documents: list[Node]
    flaws: list[Flaw]


# What was read of each file, by the file's path.
Files: TypeAlias = Mapping[str, tuple[Source, Reading]]


class _Unreadable(Exception):
    """The rest of a document cannot be read."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.message)
        self.flaw = flaw


def read_yaml(source: Source) -> Reading:
    """Every document of a source. Empty documents are left out."""
    reading = Reading([], [])
    for start, end in _chunks(source.text):
        builder = _Builder(source, start, reading.flaws)
        try:
            found = builder.documents(source.text[start:end])
            reading.documents.extend(node for node in found if node.exists)
        except _Unreadable as unreadable:
            reading.flaws.append(unreadable.flaw)
        except yaml.YAMLError as error:
            reading.flaws.append(_flaw_of(source, start, end, error))
    return reading


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    """Where the documents of a text begin and end."""
    begin = 0
    for start in (match.start() for match in _START.finditer(text)):
        # Comments and directives above the line belong to the document below it.
        is_document = text.startswith("---", begin) and begin < start
        if is_document or _CONTENT.search(text, begin, start):
            yield begin, start
            begin = start
    yield begin, len(text)


class _Open:
    """A mapping or sequence whose end was not reached yet."""

    __slots__ = ("children", "event", "size")

    def __init__(self, event: yaml.CollectionStartEvent) -> None:
        self.event = event
        self.children: list[Node] = []
        self.size = 1


class _Builder:
    """Builds the nodes of one chunk from the parser's events."""

    def __init__(self, source: Source, base: int, flaws: list[Flaw]) -> None:
        self._source = source
        self._base = base
        self._flaws = flaws
        self._anchors: dict[str, tuple[Node, int] | None] = {}
        self._open: list[_Open] = []

    def documents(self, text: str) -> Iterator[Node]:
        """The chunk's documents; usually one, for `...` ends one, too."""
        for event in yaml.parse(text, yaml.CSafeLoader):
            node: Node | None = None
            match event:
                case yaml.DocumentStartEvent():
                    self._anchors = {}
                case yaml.ScalarEvent():
                    node = self._add(self._scalar(event), 1, event.anchor)
                case yaml.AliasEvent():
                    self._add(*self._alias(event), None)
                case yaml.CollectionStartEvent():
                    self._begin(event)
                case yaml.CollectionEndEvent():
                    ended = self._open.pop()
                    whole = self._collection(ended, self._offset(event.end_mark))
                    node = self._add(whole, ended.size, ended.event.anchor)
                case _:
                    pass
            if node is not None:
                yield node

    def _offset(self, mark: _Mark | None) -> int:
        return self._base + (mark.index if mark else 0)

    def _span(self, event: yaml.Event) -> Span:
        return Span(self._source, self._offset(event.start_mark), self._offset(event.end_mark))

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        if len(self._open) >= _DEEPEST:
            raise _Unreadable(
                Flaw(f"values are nested more than {_DEEPEST} deep", self._span(event))
            )
        if event.anchor:
            self._anchors[event.anchor] = None
        self._open.append(_Open(event))

    def _add(self, node: Node, size: int, anchor: str | None) -> Node | None:
        """Put a finished node where it belongs; a document's root is given back."""
        if anchor:
            self._anchors[anchor] = (node, size)
        if not self._open:
            return node
        self._open[-1].children.append(node)
        self._open[-1].size += size
        if self._open[-1].size > _MOST_VALUES:
            raise _Unreadable(
                Flaw(
                    f"the document stands for more than {_MOST_VALUES:,} values",
                    node.span,
                    help="use fewer aliases inside of what is aliased"
                    if self._anchors
                    else "split it into several documents",
                )
            )
        return None

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        start, end = self._offset(event.start_mark), self._offset(event.end_mark)
        if event.style not in ("'", '"'):
            # Behind a block scalar, or a plain one with a comment, the mark is at the next thing.
            end = start + len(self._source.text[start:end].rstrip())
        style = "" if event.style in (None, "plain") else event.style
        if event.tag or event.anchor:
            start = self._behind_properties(start, end)
        scalar = Scalar(self._source, start, end, event.value, style)
        scalar.tag = event.tag or ""
        return scalar

    def _behind_properties(self, start: int, end: int) -> int:
        """Where the value itself begins, behind `&anchor` and `!tag`."""
        match = _PROPERTIES.match(self._source.text, start, end)
        return match.end() if match else start

    def _alias(self, event: yaml.AliasEvent) -> tuple[Node, int]:
        name = event.anchor or ""
        found = self._anchors.get(name)
        if found is None:
            what = "contains itself" if name in self._anchors else "is not defined above"
            raise _Unreadable(Flaw(f"the anchor {name!r} {what}", self._span(event)))
        return found

    def _collection(self, ended: _Open, end: int) -> Node:
        event, children = ended.event, ended.children
        start = self._offset(event.start_mark)
        if event.tag or event.anchor:
            start = self._behind_properties(start, end)
        if not event.flow_style:
            # A block ends with its last value, not where the next thing begins.
            inside = [child.end for child in children if start <= child.start < end]
            end = max(inside, default=start)
        node: Node
        if isinstance(event, yaml.SequenceStartEvent):
            node = Sequence(self._source, start, end, children)
            for item in children:
                _head_of_item(item)
        else:
            node = MappingNode(self._source, start, end, self._entries(children))
        node.tag = event.tag or ""
        node.head = _first_entry(node) or Span(self._source, start, min(end, start + 1))
        return node

    def _entries(self, children: list[Node]) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        merged: list[Node] = []
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar):
                raise _Unreadable(Flaw("a mapping or list is used as a key", key.span))
            if key.raw == _MERGE and not key.style:
                merged += value.items or [value]
                continue
            if key.raw in entries:
                self._flaws.append(self._duplicate(entries[key.raw].key, key))
            entries[key.raw] = Entry(key, value)
            if value.source is self._source and key.end <= value.start:
                value.head = key.span
        for mapping in merged:
            for name, entry in mapping.entries.items():
                entries.setdefault(name, entry)
        return entries

    def _duplicate(self, first: Scalar, again: Scalar) -> Flaw:
        return Flaw(
            f"the key `{again.raw}` is there twice; only the last one counts",
            again.span,
            first.span,
            "keep one of them",
        )


_PROPERTIES: Final = re.compile(r"(?:[&!][^\s,\[\]{}]*\s+)+")


def _first_entry(node: Node) -> Span | None:
    """The first key of a mapping with its value, if that is a word on the same line."""
    for entry in node.entries.values():
        return entry.key.span
    return None


def _head_of_item(item: Node) -> None:
    """What stands for an item of a list: `name: notify` rather than its first key."""
    for entry in item.entries.values():
        line = entry.key.span.begin.line
        value = entry.value
        if isinstance(value, Scalar) and value.exists and value.span.begin.line == line:
            item.head = Span(item.source, entry.key.start, max(entry.key.end, value.end))
        return


def _flaw_of(source: Source, start: int, end: int, error: yaml.YAMLError) -> Flaw:
    """A parser's complaint in the words of people who write YAML."""
    mark = getattr(error, "problem_mark", None)
    position = getattr(error, "position", None)
    index = mark.index if mark is not None else position if isinstance(position, int) else 0
    offset = min(start + index, max(start, end - 1))
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", "") or "not YAML")
    tab = _TAB.search(source.text, start, end)
    if tab and source.position(tab.start()).line <= source.position(offset).line + 1:
        here = Span(source, tab.start(), tab.end())
        return Flaw("YAML is not indented with tabs", here, help="use spaces")
    line = source.position(offset).line
    span = Span(source, offset, min(offset + 1, end)) if offset < end else source.line_span(line)
    return Flaw(f"this is not valid YAML: {problem}", span)
