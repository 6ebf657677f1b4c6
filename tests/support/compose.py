"""Compose projects from texts, as the command reads them from files."""

from collections.abc import Mapping
from typing import Any

from notifyctl.validate.compose import Project, Service, read_projects
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Source
from notifyctl.validate.tree import Node
from notifyctl.validate.yaml_reader import read_yaml


def tree(text: str, name: str = "compose.yaml") -> Node:
    """The one document of a text."""
    (document,) = read_yaml(Source(name, text)).documents
    return document


def projects(files: Mapping[str, str], **settings: Any) -> list[Project]:
    """The projects of these files; those that are no compose files are there for these to use."""
    sources = {name: Source(name, text) for name, text in files.items()}
    documents = {
        name: (source, read_yaml(source))
        for name, source in sources.items()
        if name.endswith((".yaml", ".yml"))
    }
    return read_projects(documents, Settings(**settings), sources)


def project(text: str, **others: str) -> Project:
    """The project of a `compose.yaml`; `others` are files beside it, `_` for their dots."""
    files = {name.replace("_", "."): each for name, each in others.items()}
    (found,) = projects({"compose.yaml": text, **files})
    return found


def service(text: str, name: str = "app") -> Service:
    """One service, given by what stands in it."""
    lines = "".join(f"    {line}\n" for line in text.splitlines())
    return project(f"services:\n  {name}:\n{lines}").services[name]
