"""Sorts what was read into sets: one for each kustomization that is built, one for all the rest."""

from notifyctl.validate.kubernetes.kustomize.rendering import Renderer
from notifyctl.validate.kubernetes.manifest import Manifest, objects_in
from notifyctl.validate.kubernetes.manifest_set import ManifestSet, assemble
from notifyctl.validate.yaml_reader import Files


def read_sets(files: Files) -> list[ManifestSet]:
    """The sets of manifests in some files.

    A kustomization that another one uses is no set of its own, and no file that a kustomization
    uses is looked at by itself. Asked for a file that it does not list, `files` may know it.
    """
    renderer = Renderer(files)
    sets = [renderer.render(folder) for folder in renderer.roots]
    plain = read_plain(files, renderer.used)
    return [plain, *sets] if plain.manifests else sets


def read_plain(files: Files, used: set[str]) -> ManifestSet:
    """The manifests of the files that no kustomization uses."""
    manifests: list[Manifest] = []
    incomplete = False
    for name, (source, reading) in files.items():
        if name in used:
            continue
        found = [
            Manifest(source, node)
            for document in reading.documents
            for node in objects_in(document)
        ]
        manifests += found
        # A key that is there twice loses nothing but itself; what is not YAML loses a document.
        incomplete = incomplete or any(flaw.first is None for flaw in reading.flaws)
    return assemble("", manifests, incomplete=incomplete)
