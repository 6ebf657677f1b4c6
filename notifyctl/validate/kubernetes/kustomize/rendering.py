"""Builds kustomizations: what they build on, then what they do to it, in kustomize's own order."""

import posixpath

import msgspec

from notifyctl.validate.kubernetes.kustomize.generating import generated
from notifyctl.validate.kubernetes.kustomize.kustomization import (
    NAMES,
    YAML,
    Kustomization,
    Reference,
    is_kustomization,
    is_remote,
)
from notifyctl.validate.kubernetes.kustomize.patching import (
    patches,
    strategic_patches,
    with_patch,
)
from notifyctl.validate.kubernetes.kustomize.resource import Resource
from notifyctl.validate.kubernetes.kustomize.transforming import transformed
from notifyctl.validate.kubernetes.manifest import objects_in
from notifyctl.validate.kubernetes.manifest_set import ManifestSet, assemble
from notifyctl.validate.source import Flaw, Source
from notifyctl.validate.tree import Node
from notifyctl.validate.yaml_reader import Files, Reading


class _Built(msgspec.Struct):
    """What a kustomization came to so far. Of one that `is_alone` nobody knows what is missing."""

    resources: list[Resource]
    flaws: list[Flaw]
    incomplete: bool = False
    is_alone: bool = False


class Renderer:
    """Builds the kustomizations among some files.

    `roots` are the folders of those that no other one uses; `used` are all files that belong to a
    kustomization.
    """

    def __init__(self, files: Files) -> None:
        self._files = files
        self._names = list(files)
        self._kustomizations: dict[str, Kustomization | None] = {}
        self._told: set[tuple[str, int, str]] = set()
        self._built: dict[str, _Built] = {}
        folders = [posixpath.dirname(name) for name in self._names if _is_named_so(name)]
        every = [self._kustomization(folder) for folder in dict.fromkeys(folders)]
        listed = [each for each in every if each is not None]
        self.used = {name for each in listed for name in each.files()}
        below = {folder for each in listed for folder in _below(each)}
        reached: set[str] = set()
        self.roots = []
        # First those that nobody uses, so that only those in circles are left for the end.
        for folder in sorted((each.folder for each in listed), key=below.__contains__):
            if folder not in reached:
                self.roots.append(folder)
                self._reach(folder, reached)

    def render(self, folder: str) -> ManifestSet:
        """The set that the kustomization of a folder builds."""
        built = self._build(folder, (), None)
        flaws = [flaw for flaw in built.flaws if self._is_new(flaw)]
        kustomization = self._kustomization(folder)
        is_part = kustomization is not None and kustomization.is_component
        return assemble(
            folder or ".",
            [each.manifest() for each in built.resources],
            flaws,
            incomplete=built.incomplete or is_part,
            is_rendered=True,
        )

    def _reach(self, folder: str, reached: set[str]) -> None:
        """Note a kustomization, and all that it builds on."""
        waiting = [folder]
        while waiting:
            found = self._kustomization(waiting.pop())
            if found and found.folder not in reached:
                reached.add(found.folder)
                waiting += _below(found)

    def _is_new(self, flaw: Flaw) -> bool:
        """Whether a flaw was not told of another root that has the same base."""
        key = (flaw.span.source.name, flaw.span.start, flaw.message)
        is_new = key not in self._told
        self._told.add(key)
        return is_new

    def _kustomization(self, folder: str) -> Kustomization | None:
        """The kustomization of a folder."""
        folder = _normal(folder)
        if folder not in self._kustomizations:
            self._kustomizations[folder] = self._read(folder)
        return self._kustomizations[folder]

    def _read(self, folder: str) -> Kustomization | None:
        for name in NAMES:
            path = posixpath.join(folder, name)
            found = self._files.get(path)
            if found is None:
                continue
            source, reading = found
            for document in reading.documents:
                if is_kustomization(path, document):
                    return Kustomization(folder, source, document)
        return None

    def _build(self, folder: str, above: tuple[str, ...], parent: _Built | None) -> _Built:
        """What the kustomization of a folder builds; a component goes on with its parent's."""
        built = _Built(list(parent.resources) if parent else [], [])
        kustomization = self._kustomization(folder)
        if kustomization is None:
            built.incomplete = True
            return built
        built.incomplete = not kustomization.is_built_whole
        built.is_alone = self._is_alone(kustomization)
        above = (*above, folder)
        for reference in kustomization.resources:
            self._add(built, reference, above)
        built.resources = generated(kustomization, built.resources, self._texts(kustomization))
        for reference in kustomization.components:
            self._change(built, reference, above)
        self._patch(built, kustomization)
        built.resources = transformed(built.resources, kustomization.node)
        return built

    def _add(self, built: _Built, reference: Reference, above: tuple[str, ...]) -> None:
        """Add what a reference among the resources stands for."""
        if self._kustomization(reference.path):
            if inner := self._inner(built, reference, above, None):
                # Two of what is built on may build on the same.
                there = {id(each.node) for each in built.resources}
                built.resources += [each for each in inner.resources if id(each.node) not in there]
        elif found := self._file(built, reference.path, reference.node):
            source, reading = found
            built.resources += [
                Resource(source, node)
                for document in reading.documents
                for node in objects_in(document)
            ]

    def _change(self, built: _Built, reference: Reference, above: tuple[str, ...]) -> None:
        """Let a component change what there is."""
        if self._kustomization(reference.path):
            if inner := self._inner(built, reference, above, built):
                built.resources = inner.resources
        else:
            self._file(built, reference.path, reference.node)

    def _inner(
        self, built: _Built, reference: Reference, above: tuple[str, ...], parent: _Built | None
    ) -> _Built | None:
        folder = _normal(reference.path)
        if folder in above:
            message = f"the kustomization builds on itself: `{reference.node.string}`"
            built.flaws.append(Flaw(message, reference.node.span, help="remove the reference"))
            return None
        inner = self._build(folder, above, parent) if parent else self._base(folder, above)
        built.flaws += [flaw for flaw in inner.flaws if flaw not in built.flaws]
        built.incomplete = built.incomplete or inner.incomplete
        return inner

    def _base(self, folder: str, above: tuple[str, ...]) -> _Built:
        """What a kustomization builds by itself; many may build on the same."""
        if folder not in self._built:
            self._built[folder] = self._build(folder, above, None)
        return self._built[folder]

    def _file(self, built: _Built, path: str, node: Node) -> tuple[Source, Reading] | None:
        """A file that a kustomization names. One that is not there is a flaw."""
        found = self._files.get(path)
        if found is None:
            built.incomplete = True
            if not (built.is_alone or is_remote(node.string)):
                built.flaws.append(_missing(node))
        elif any(flaw.first is None for flaw in found[1].flaws):
            built.incomplete = True
        return found

    def _is_alone(self, kustomization: Kustomization) -> bool:
        """Whether a kustomization was handed over without anything that it needs."""
        folder = posixpath.join(kustomization.folder, "")
        references = (*kustomization.resources, *kustomization.components)
        return not (
            any(
                name.startswith(folder) for name in self._names if name != kustomization.source.name
            )
            or any(self._kustomization(each.path) for each in references)
            or any(each.path in self._files for each in references)
        )

    def _patch(self, built: _Built, kustomization: Kustomization) -> None:
        def read(node: Node) -> list[Node]:
            found = self._file(built, kustomization.path_to(node.string), node)
            return found[1].documents if found else []

        for patch in strategic_patches(kustomization, read):
            built.resources = with_patch(built.resources, patch)
        for key in ("patches", "patchesJson6902"):
            for patch in patches(kustomization, key, read):
                built.resources = with_patch(built.resources, patch)

    def _texts(self, kustomization: Kustomization) -> dict[str, Source]:
        """The files of variables that a kustomization makes ConfigMaps and Secrets from."""
        generators = (
            *kustomization.node["configMapGenerator"].items,
            *kustomization.node["secretGenerator"].items,
        )
        paths = [
            kustomization.path_to(item.string)
            for generator in generators
            for item in (*generator["envs"].items, generator["env"])
            if item.string
        ]
        return {path: found[0] for path in paths if (found := self._files.get(path))}


def _is_named_so(name: str) -> bool:
    return posixpath.basename(name) in NAMES


def _normal(folder: str) -> str:
    """A folder as a part of a path: nothing for the one where the command runs."""
    return "" if folder == "." else folder


def _below(kustomization: Kustomization) -> list[str]:
    """What a kustomization builds on, folders among it."""
    references = (*kustomization.resources, *kustomization.components)
    return [_normal(each.path) for each in references]


def _missing(node: Node) -> Flaw:
    what = "no such file" if node.string.endswith(YAML) else "no kustomization in this folder"
    return Flaw(
        f"`{node.string}` cannot be read: there is {what}",
        node.span,
        help="correct the path, which starts at the folder of this file",
    )
