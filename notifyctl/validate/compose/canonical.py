"""Brings the short syntaxes of a service into the one long form that merging works on.

`environment: [A=1]` and `environment: {A: 1}` are the same, and so are `build: .` and
`build: {context: .}`. What is new here stands where the text it came from stands.
"""

from typing import Final

from notifyctl.validate.tree import (
    STRING_TAG,
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    mapping_at,
    sequence_at,
)

_LISTS: Final = ("dns", "dns_search", "env_file", "label_file", "tmpfs")
_PAIRS: Final = ("annotations", "environment", "labels", "sysctls")
_NAMES: Final = ("depends_on", "models", "networks")
_BUILD_PAIRS: Final = ("additional_contexts", "args", "labels")


def canonical_services(services: Node) -> dict[str, Entry]:
    """Every service of a file that is one, in its long form."""
    return {
        name: Entry(entry.key, canonical_service(entry.value))
        for name, entry in services.entries.items()
        if isinstance(entry.value, Mapping)
    }


def canonical_service(service: Node) -> Mapping:
    """A service in its long form."""
    entries = dict(service.entries)
    for name, entry in service.entries.items():
        value = entry.value
        if name in _PAIRS:
            value = _as_pairs(value)
        elif name in _NAMES:
            value = _as_names(value)
        elif name in _LISTS:
            value = _as_list(value)
        elif name == "build":
            value = _as_build(value)
        elif name == "deploy":
            value = _with_pairs(value, ("labels",))
        entries[name] = Entry(entry.key, value)
    return mapping_at(service, entries)


def part(scalar: Scalar, start: int, end: int) -> Scalar:
    """A part of a scalar, as a string: in its own place, if the file has the text as it is."""
    before = scalar.span.text.find(scalar.raw) if scalar.raw else -1
    place = (scalar.start + before + start, scalar.start + before + end)
    piece = Scalar(
        scalar.source,
        *(place if before >= 0 else (scalar.start, scalar.end)),
        scalar.raw[start:end],
        "",
    )
    piece.tag = STRING_TAG
    return piece


def _as_pairs(node: Node) -> Node:
    """`[A=1, B]` as `{A: 1, B: null}`."""
    if not isinstance(node, Sequence):
        return node
    entries: dict[str, Entry] = {}
    for item in node.items:
        # Where the name itself is a variable there is no name to put it under.
        if not isinstance(item, Scalar) or item.raw.startswith("$"):
            continue
        name, equals, _ = item.raw.partition("=")
        key = part(item, 0, len(name))
        value = part(item, len(name) + 1, len(item.raw)) if equals else _null(item)
        value.head = key.span
        entries[name] = Entry(key, value)
    return mapping_at(node, entries)


def _null(item: Scalar) -> Scalar:
    return Scalar(item.source, item.start, item.end, "", "")


def _as_names(node: Node) -> Node:
    """`[db, cache]` as `{db: {}, cache: {}}`."""
    if not isinstance(node, Sequence):
        return node
    named = [item for item in node.items if isinstance(item, Scalar) and item.exists]
    return mapping_at(node, {item.raw: Entry(item, mapping_at(item, {})) for item in named})


def _as_list(node: Node) -> Node:
    return sequence_at(node, [node]) if isinstance(node, Scalar) and node.exists else node


def _as_build(node: Node) -> Node:
    if isinstance(node, Scalar) and node.exists:
        key = Scalar(node.source, node.start, node.end, "context", "")
        return mapping_at(node, {"context": Entry(key, node)})
    return _with_pairs(node, _BUILD_PAIRS)


def _with_pairs(node: Node, names: tuple[str, ...]) -> Node:
    """A mapping, some of whose values are pairs."""
    if not isinstance(node, Mapping):
        return node
    entries = {
        name: Entry(entry.key, _as_pairs(entry.value)) if name in names else entry
        for name, entry in node.entries.items()
    }
    return mapping_at(node, entries)
