"""Finds the compose projects among the files that were read, and puts each of them together."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from notifyctl.validate.compose.env_file import documented_names
from notifyctl.validate.compose.groups import Group, groups_of
from notifyctl.validate.compose.interpolation import known
from notifyctl.validate.compose.layers import layered, variables_of
from notifyctl.validate.compose.names import (
    is_base,
    is_development,
    is_override,
    is_production,
    resolve,
)
from notifyctl.validate.compose.project import Project
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Source
from notifyctl.validate.tree import Mapping as MappingNode
from notifyctl.validate.tree import Node
from notifyctl.validate.yaml_reader import Files

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
    compose = [name for name in files if _is_project(name, files)]
    stated = [names for names in settings.compose_files if all(name in files for name in names)]
    taken = {name for names in stated for name in names}
    groups = [Group(names) for names in stated]
    folders: dict[str, list[str]] = {}
    for name in sorted(compose):
        if name not in taken:
            folders.setdefault(posixpath.dirname(name), []).append(name)
    used = set(_used(files, compose))
    for names in folders.values():
        groups += groups_of([name for name in names if name not in used], files)
    stages = {posixpath.dirname(name) for name in compose if is_production(name)}
    return [
        project
        for group in groups
        if (project := _project(group, files, environment_files, stages)) is not None
    ]


def _is_project(name: str, files: Files) -> bool:
    """Whether a file has services, or is called what compose looks for and is a mapping at all: a
    rule tells what is wrong with it then."""
    return any(
        isinstance(document["services"], MappingNode)
        or document["include"].items
        or (is_base(name) and document.entries)
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


def _project(
    group: Group, files: Files, environment_files: Mapping[str, Source], stages: set[str]
) -> Project | None:
    names = group.names
    folder = posixpath.dirname(names[0])
    variables = variables_of(folder, environment_files)
    whole = layered(names, files, environment_files, variables)
    if whole is None:
        return None
    beneath = (group.beneath,) if group.beneath else ()
    below = layered(beneath, files, environment_files, variables)
    documented: set[str] = set()
    for place in {folder, ""}:
        for name in (resolve(place, name) for name in _ENVIRONMENT_FILES):
            source = environment_files.get(name)
            documented |= documented_names(source) if source else set()
    production = any(is_production(name) for name in names)
    return Project(
        names,
        whole.root,
        tuple(document for name in names for document in files[name][1].documents),
        is_complete=whole.is_complete,
        is_production=production,
        # Where one file of a folder is for production, the others are not.
        is_development=not production
        and (folder in stages or any(is_override(name) or is_development(name) for name in names)),
        variables=variables,
        documented=frozenset(documented),
        environment_files=environment_files,
        beneath=below.root if below else None,
    )
