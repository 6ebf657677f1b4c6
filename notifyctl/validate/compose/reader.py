"""Finds the compose projects among the files that were read.

The files of a folder belong together as `docker compose` and its users take them: the base with
its override, and with each variant (`compose.production.yaml`) that does not stand on its own. A
setting says it where the names do not.
"""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from notifyctl.validate.compose.env_file import documented_names
from notifyctl.validate.compose.interpolation import known
from notifyctl.validate.compose.layers import Files, layered, variables_of
from notifyctl.validate.compose.mounts import read_mount
from notifyctl.validate.compose.names import (
    is_base,
    is_override,
    is_production,
    preference,
    resolve,
)
from notifyctl.validate.compose.project import Project
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Source
from notifyctl.validate.tree import Mapping as MappingNode
from notifyctl.validate.tree import Node

# What a service of another file may be given by: with one of these it is whole.
_WHOLE: Final = ("image", "build", "extends", "provider")

# Where a project says which variables it wants.
_ENVIRONMENT_FILES: Final = (
    ".env",
    ".env.dist",
    ".env.example",
    ".env.prod",
    ".env.prod.example",
    ".env.production",
    ".env.production.example",
    ".env.sample",
    ".env.template",
    ".example.env",
    ".sample.env",
    "env.dist",
    "env.example",
    "env.sample",
    "env.template",
    "example.env",
    "sample.env",
    "template.env",
)


def read_projects(
    files: Files, settings: Settings, environment_files: Mapping[str, Source]
) -> list[Project]:
    """Every project of the files. Both mappings are also asked for files that they do not list:
    what a compose file extends, includes or takes its variables from."""
    compose = [name for name in files if _has_services(name, files)]
    stated = [names for names in settings.compose_files if all(name in files for name in names)]
    taken = {name for names in stated for name in names}
    groups = list(stated)
    folders: dict[str, list[str]] = {}
    for name in sorted(compose):
        if name not in taken:
            folders.setdefault(posixpath.dirname(name), []).append(name)
    used = set(_used(files, compose))
    for names in folders.values():
        groups += _groups(names, files, used)
    projects: list[Project] = []
    for group in groups:
        folder = folders.get(posixpath.dirname(group[0]), list(group))
        production = any(is_production(name) for name in group) or (
            settings.is_production and _is_all_there_is(group, folder)
        )
        project = _project(group, files, environment_files, production)
        if project is not None:
            projects.append(project)
    return projects


def _is_all_there_is(group: tuple[str, ...], folder: list[str]) -> bool:
    """Whether a folder has one base and nothing else that could be meant for production."""
    return len(group) == 1 and is_base(group[0]) and not any(is_production(name) for name in folder)


def _has_services(name: str, files: Files) -> bool:
    return any(
        isinstance(document["services"], MappingNode) or document["include"].items
        for document in files[name][1].documents
    )


def _used(files: Files, names: Iterable[str]) -> Iterator[str]:
    """The files that others extend or include."""
    for name in names:
        folder = posixpath.dirname(name)
        for document in files[name][1].documents:
            for entry in document["services"].entries.values():
                yield from _paths(folder, entry.value["extends"]["file"])
            for item in document["include"].items:
                yield from _paths(folder, item)
                yield from _paths(folder, item["path"])


def _paths(folder: str, node: Node) -> Iterator[str]:
    for item in (node, *node.items):
        path = known(item)
        if path:
            yield resolve(folder, path)


def _groups(names: list[str], files: Files, used: set[str]) -> Iterator[tuple[str, ...]]:
    """Which files of one folder make up a project each."""
    bases = sorted((name for name in names if is_base(name)), key=preference)
    overrides = sorted((name for name in names if is_override(name)), key=preference)
    variants = [name for name in names if name not in (*bases, *overrides) and name not in used]
    alone = [name for name in variants if _stands_alone(name, files)]
    added = [name for name in variants if name not in alone]
    if bases:
        first, *others = bases
        together = [(first, *overrides[:1])] if overrides else []
        together += [(first, name) for name in added]
        if _runs_as_it_is(first, overrides, added, files):
            yield (first,)
        yield from together
        yield from ((name,) for name in others)
    yield from ((name,) for name in alone)


def _runs_as_it_is(base: str, overrides: list[str], added: list[str], files: Files) -> bool:
    """Whether somebody runs the base without anything on top: where there is nothing, or only a
    variant for production, and the base needs none."""
    if overrides or not all(is_production(name) for name in added):
        return False
    return not added or _stands_alone(base, files)


def _stands_alone(name: str, files: Files) -> bool:
    """Whether every service of a file is whole, and the file has everything that they name."""
    documents = files[name][1].documents
    if any(document["include"].items for document in documents):
        return True
    defined = {
        kind: {key for document in documents for key in document[kind].entries}
        for kind in ("services", "volumes", "networks", "secrets", "configs")
    }
    services = [
        entry.value for document in documents for entry in document["services"].entries.values()
    ]
    return all(
        # What is `!reset` was given by another file.
        any(word in service and service[word].tag != "!reset" for word in _WHOLE)
        and all(key in defined[kind] for kind, key in _needed(service))
        for service in services
    )


def _needed(service: Node) -> Iterator[tuple[str, str]]:
    """What a service cannot be without: other services, and what the file defines for it."""
    for kind, node in (
        ("services", service["depends_on"]),
        ("networks", service["networks"]),
        ("secrets", service["secrets"]),
        ("configs", service["configs"]),
    ):
        names = [*node.entries, *(item.text or item["source"].string for item in node.items)]
        yield from ((kind, name) for name in names if name not in ("", "default"))
    for item in service["volumes"].items:
        mount = read_mount(item)
        if mount and mount.kind == "volume" and mount.source and "$" not in mount.source:
            yield "volumes", mount.source
    if service["extends"].text and not service["extends"]["file"].exists:
        yield "services", service["extends"].string


def _project(
    names: tuple[str, ...],
    files: Files,
    environment_files: Mapping[str, Source],
    production: bool,
) -> Project | None:
    folder = posixpath.dirname(names[0])
    variables = variables_of(folder, environment_files)
    whole = layered(names, files, environment_files, variables)
    if whole is None or not isinstance(whole.root["services"], MappingNode):
        return None
    documented: set[str] = set()
    for place in {folder, ""}:
        for name in (resolve(place, name) for name in _ENVIRONMENT_FILES):
            source = environment_files.get(name)
            documented |= documented_names(source) if source else set()
    return Project(
        names,
        whole.root,
        tuple(document for name in names for document in files[name][1].documents),
        is_complete=whole.is_complete,
        is_production=production,
        variables=variables,
        documented=frozenset(documented),
        environment_files=environment_files,
    )
