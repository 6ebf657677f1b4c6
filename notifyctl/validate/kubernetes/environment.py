"""A container's environment with what its ConfigMaps bring."""

import msgspec

from notifyctl.validate.kubernetes.manifest_set import ManifestSet
from notifyctl.validate.kubernetes.workload import Container
from notifyctl.validate.source import Span
from notifyctl.validate.tree import Node


class Variable(msgspec.Struct, frozen=True):
    """The value of a variable and where it is written; no text if only the cluster knows it."""

    text: str | None
    span: Span


def variable_of(container: Container, name: str, manifests: ManifestSet) -> Variable | None:
    """A variable of a container: its own, or one of a ConfigMap that the files have.

    None if it is not set, as far as the files tell.
    """
    own = container.env.get(name)
    if own is None:
        return _from_maps(container, name, manifests)
    reference = own.node["valueFrom"]["configMapKeyRef"]
    if reference.exists:
        value = _entry(reference["name"], reference["key"].string, container, manifests)
        return Variable(value.text, value.span) if value and value.exists else None
    return Variable(own.text, own.span)


def _from_maps(container: Container, name: str, manifests: ManifestSet) -> Variable | None:
    found = None
    for item in container.node["envFrom"].items:
        reference = item["configMapRef"]["name"]
        key = name.removeprefix(item["prefix"].string)
        if not reference.exists or item["prefix"].string + key != name:
            continue
        value = _entry(reference, key, container, manifests)
        if value and value.exists:
            # The last of several counts, as for Kubernetes.
            found = Variable(value.text, value.span)
    return found


def _entry(map_name: Node, key: str, container: Container, manifests: ManifestSet) -> Node | None:
    found = manifests.find("ConfigMap", map_name.string, container.workload.namespace)
    return found.node["data"][key] if found else None
