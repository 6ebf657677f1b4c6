"""Which files there are to check below some paths, and what each of them is.

What a file is says its name, or for Kubernetes its content: `apiVersion` and `kind`.
"""

import os
import posixpath
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

import msgspec

from notifyctl.validate.outcome import Unchecked


class Kind(StrEnum):
    """What a file is."""

    DOCKERFILE = "dockerfile"
    COMPOSE = "compose"
    KUBERNETES = "kubernetes"


class Found(msgspec.Struct, frozen=True):
    """The files by their kind, in the order of their paths; and what was left out, with the reason.

    `named` are those that somebody asked for by name, not by the folder around them.
    """

    files: dict[str, Kind]
    named: frozenset[str]
    left_out: dict[str, str]
    unchecked: list[Unchecked]

    def of(self, kind: Kind) -> list[str]:
        """The files of a kind."""
        return [name for name, each in self.files.items() if each is kind]


_DOCKERFILE: Final = re.compile(r"(?:.+\.)?(?:docker|container)file", re.IGNORECASE)
# `Dockerfile.dev`, `Dockerfile_gpu`, `base-Dockerfile`: names that other files have, too.
_LIKE_DOCKERFILE: Final = re.compile(
    r"(?:.+[._-])?(?:docker|container)file(?:[._-][\w.+-]+)?", re.IGNORECASE
)
_COMPOSE: Final = re.compile(r"(?:docker-|podman-)?compose(?:[._-][\w.-]+)?\.ya?ml", re.IGNORECASE)
# A name may have a newline in it, too.
_YAML: Final = re.compile(r".+\.ya?ml", re.IGNORECASE | re.DOTALL)
_KUSTOMIZATION: Final = re.compile(r"kustomization(?:\.ya?ml)?", re.IGNORECASE)
# Not what they are named after, but what it is made from, or what tells about it.
_NO_DOCKERFILE: Final = re.compile(
    r".*\.(?:j2|jinja2?|tmpl|tpl|template|erb|mustache|in|m4|md|rst|txt|adoc|sh|py|go|js|ts|rb|rs"
    r"|java|json|ya?ml|toml|lock|bak|orig|swp|dockerignore|png|svg|html|tar|t?gz|zip|xz|bz2|vim)",
    re.IGNORECASE,
)
_LEFT_OUT_FOLDERS: Final = frozenset(
    {".git", ".hg", ".svn", ".tox", ".nox", ".terraform", "node_modules", "__pycache__"}
)
_API_VERSION: Final = re.compile(rb"^(?:- +| +)?[\"{ ]*apiVersion[\"']? *:", re.MULTILINE)
_KIND: Final = re.compile(rb"^(?:- +| +)?[\"{ ]*kind[\"']? *:|[{,] *\"?kind\"? *:", re.MULTILINE)
_SERVICES: Final = re.compile(rb"^services *:", re.MULTILINE)
# A Dockerfile begins with one of these, below comments; parts of one that a tool joins do not.
_DOCKER_START: Final = re.compile(
    rb"(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t]*(?:FROM|ARG)\s", re.IGNORECASE
)
_DOCKER_INSTRUCTION: Final = re.compile(rb"^\s*FROM\s+\S", re.MULTILINE | re.IGNORECASE)
_LOOK_BYTES: Final = 1 << 20
_FORBIDDEN: Final = "cannot be read (Permission denied)"


def discover(paths: Sequence[str], exclude: Iterable[str] = ()) -> Found:
    """Look below each path; a path that is a file is taken whatever its name."""
    found = Found({}, frozenset(), {}, [])
    patterns = tuple(exclude)
    named = set()
    for path in paths or ["."]:
        if os.path.isdir(path):
            for name in _below(path, found):
                if any(fnmatch(name, pattern) for pattern in patterns):
                    found.left_out[name] = "excluded"
                elif kind := _kind_of(name):
                    found.files[name] = kind
                elif _is_unclear(name) and not _is_readable(name):
                    found.unchecked.append(Unchecked(name, _FORBIDDEN))
            continue
        name = _shown(path)
        named.add(name)
        if not os.path.exists(path):
            reason = "is a link to nothing" if os.path.islink(path) else "does not exist"
            found.unchecked.append(Unchecked(name, reason))
        elif kind := _kind_of(name) or _kind_inside(name):
            found.files[name] = kind
        else:
            what = "is neither a Dockerfile nor a compose file nor a Kubernetes manifest"
            found.unchecked.append(Unchecked(name, what))
    files = {name: found.files[name] for name in sorted(found.files)}
    return msgspec.structs.replace(found, files=files, named=frozenset(named))


def _below(folder: str, found: Found) -> Iterator[str]:
    """The files below a folder, without what others have put there."""
    left_out = found.left_out

    def note(error: OSError) -> None:
        found.unchecked.append(Unchecked(_shown(error.filename), _FORBIDDEN))

    for root, folders, files in os.walk(folder, onerror=note):
        is_chart = "Chart.yaml" in files or "Chart.yml" in files
        for name in sorted(folders):
            inner = os.path.join(root, name)
            if is_chart and name == "templates":
                left_out[_shown(inner)] = "templates of a Helm chart"
            elif name in _LEFT_OUT_FOLDERS:
                left_out[_shown(inner)] = "not yours"
            elif os.path.exists(os.path.join(inner, "pyvenv.cfg")):
                left_out[_shown(inner)] = "a virtual environment"
            else:
                continue
            folders.remove(name)
        folders.sort()
        yield from (_shown(os.path.join(root, name)) for name in sorted(files))


def _shown(path: str) -> str:
    return posixpath.normpath(Path(path).as_posix())


def kind_of(name: str, content: bytes) -> Kind | None:
    """What a file is: by its name, and where that may mislead by what stands in it."""
    base = posixpath.basename(name)
    if _COMPOSE.fullmatch(base):
        return Kind.COMPOSE
    if _is_dockerfile(base, content):
        return Kind.DOCKERFILE
    if _KUSTOMIZATION.fullmatch(base):
        return Kind.KUBERNETES
    if _YAML.fullmatch(base) and _API_VERSION.search(content) and _KIND.search(content):
        return Kind.KUBERNETES
    return None


def _is_dockerfile(base: str, content: bytes) -> bool:
    if _NO_DOCKERFILE.fullmatch(base) or not _LIKE_DOCKERFILE.fullmatch(base):
        return False
    # One that cannot be read is one by its name: then it is told that it cannot.
    is_sure = _DOCKERFILE.fullmatch(base) is not None or not content
    return is_sure or _DOCKER_START.match(content) is not None


def _kind_of(name: str) -> Kind | None:
    return kind_of(name, _look(name) if _is_unclear(name) else b"")


def _is_unclear(name: str) -> bool:
    """Whether only its content says what a file of this name is."""
    base = posixpath.basename(name)
    return bool(_YAML.fullmatch(base) or _LIKE_DOCKERFILE.fullmatch(base))


def _is_readable(name: str) -> bool:
    return not os.path.isfile(name) or os.access(name, os.R_OK)


def _kind_inside(name: str) -> Kind | None:
    """What a file is that somebody named, by its content alone."""
    content = _look(name)
    if _API_VERSION.search(content):
        return Kind.KUBERNETES
    if _SERVICES.search(content):
        return Kind.COMPOSE
    if _DOCKER_INSTRUCTION.search(content) or _is_dockerfile(posixpath.basename(name), b""):
        return Kind.DOCKERFILE
    return Kind.KUBERNETES if _YAML.fullmatch(name) else None


def _look(name: str) -> bytes:
    """How a file begins; nothing of a pipe, which would wait for somebody to write."""
    if not os.path.isfile(name):
        return b""
    try:
        with open(name, "rb") as file:
            return file.read(_LOOK_BYTES).removeprefix(BOM_UTF8)
    except OSError:
        return b""
