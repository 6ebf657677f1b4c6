"""Which objects a kustomization's patches are for, and what they make of them."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final

import msgspec

from notifyctl.validate.kubernetes.kustomize.grafting import with_value
from notifyctl.validate.kubernetes.kustomize.inline import documents_in
from notifyctl.validate.kubernetes.kustomize.json_patch import patched
from notifyctl.validate.kubernetes.kustomize.kustomization import Kustomization
from notifyctl.validate.kubernetes.kustomize.merging import merged
from notifyctl.validate.kubernetes.kustomize.resource import Resource
from notifyctl.validate.kubernetes.manifest import texts_of
from notifyctl.validate.tree import Node, Sequence, mapping_at

Read = Callable[[Node], list[Node]]

# One requirement of a selector that is written in one line: `tier in (web, ws)`, `!legacy`.
_REQUIREMENT: Final = re.compile(
    r"\s*(?P<not>!?)\s*(?P<key>[\w./-]+)\s*"
    r"(?:(?P<is>==?|!=)\s*(?P<value>[\w.-]*)|(?P<in>in|notin)\s*\((?P<values>[^)]*)\))?\s*(?:,|$)"
)


class Patch(msgspec.Struct, frozen=True, eq=False):
    """A patch: a list of operations, or a piece of a manifest; and what says whom it is for."""

    content: Node
    target: Node

    @property
    def is_json(self) -> bool:
        """Whether it is a list of operations."""
        return isinstance(self.content, Sequence)

    def is_for(self, resource: Resource) -> bool:
        """Whether it is for an object: as `target` says, or the patch itself."""
        if self.target.exists:
            return _fits(self.target, resource)
        mine = self.content["metadata"]["namespace"].text
        theirs = resource.node["metadata"]["namespace"].text
        return (
            self.content["kind"].string == resource.kind
            and self.content["metadata"]["name"].string in resource.names
            and (mine is None or theirs is None or mine == theirs)
        )


def strategic_patches(kustomization: Kustomization, read: Read) -> Iterator[Patch]:
    """Those of `patchesStrategicMerge`; `read` reads the file that a node names."""
    for item in kustomization.node["patchesStrategicMerge"].items:
        is_written_here = "\n" in item.string
        for content in documents_in(item) if is_written_here else read(item):
            yield Patch(content, item["target"])


def patches(kustomization: Kustomization, key: str, read: Read) -> Iterator[Patch]:
    """Those of `patches` or of `patchesJson6902`."""
    for item in kustomization.node[key].items:
        # Once, an item was only the path.
        path = item["path"] if item.entries else item
        for content in read(path) if path.exists else documents_in(item["patch"]):
            yield Patch(content, item["target"])


def with_patch(resources: list[Resource], patch: Patch) -> list[Resource]:
    """The resources after a patch."""
    result: list[Resource] = []
    for resource in resources:
        if not patch.is_for(resource):
            result.append(resource)
        elif patch.is_json:
            result.append(resource.with_node(patched(resource.node, patch.content)))
        else:
            node = merged(resource.node, _anonymous(patch.content))
            if node is not None:
                result.append(resource.with_node(node))
    return result


def _anonymous(content: Node) -> Node:
    """A patch without what says whom it is for: it renames nothing, and moves nothing."""
    own = ("apiVersion", "kind", "metadata")
    entries = {name: entry for name, entry in content.entries.items() if name not in own}
    metadata = content["metadata"]
    kept = {n: e for n, e in metadata.entries.items() if n not in ("name", "namespace")}
    node = mapping_at(content, entries)
    return with_value(node, "metadata", mapping_at(metadata, kept)) if kept else node


def _fits(target: Node, resource: Resource) -> bool:
    metadata = resource.node["metadata"]
    group, _, version = resource.node["apiVersion"].string.rpartition("/")
    return (
        _matches(target["group"], (group,))
        and _matches(target["version"], (version,))
        and _matches(target["kind"], (resource.kind,))
        and _matches(target["name"], resource.names)
        and _matches(target["namespace"], (metadata["namespace"].string,))
        and _selects(target["labelSelector"].string, texts_of(metadata["labels"]))
        and _selects(target["annotationSelector"].string, texts_of(metadata["annotations"]))
    )


def _matches(pattern: Node, values: Collection[str]) -> bool:
    """Whether one of the values is what a regular expression of the target asks for."""
    if not pattern.exists:
        return True
    try:
        return any(re.fullmatch(pattern.string, value) for value in values)
    except re.error:
        return pattern.string in values


def _selects(selector: str, labels: Mapping[str, str]) -> bool:
    return all(_meets(found, labels) for found in _REQUIREMENT.finditer(selector))


def _meets(requirement: re.Match[str], labels: Mapping[str, str]) -> bool:
    value = labels.get(requirement["key"])
    if requirement["is"]:
        return (value == requirement["value"]) is (requirement["is"] != "!=")
    if requirement["in"]:
        wanted = [each.strip() for each in requirement["values"].split(",")]
        return (value in wanted) is (requirement["in"] == "in")
    return (value is None) is bool(requirement["not"])
