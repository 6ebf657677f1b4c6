"""Compose projects from texts, as the command reads them from files."""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

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


_TEXTS = st.sampled_from(
    [
        "",
        "x",
        "1",
        "a=b",
        "8000:8000",
        "1-3:1-3",
        "./a:/b",
        "${A",
        "$",
        "${A:-1}",
        "NONE",
        "5s",
        "db",
    ]
)
_KEYS = st.sampled_from(
    ["app", "db", "context", "test", "target", "condition", "file", "service", "path", "external"]
)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=6,
)
_ATTRIBUTES = """
    image build ports expose environment env_file healthcheck volumes command entrypoint depends_on
    profiles networks network_mode labels deploy scale stop_grace_period extends secrets configs
    restart container_name ulimits links
"""


def wild_projects() -> st.SearchStrategy[str]:
    """Compose files whose keys are right, and whose values may be anything."""
    service = st.dictionaries(st.sampled_from(_ATTRIBUTES.split()), _VALUES, max_size=6)
    kinds = ("volumes", "networks", "secrets", "configs", "include", "name")
    whole = st.fixed_dictionaries({}, optional=dict.fromkeys(kinds, _VALUES))
    services = st.dictionaries(_KEYS, service | _VALUES, min_size=1, max_size=3)
    return st.builds(lambda root, found: json.dumps({**root, "services": found}), whole, services)
