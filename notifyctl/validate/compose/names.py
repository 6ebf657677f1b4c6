"""Which of a folder's compose files belong together, by their names; and the paths in them."""

import posixpath
import re
from typing import Final

_BASE: Final = re.compile(r"(?:docker-)?compose\.ya?ml")
_OVERRIDE: Final = re.compile(r"(?:docker-)?compose\.override\.ya?ml")
_PRODUCTION: Final = re.compile(
    r"(?<![a-z])(?<!non[-_.])(?<!pre[-_.])prod(?:uction)?(?![a-z])", re.IGNORECASE
)
_DEVELOPMENT: Final = re.compile(
    r"(?<![a-z])(?:dev|develop|development|e2e|local|test|tests|testing)(?![a-z])", re.IGNORECASE
)
# The order in which `docker compose` looks for its file.
_FIRST: Final = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")


def is_base(name: str) -> bool:
    """Whether `docker compose` takes this file when it is not told which."""
    return _BASE.fullmatch(posixpath.basename(name)) is not None


def is_override(name: str) -> bool:
    """Whether `docker compose` lays this file over the base without being told."""
    return _OVERRIDE.fullmatch(posixpath.basename(name)) is not None


def is_production(name: str) -> bool:
    """Whether a file is for production by its name, or by that of its folder."""
    *folders, file = name.split("/")
    return bool(_PRODUCTION.search(file)) or any(
        _PRODUCTION.fullmatch(folder) for folder in folders
    )


def is_development(name: str) -> bool:
    """Whether a file is for development or tests by its name, or by that of its folder."""
    *folders, file = name.split("/")
    return bool(_DEVELOPMENT.search(file)) or any(
        _DEVELOPMENT.fullmatch(folder) for folder in folders
    )


def preference(name: str) -> tuple[int, str]:
    """The order of bases: the first of a folder is the one that counts."""
    file = posixpath.basename(name)
    return (_FIRST.index(file) if file in _FIRST else len(_FIRST), file)


def resolve(folder: str, path: str) -> str:
    """A path that a file of a folder gives, as the name of a file."""
    return posixpath.normpath(posixpath.join(folder, path))


def is_remote(path: str) -> bool:
    """Whether a path is an address: of a repository, an image, an archive."""
    return "://" in path or path.startswith(("git@", "github.com/"))
