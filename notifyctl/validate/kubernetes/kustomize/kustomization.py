"""What a kustomization file says: what it builds on, and what it does to that."""

import posixpath
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from notifyctl.validate.source import Source
from notifyctl.validate.tree import Node

NAMES: Final = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_GROUP: Final = "kustomize.config.k8s.io/"
# Whatever these make is not known here.
_NOT_BUILT: Final = (
    "configurations",
    "generators",
    "helmChartInflationGenerator",
    "helmCharts",
    "replacements",
    "transformers",
    "vars",
)
# Lists of paths to files that are no manifests of their own.
_FILES: Final = ("configurations", "crds", "generators", "transformers", "validators")
_REMOTE: Final = re.compile(r"://|^git@|^git::|\?|^[\w-]+(?:\.[\w-]+)+/|\.git(?:/|$)|(?<=[^.])//")
YAML: Final = (".yaml", ".yml", ".json")
_FILE_KEYS: Final = ("path", "valuesFile")


class Reference(NamedTuple):
    """A path that a kustomization names, from the folder where the command runs."""

    path: str
    node: Node


class Kustomization(msgspec.Struct, frozen=True, eq=False):
    """A kustomization: the folder it is in, and its content."""

    folder: str
    source: Source
    node: Node

    @property
    def is_component(self) -> bool:
        """Whether it only changes what others have."""
        return self.node["kind"].string == "Component"

    @property
    def is_built_whole(self) -> bool:
        """Whether everything that it does is known here."""
        return not any(self.node[name].exists for name in _NOT_BUILT)

    @property
    def resources(self) -> list[Reference]:
        """What it builds on: files, and folders of other kustomizations."""
        items = (*self.node["resources"].items, *self.node["bases"].items)
        return [self._reference(item) for item in items if item.string]

    @property
    def components(self) -> list[Reference]:
        """The folders of components that change what it has."""
        return [self._reference(item) for item in self.node["components"].items if item.string]

    def path_to(self, path: str) -> str:
        """A path that it names, from the folder where the command runs."""
        return posixpath.normpath(posixpath.join(self.folder, path))

    def files(self) -> Iterator[str]:
        """The files that it uses in any way; none of them is a manifest by itself."""
        yield self.source.name
        names = [each.path for each in self.resources]
        items = [item for key in _FILES for item in self.node[key].items]
        items += self.node["patchesStrategicMerge"].items
        for key in ("patches", "patchesJson6902", "replacements", "helmCharts"):
            for item in self.node[key].items:
                items += [item, *(item[part] for part in _FILE_KEYS)]
        for key in ("configMapGenerator", "secretGenerator"):
            for generator in self.node[key].items:
                paths = (item.string.rpartition("=")[2] for item in generator["files"].items)
                names += [self.path_to(path) for path in paths]
        names += [self.path_to(item.string) for item in items if item.string.endswith(YAML)]
        yield from names

    def _reference(self, node: Node) -> Reference:
        return Reference(self.path_to(node.string), node)


def is_remote(text: str) -> bool:
    """Whether a reference is for something that has to be fetched."""
    return bool(_REMOTE.search(text))


def is_kustomization(name: str, document: Node) -> bool:
    """Whether a document is a kustomization: Flux has another thing of that name."""
    version = document["apiVersion"].text
    is_ours = version is None or version.startswith(_GROUP)
    return is_ours and posixpath.basename(name) in NAMES
