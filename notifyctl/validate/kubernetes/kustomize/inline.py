"""Reads YAML that is written as a string within YAML, and says where it stands in the file."""

import re
from typing import Final

from notifyctl.validate.source import Source, Span
from notifyctl.validate.tree import Node, Scalar
from notifyctl.validate.yaml_reader import read_yaml

_CHARACTER: Final = re.compile(r"[^\n]")


def documents_in(text: Node) -> list[Node]:
    """The documents in a string. Where its lines are not those of the file, all stand at it."""
    if not isinstance(text, Scalar) or not text.exists:
        return []
    source = text.source
    begin = source.text.find("\n", text.start, text.end)
    if text.style == "|" and begin >= 0:
        # What is before the block becomes blank, so that every offset is one of the file.
        before = _CHARACTER.sub(" ", source.text[:begin])
        reading = read_yaml(Source(source.name, before + source.text[begin : text.end]))
        if reading.documents and not reading.flaws:
            return [_moved(document, source, None) for document in reading.documents]
    documents = read_yaml(Source(source.name, text.raw)).documents
    return [_moved(document, source, text) for document in documents]


def _moved(document: Node, source: Source, place: Node | None) -> Node:
    """Say of all nodes that they stand in a source; at one place of it, if that is given."""
    for node in document.walk():
        for each in (node, *(entry.key for entry in node.entries.values())):
            each.source = source
            each.head = Span(source, each.head.start, each.head.end)
            if place is not None:
                each.start, each.end, each.head = place.start, place.end, place.span
    return document
