"""Manifests that are applied together, and how they find each other."""

import posixpath
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TypeVar

import msgspec

from notifyctl.validate.finding import Named
from notifyctl.validate.kubernetes.manifest import Manifest, may_be_one
from notifyctl.validate.kubernetes.selectors import selects
from notifyctl.validate.kubernetes.templates import runs_pods
from notifyctl.validate.kubernetes.workload import Workload
from notifyctl.validate.source import Flaw, Source
from notifyctl.validate.tree import Node, Scalar

Key = TypeVar("Key")
Some = TypeVar("Some", bound=Manifest)


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
        return [each for each in self._by_kind.get(kind, []) if each.is_a(kind)]

    def find(
        self, kind: str, name: str, namespace: str, near: Source | None = None
    ) -> Manifest | None:
        """The object of a kind and name that is, or may be, in a namespace; see `named`."""
        return next(iter(self.named(kind, name, namespace, near)), None)

    def named(
        self, kind: str, name: str, namespace: str, near: Source | None = None
    ) -> list[Manifest]:
        """The objects of a kind and name that are, or may be, in a namespace.

        There may be several: files that no kustomization joins may describe it once for each
        stage. Of those the nearest to `near` count, as in `selected_by`.
        """
        found = [each for each in self._by_name.get((kind, name), []) if each.is_a(kind)]
        exact = [each for each in found if each.namespace == namespace]
        possible = exact or [each for each in found if may_be_one(each.namespace, namespace)]
        return possible if near is None or self.is_rendered else nearest(possible, near)

    def beside(self, source: Source) -> Sequence[Manifest]:
        """What is applied together with what a file holds, as far as one can tell."""
        if self.is_rendered:
            return self.manifests
        return self._by_folder.get(posixpath.dirname(source.name), [])

    def selected_by(self, selector: Node, namespace: str, near: Source) -> list[Workload]:
        """The workloads whose pods a selector selects.

        Files that no kustomization joins may belong to different deployments that use the same
        labels: then those of the same file count, or else those of the same folder, or else all.
        """
        selected = [
            each
            for each in self._candidates(selector)
            if may_be_one(each.namespace, namespace) and selects(selector, each.pod_labels)
        ]
        return selected if self.is_rendered else nearest(selected, near)

    @cached_property
    def _by_kind(self) -> dict[str, list[Manifest]]:
        return _grouped((each.kind, each) for each in self.manifests)

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], list[Manifest]]:
        return _grouped(((each.kind, each.name), each) for each in self.manifests)

    @cached_property
    def _by_folder(self) -> dict[str, list[Manifest]]:
        return _grouped((each.folder, each) for each in self.manifests)

    @cached_property
    def _by_label(self) -> dict[tuple[str, str], list[Workload]]:
        return _grouped(
            (label, each) for each in self.workloads for label in each.pod_labels.items()
        )

    def _candidates(self, selector: Node) -> list[Workload]:
        """The workloads that have one of the labels that a selector wants, or else all."""
        labels = selector["matchLabels"]
        for name, entry in (labels if labels.exists else selector).entries.items():
            if isinstance(entry.value, Scalar):
                return self._by_label.get((name, entry.value.string), [])
        return self.workloads


def _grouped(pairs: Iterable[tuple[Key, Some]]) -> dict[Key, list[Some]]:
    groups: dict[Key, list[Some]] = {}
    for key, each in pairs:
        groups.setdefault(key, []).append(each)
    return groups


def nearest(manifests: list[Some], near: Source) -> list[Some]:
    """Those of the same file; without any those of the same folder; without any all."""
    same_file = [each for each in manifests if each.source.name == near.name]
    return same_file or near_to(near, manifests) or manifests


def near_to(source: Source, manifests: Iterable[Some]) -> list[Some]:
    """Those of the same folder."""
    folder = posixpath.dirname(source.name)
    return [each for each in manifests if each.folder == folder]


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
