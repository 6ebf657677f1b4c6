"""Manifests that are applied together, and how they find each other."""

import posixpath
from collections.abc import Iterable, Sequence
from functools import cached_property

import msgspec

from notifyctl.validate.finding import Named
from notifyctl.validate.kubernetes.manifest import Manifest, may_be_one
from notifyctl.validate.kubernetes.selectors import selects
from notifyctl.validate.kubernetes.templates import runs_pods
from notifyctl.validate.kubernetes.workload import Workload
from notifyctl.validate.source import Source
from notifyctl.validate.tree import Node
from notifyctl.validate.yaml_reader import Flaw


class ManifestSet(msgspec.Struct, frozen=True, dict=True, eq=False):
    """What a kustomization builds, or all manifests that no kustomization uses.

    `name` is the folder of the kustomization; it is empty for the manifests without one. If the
    set is `incomplete`, some of it could not be read or comes from elsewhere: then nobody can say
    that something does not exist. `flaws` is what is wrong with the kustomization itself.
    """

    name: str
    manifests: Sequence[Manifest]
    flaws: Sequence[Flaw] = ()
    incomplete: bool = False
    is_rendered: bool = False

    @property
    def about(self) -> Named | None:
        """What findings about all of it call it."""
        return Named("Kustomization", self.name) if self.is_rendered else None

    @cached_property
    def workloads(self) -> list[Workload]:
        """The manifests that run pods."""
        return [each for each in self.manifests if isinstance(each, Workload)]

    def of_kind(self, kind: str) -> list[Manifest]:
        """The manifests of a kind: Kubernetes' own `Service`, not what others call so."""
        return [each for each in self.manifests if each.is_a(kind)]

    def find(self, kind: str, name: str, namespace: str) -> Manifest | None:
        """The object of a kind and name that is, or may be, in a namespace."""
        found = [each for each in self.of_kind(kind) if each.name == name]
        exact = [each for each in found if each.namespace == namespace]
        possible = [each for each in found if may_be_one(each.namespace, namespace)]
        return next(iter(exact or possible), None)

    def selected_by(self, selector: Node, namespace: str, near: Source) -> list[Workload]:
        """The workloads whose pods a selector selects.

        Files that no kustomization joins may belong to different deployments that use the same
        labels: then those of the same file count, or else those of the same folder, or else all.
        """
        selected = [
            each
            for each in self.workloads
            if may_be_one(each.namespace, namespace) and selects(selector, each.pod_labels)
        ]
        return selected if self.is_rendered else nearest(selected, near)


def nearest(workloads: list[Workload], near: Source) -> list[Workload]:
    """Those of the same file; without any those of the same folder; without any all."""
    same_file = [each for each in workloads if each.source.name == near.name]
    same_folder = [each for each in near_to(near, workloads) if isinstance(each, Workload)]
    return same_file or same_folder or workloads


def near_to(source: Source, manifests: Iterable[Manifest]) -> list[Manifest]:
    """Those of the same folder."""
    folder = posixpath.dirname(source.name)
    return [each for each in manifests if posixpath.dirname(each.source.name) == folder]


def assemble(
    name: str,
    manifests: Iterable[Manifest],
    flaws: Sequence[Flaw] = (),
    *,
    incomplete: bool = False,
    is_rendered: bool = False,
) -> ManifestSet:
    """Make a set of manifests: what runs pods becomes a workload that knows its Services."""
    plain = [_as_workload(each) if runs_pods(each) else each for each in manifests]
    found = ManifestSet(name, plain, flaws, incomplete, is_rendered)
    services: dict[int, list[Manifest]] = {}
    for service in found.of_kind("Service"):
        selector = service.node["spec"]["selector"]
        if selector.entries:
            for each in found.selected_by(selector, service.namespace, service.source):
                services.setdefault(id(each), []).append(service)
    return msgspec.structs.replace(
        found,
        manifests=[
            msgspec.structs.replace(each, services=tuple(services[id(each)]))
            if isinstance(each, Workload) and id(each) in services
            else each
            for each in plain
        ],
    )


def _as_workload(manifest: Manifest) -> Workload:
    return Workload(manifest.source, manifest.node, manifest.has_unknown_keys)
