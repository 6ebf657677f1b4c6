"""Gives objects other names, and tells everything that refers to them."""

from collections.abc import Iterable
from typing import Final

from notifyctl.validate.kubernetes.kustomize.grafting import (
    changed,
    rewritten,
    text_at,
    with_value,
)
from notifyctl.validate.kubernetes.kustomize.resource import Resource
from notifyctl.validate.tree import Node, Scalar

_NAME: Final = ("metadata", "name")
_KEEP_THEIR_NAMES: Final = frozenset({"APIService", "CustomResourceDefinition", "Namespace"})

# Mappings that refer to an object by a key of theirs: key of the mapping, kind, key in it.
_REFERENCES: Final[dict[str, tuple[str, str]]] = {
    "configMap": ("ConfigMap", "name"),
    "configMapKeyRef": ("ConfigMap", "name"),
    "configMapRef": ("ConfigMap", "name"),
    "imagePullSecrets": ("Secret", "name"),
    "secret": ("Secret", "name"),
    "secretKeyRef": ("Secret", "name"),
    "secretRef": ("Secret", "name"),
    "secrets": ("Secret", "name"),
    "service": ("Service", "name"),
}
# Strings that are the name of an object.
_NAMES: Final = {
    "claimName": "PersistentVolumeClaim",
    "secretName": "Secret",
    "serviceAccount": "ServiceAccount",
    "serviceAccountName": "ServiceAccount",
    "serviceName": "Service",
}
# Mappings that say the kind of what they refer to, and the kind if they do not.
_OF_SOME_KIND: Final = {
    "backendRefs": "Service",
    "roleRef": "",
    "scaleTargetRef": "",
    "subjects": "",
}


def with_affixes(resources: Iterable[Resource], prefix: Node, suffix: Node) -> list[Resource]:
    """The resources with something before and behind their names."""

    def rename(node: Node) -> Node:
        return changed(
            node,
            _NAME,
            lambda name: (
                text_at(name, f"{prefix.string}{name.string}{suffix.string}") if name else name
            ),
        )

    if not prefix and not suffix:
        return list(resources)
    return [each if each.kind in _KEEP_THEIR_NAMES else each.changed(rename) for each in resources]


def with_references(resources: list[Resource]) -> list[Resource]:
    """The resources, referring to each other by the names that they have now."""
    names: dict[str, dict[str, str]] = {}
    for each in resources:
        for name in each.old_names:
            names.setdefault(each.kind, {})[name] = each.name
    # What has the name now is meant, whoever had it once.
    for each in resources:
        names.get(each.kind, {}).pop(each.name, None)
    names = {kind: renamed for kind, renamed in names.items() if renamed}
    if not names:
        return resources

    def rewrite(key: str, node: Node) -> Node:
        if isinstance(node, Scalar):
            kind = _NAMES.get(key)
            new = names.get(kind, {}).get(node.string) if kind else None
            return text_at(node, new) if new else node
        kind, name = _REFERENCES.get(key, ("", "name"))
        if key in _OF_SOME_KIND:
            kind = node["kind"].string or _OF_SOME_KIND[key]
        new = names.get(kind, {}).get(node[name].string)
        return with_value(node, name, text_at(node[name], new)) if new else node

    return [each.changed(lambda node: rewritten(node, rewrite)) for each in resources]
