"""An object on its way through the kustomizations, and the names that it had."""

import msgspec

from notifyctl.validate.kubernetes.kustomize.grafting import Change
from notifyctl.validate.kubernetes.manifest import Manifest
from notifyctl.validate.source import Source
from notifyctl.validate.tree import Node


class Resource(msgspec.Struct, frozen=True, eq=False):
    """An object. Whatever refers to it may still use one of its `old_names`."""

    source: Source
    node: Node
    old_names: frozenset[str] = frozenset()
    has_unknown_keys: bool = False

    @property
    def kind(self) -> str:
        """Its kind."""
        return self.node["kind"].string

    @property
    def name(self) -> str:
        """Its name by now."""
        return self.node["metadata"]["name"].string

    @property
    def names(self) -> frozenset[str]:
        """All names that it has or had."""
        return self.old_names | {self.name}

    def changed(self, change: Change) -> "Resource":
        """The resource after a change; a name that it loses is remembered."""
        return self.with_node(change(self.node))

    def with_node(self, node: Node) -> "Resource":
        """The resource with another content."""
        if node is self.node:
            return self
        return msgspec.structs.replace(self, node=node, old_names=self.names)

    def manifest(self) -> Manifest:
        """The object as it is in the end."""
        return Manifest(self.source, self.node, self.has_unknown_keys)
