"""Which Secrets and ConfigMaps an object cannot do without."""

from collections.abc import Iterator

import msgspec

from notifyctl.validate.kubernetes import Manifest, Workload
from notifyctl.validate.tree import Node


class Reference(msgspec.Struct, frozen=True):
    """A name of a Secret or ConfigMap, and the key of it that is needed, if it is a certain one."""

    kind: str
    name: Node
    key: Node | None = None


def references_of(manifest: Manifest) -> Iterator[Reference]:
    """What an object refers to and does not call optional."""
    if isinstance(manifest, Workload):
        for container in (*manifest.init_containers, *manifest.containers):
            yield from _of_container(container.node)
        for volume in manifest.pod["volumes"].items:
            yield from _of_volume(volume)
    elif manifest.is_a("Ingress"):
        for tls in manifest.node["spec"]["tls"].items:
            if tls["secretName"].exists:
                yield Reference("Secret", tls["secretName"])


def _of_container(container: Node) -> Iterator[Reference]:
    for variable in container["env"].items:
        for kind, key in (("Secret", "secretKeyRef"), ("ConfigMap", "configMapKeyRef")):
            yield from _named(kind, variable["valueFrom"][key], "name", with_key=True)
    for every in container["envFrom"].items:
        for kind, key in (("Secret", "secretRef"), ("ConfigMap", "configMapRef")):
            yield from _named(kind, every[key], "name")


def _of_volume(volume: Node) -> Iterator[Reference]:
    yield from _with_items("Secret", volume["secret"], "secretName")
    yield from _with_items("ConfigMap", volume["configMap"], "name")
    for source in volume["projected"]["sources"].items:
        yield from _with_items("Secret", source["secret"], "name")
        yield from _with_items("ConfigMap", source["configMap"], "name")


def _with_items(kind: str, node: Node, name: str) -> Iterator[Reference]:
    """A volume: all keys, or those that it lists."""
    for reference in _named(kind, node, name):
        keys = [item["key"] for item in node["items"].items if item["key"].exists]
        yield from [Reference(kind, reference.name, key) for key in keys] or [reference]


def _named(kind: str, node: Node, name: str, *, with_key: bool = False) -> Iterator[Reference]:
    if node[name].exists and not node["optional"].is_true:
        key = node["key"]
        yield Reference(kind, node[name], key if with_key and key.exists else None)
