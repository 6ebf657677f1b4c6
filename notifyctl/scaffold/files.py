"""The files of an installation: what notifyctl brings along, with the names that somebody chose."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from notifyctl.scaffold.names import Names

# From where in the bundle to where in the folder. Folders are taken with all that is in them.
PLACES: Final[Mapping[str, str]] = {
    "Dockerfile": "Dockerfile",
    "constraints.txt": "constraints.txt",
    "manifests/compose/compose.yaml": "compose.yaml",
    "manifests/compose/compose.production.yaml": "compose.production.yaml",
    "manifests/compose/secrets/.gitignore": "secrets/.gitignore",
    "manifests/kubernetes": "kubernetes",
}
# The folder may hold secrets, and anything else: the image is built from these alone.
DOCKERIGNORE: Final = """\
# Only what the image is built from; the second one is for a notifyctl that is on no package index.
*
!constraints.txt
!*.whl
"""


def installation(bundle: Path, names: Names, version: str) -> dict[str, str]:
    """Every file of an installation, by its path in the folder, in the order of the paths."""
    sources = {
        target: adapted(path.read_text(), names, version)
        for target, path in _sources(bundle).items()
    }
    return dict(sorted({".dockerignore": DOCKERIGNORE, **sources}.items()))


def _sources(bundle: Path) -> dict[str, Path]:
    found = {}
    for source, target in PLACES.items():
        place = bundle / source
        if place.is_file():
            found[target] = place
        for path in place.rglob("*"):
            if path.suffix in {".md", ".yaml"}:
                found[f"{target}/{path.relative_to(place).as_posix()}"] = path
    return found


def adapted(text: str, names: Names, version: str) -> str:
    """A file with these names instead of those that it was written with."""
    words = marks(names, version)
    either = "|".join(map(re.escape, words))
    # Whole words only: the variables and metrics of the server keep their names.
    return re.sub(rf"(?<!\w)(?:{either})(?!\w)", lambda found: words[found[0]], text)


def marks(names: Names, version: str) -> dict[str, str]:
    """What stands in the manifests and the Dockerfile, and what takes its place."""
    return {
        f"notifyctl:{version}": names.image,
        "newName: notifyctl": f"newName: {names.repository}",
        f'newTag: "{version}': f'newTag: "{names.tag}',
        "notify.example.org": names.host,
        "namespace realtime": f"namespace {names.namespace}",
        "namespace: realtime": f"namespace: {names.namespace}",
        "notifyd": names.name,
        "context: ../..": "context: .",
        "ARG NOTIFYCTL=.": f"ARG NOTIFYCTL=notifyctl=={version}",
    }
