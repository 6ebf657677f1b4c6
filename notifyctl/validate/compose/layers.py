"""Brings the files of a project together: what extends what, what is included, what lies on top."""

import posixpath
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from notifyctl.validate.compose.canonical import canonical_services
from notifyctl.validate.compose.env_file import read_env
from notifyctl.validate.compose.interpolation import interpolate, known
from notifyctl.validate.compose.merge import merge, merge_services, settle
from notifyctl.validate.compose.names import is_remote, resolve
from notifyctl.validate.source import Source
from notifyctl.validate.tree import Entry, Node, Scalar, mapping_at
from notifyctl.validate.tree import Mapping as MappingNode
from notifyctl.validate.yaml_reader import Files

_DEEPEST: Final = 20
_RESOURCES: Final = ("services", "volumes", "networks", "secrets", "configs", "models")


class Layered(NamedTuple):
    """What the files of a project come to, and whether all that they name was there to read."""

    root: MappingNode
    is_complete: bool


def layered(
    names: Iterable[str],
    files: Files,
    environment_files: Mapping[str, Source],
    variables: Mapping[str, str],
) -> Layered | None:
    """Files laid one over the other; None if there is nothing in them."""
    return _Layers(files, environment_files, variables, 0).whole(names)


def variables_of(
    folder: str, environment_files: Mapping[str, Source], before: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The variables that the `.env` file of a folder sets; those set `before` stay as they are."""
    source = environment_files.get(resolve(folder, ".env"))
    values = read_env(source, before) if source else {}
    texts = {name: value.text for name, value in values.items() if value.text is not None}
    return {**texts, **(before or {})}


class _Layers:
    """Reads the files of one project with one set of variables."""

    def __init__(
        self,
        files: Files,
        environment_files: Mapping[str, Source],
        variables: Mapping[str, str],
        depth: int,
    ) -> None:
        self._files = files
        self._environment_files = environment_files
        self._variables = variables
        self._depth = depth
        self._read: dict[str, MappingNode | None] = {}
        self._is_complete = True

    def whole(self, names: Iterable[str]) -> Layered | None:
        """All of the files, with what they include."""
        root: MappingNode | None = None
        for name in names:
            layer = self._extended(name)
            if layer is not None:
                root = merge(root, layer) if root else layer
        if root is None:
            return None
        settled = settle(root)
        assert isinstance(settled, MappingNode)
        return Layered(self._with_included(settled), self._is_complete)

    def _file(self, name: str) -> MappingNode | None:
        """One file with its variables filled in; its documents are layers, too."""
        if name not in self._read:
            whole: MappingNode | None = None
            _, reading = self._files.get(name, (None, None))
            for document in reading.documents if reading else ():
                if isinstance(document, MappingNode):
                    layer = _canonical(document)
                    whole = merge(whole, layer) if whole else layer
            filled = interpolate(whole, self._variables) if whole else None
            self._read[name] = filled if isinstance(filled, MappingNode) else None
        return self._read[name]

    def _extended(self, name: str) -> MappingNode | None:
        """One file, its services with what they extend."""
        file = self._file(name)
        if file is None:
            return None
        services = {
            key: Entry(entry.key, self._service(name, entry.value, 0))
            for key, entry in file["services"].entries.items()
        }
        return _with(file, "services", services)

    def _service(self, file: str, service: Node, depth: int) -> Node:
        """A service laid over the one that it extends; as it is if that is not to be found, or
        extends this one in turn."""
        extends = service["extends"]
        if not isinstance(service, MappingNode) or not extends.exists:
            return service
        wanted = known(extends) or known(extends["service"])
        other = known(extends["file"]) if extends["file"].exists else None
        if extends["file"].exists and other is None:
            self._is_complete = False
            return service
        place = resolve(posixpath.dirname(file), other) if other else file
        whole = self._file(place)
        base = whole["services"][wanted] if whole and wanted else None
        if not isinstance(base, MappingNode) or depth > _DEEPEST:
            self._is_complete = False
            return service
        extended = self._service(place, base, depth + 1)
        own = {key: entry for key, entry in service.entries.items() if key != "extends"}
        if not isinstance(extended, MappingNode):
            return service
        merged = merge_services(extended, mapping_at(service, own))
        return mapping_at(service, merged.entries)

    def _with_included(self, root: MappingNode) -> MappingNode:
        """A project with the resources of those that it includes, where it has none of the name."""
        for item in root["include"].items:
            included = self._included(item)
            if included is None:
                self._is_complete = False
                continue
            self._is_complete = self._is_complete and included.is_complete
            for kind in _RESOURCES:
                theirs, ours = included.root[kind].entries, root[kind].entries
                if theirs:
                    root = _with(root, kind, {**theirs, **ours})
        return root

    def _included(self, item: Node) -> Layered | None:
        paths = item["path"].items or [item["path"] if item["path"].exists else item]
        written = [known(path) for path in paths]
        if (
            self._depth > _DEEPEST
            or None in written
            or any(is_remote(path or "") for path in written)
        ):
            return None
        folder = posixpath.dirname(item.source.name)
        names = [resolve(folder, path or "") for path in written]
        if any(name not in self._files for name in names):
            return None
        place = known(item["project_directory"])
        home = resolve(folder, place) if place else posixpath.dirname(names[0])
        variables = variables_of(home, self._environment_files, self._variables)
        inner = _Layers(self._files, self._environment_files, variables, self._depth + 1)
        return inner.whole(names)


def _canonical(document: MappingNode) -> MappingNode:
    return _with(document, "services", canonical_services(document["services"]))


def _with(root: MappingNode, name: str, entries: dict[str, Entry]) -> MappingNode:
    """A mapping with other entries under one of its keys."""
    present = root.entries.get(name)
    if present is None and not entries:
        return root
    if present is None:
        # It comes from an included file, and is said to stand where it stands there.
        key = next(iter(entries.values())).key
        present = Entry(Scalar(key.source, key.start, key.end, name, ""), key)
    value = mapping_at(present.value, entries)
    return mapping_at(root, {**root.entries, name: Entry(present.key, value)})
