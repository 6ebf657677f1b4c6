"""Where a live object is not what the files say, in what the rules look at."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from notifyctl.validate.kubernetes import Container, Manifest, ManifestSet, Workload
from notifyctl.validate.tree import Node, Scalar

_OF_CONTAINER: Final = ("image", "ports", "readinessProbe", "livenessProbe", "startupProbe")
# What the files do not say is the API server's choice; but these are never chosen by it.
_NEVER_DEFAULTED: Final = ("readinessProbe", "livenessProbe", "startupProbe", "lifecycle")
_TIMEOUTS: Final = ("timeout", "idle")


class Drift(msgspec.Struct, frozen=True):
    """A field of a file, by its path, and what is there in the cluster."""

    path: str
    written: Node
    live: Node


def drifts(file: Manifest, live: Manifest) -> list[Drift]:
    """Where an object of a cluster is not what a file says."""
    if isinstance(file, Workload) and isinstance(live, Workload):
        return list(_of_workloads(file, live))
    if file.is_a("Service"):
        ports = ("spec", "ports")
        return list(_differences("spec.ports", _at(file.node, ports), _at(live.node, ports)))
    if file.is_a("Ingress"):
        return list(_of_annotations(file, live))
    return []


def least_drifts(sets: Sequence[ManifestSet], live: Manifest, namespace: str) -> list[Drift]:
    """The differences to the file that is most like a live object.

    Several overlays may describe the same object, and at most one of them was applied.
    """
    files = [each.find(live.kind, live.name, namespace) for each in sets]
    found = [drifts(file, live) for file in files if file is not None]
    return min(found, key=len, default=[])


def _of_workloads(file: Workload, live: Workload) -> Iterator[Drift]:
    grace = "terminationGracePeriodSeconds"
    yield from _differences(grace, file.pod[grace], live.pod[grace])
    theirs = {container.name: container for container in live.every_container}
    for container in file.every_container:
        other = theirs.get(container.name)
        if other is None:
            yield Drift(f"container `{container.name}`", container.node, live.pod["containers"])
        else:
            yield from _of_containers(container, other)


def _of_containers(file: Container, live: Container) -> Iterator[Drift]:
    for name in _OF_CONTAINER:
        yield from _differences(name, file.node[name], live.node[name])
    hook = ("lifecycle", "preStop")
    yield from _differences("lifecycle.preStop", _at(file.node, hook), _at(live.node, hook))
    for name in _NEVER_DEFAULTED:
        if live.node[name].exists and not file.node[name].exists:
            yield Drift(name, file.node[name], live.node[name])


def _of_annotations(file: Manifest, live: Manifest) -> Iterator[Drift]:
    """The timeouts that Ingress controllers read."""
    written = file.node["metadata"]["annotations"]
    for name, entry in written.entries.items():
        if any(word in name for word in _TIMEOUTS):
            there = live.node["metadata"]["annotations"][name]
            yield from _differences(name, entry.value, there)


def _differences(path: str, file: Node, live: Node) -> Iterator[Drift]:
    """Where something that is written is not so; what the cluster has besides is its defaults."""
    if not file.exists:
        return
    if file.entries:
        for name, entry in file.entries.items():
            yield from _differences(f"{path}.{name}", entry.value, live[name])
    elif file.items and isinstance(file.items[0], Scalar) and len(file.items) != len(live.items):
        yield Drift(path, file, live)
    elif file.items:
        for index, item in enumerate(file.items):
            yield from _differences(f"{path}[{index}]", item, _counterpart(item, index, live))
    elif not _is_same(file, live):
        yield Drift(path, file, live)


def _counterpart(item: Node, index: int, live: Node) -> Node:
    """The item of a live list that stands for an item of a file: by its key, or by its place."""
    for key in ("containerPort", "port"):
        if item[key].exists:
            fitting = (other for other in live.items if _is_same(item[key], other[key]))
            return next(fitting, live["(none)"])
    return live.items[index] if index < len(live.items) else live["(none)"]


def _is_same(file: Node, live: Node) -> bool:
    """Equal scalars; a number and its text are one, as for a port that may also be a name."""
    if not (file.entries or file.items or live.entries or live.items):
        return file.string == live.string
    return False


def _at(node: Node, keys: Sequence[str]) -> Node:
    for key in keys:
        node = node[key]
    return node
