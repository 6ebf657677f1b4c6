"""The ConfigMaps and Secrets that a kustomization makes from words and files.

In a real build their names end in a hash of their content; whatever refers to them follows. Here
they keep their names.
"""

import posixpath
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from notifyctl.validate.kubernetes.kustomize.grafting import (
    overlaid,
    text_at,
    with_value,
)
from notifyctl.validate.kubernetes.kustomize.kustomization import Kustomization
from notifyctl.validate.kubernetes.kustomize.resource import Resource
from notifyctl.validate.source import Source
from notifyctl.validate.tree import Entry, Node, Scalar, mapping_at

_KINDS: Final = {
    "configMapGenerator": ("ConfigMap", "data"),
    "secretGenerator": ("Secret", "stringData"),
}
_VARIABLE: Final = re.compile(r"^[ \t]*([^#=\s][^=\r\n]*)=([^\r\n]*)", re.MULTILINE)


def generated(
    kustomization: Kustomization, resources: list[Resource], texts: dict[str, Source]
) -> list[Resource]:
    """The resources with those that the kustomization makes; `texts` are its files of variables."""
    resources = list(resources)
    for key, (kind, place) in _KINDS.items():
        for generator in kustomization.node[key].items:
            made = _made(kustomization, generator, kind, place, texts)
            at = next(
                (
                    i
                    for i, old in enumerate(resources)
                    if old.kind == kind and made.name in old.names
                ),
                None,
            )
            behavior = generator["behavior"].string
            if at is None or behavior not in ("merge", "replace"):
                resources.append(made)
            elif behavior == "merge":
                resources[at] = _joined(resources[at], made)
            else:
                resources[at] = made
    return resources


def _joined(old: Resource, new: Resource) -> Resource:
    """What is generated over something that is there already, with the keys of both."""
    node = old.node
    for place in ("data", "stringData"):
        if new.node[place].exists:
            node = with_value(node, place, overlaid(node[place], new.node[place].entries))
    unknown = old.has_unknown_keys or new.has_unknown_keys
    return msgspec.structs.replace(old, node=node, has_unknown_keys=unknown)


def _made(
    kustomization: Kustomization,
    generator: Node,
    kind: str,
    place: str,
    texts: dict[str, Source],
) -> Resource:
    entries = {entry.key.raw: entry for entry in _literals(generator)}
    entries |= {entry.key.raw: entry for entry in _files(generator)}
    paths = [item for item in (*generator["envs"].items, generator["env"]) if item.string]
    unknown = False
    for path in paths:
        source = texts.get(kustomization.path_to(path.string))
        if source is None:
            unknown = True
        else:
            entries |= {entry.key.raw: entry for entry in _variables(source)}
    name, namespace = generator["name"], generator["namespace"]
    metadata = mapping_at(generator, {"name": Entry(text_at(name, "name"), name)})
    if namespace.exists:
        metadata = with_value(metadata, "namespace", namespace)
    version = text_at(generator, "v1")
    node = mapping_at(generator, {"apiVersion": Entry(text_at(version, "apiVersion"), version)})
    node = with_value(node, "kind", text_at(generator, kind))
    node = with_value(node, "metadata", metadata)
    if generator["type"].exists:
        node = with_value(node, "type", generator["type"])
    node = with_value(node, place, mapping_at(generator, entries))
    return Resource(kustomization.source, node, has_unknown_keys=unknown)


def _literals(generator: Node) -> Iterator[Entry]:
    """`KEY=value`, as written in the kustomization."""
    for item in generator["literals"].items:
        key, separator, value = item.string.partition("=")
        if separator:
            yield Entry(text_at(item, key), text_at(item, value.strip("\"'")))


def _files(generator: Node) -> Iterator[Entry]:
    """`KEY=path` or `path`: the key is known, the content is not looked at."""
    for item in generator["files"].items:
        key, separator, path = item.string.partition("=")
        name = key if separator else posixpath.basename(path or key)
        if name:
            yield Entry(text_at(item, name), text_at(item, ""))


def _variables(source: Source) -> Iterator[Entry]:
    """The lines of a file of variables."""
    for match in _VARIABLE.finditer(source.text):
        key = Scalar(source, match.start(1), match.end(1), match[1].strip(), '"')
        yield Entry(key, Scalar(source, match.start(2), match.end(2), match[2].strip(), '"'))
