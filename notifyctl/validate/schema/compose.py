"""Holds a compose file against the schema of the compose specification."""

from collections.abc import Iterator
from typing import Final

from notifyctl.validate.finding import Problem
from notifyctl.validate.schema.dialect import COMPOSE as DIALECT
from notifyctl.validate.schema.dialect import COMPOSE_LAYER
from notifyctl.validate.schema.pack import COMPOSE, read_pack
from notifyctl.validate.schema.walker import mismatches
from notifyctl.validate.tree import Mapping, Node

_SOURCES: Final = ("image", "build")


def problems_of(document: Node, *, is_layer: bool) -> Iterator[Problem]:
    """Everything that compose would not take of a file. `is_layer`: it is laid over another one,
    where an empty value changes nothing. A file that is no mapping is no compose file, whatever its
    name says: Ansible's `compose.yml` is a list of tasks."""
    if not isinstance(document, Mapping):
        return
    first = _service_at_the_top(document)
    if first:
        yield Problem(
            f"the service `{first}` is not below `services`",
            document.entries[first].key.span,
            help="add `services:` above, and indent the services below it",
            note="files without `services` are of the format that ended with Compose 1",
        )
        return
    pack = read_pack(COMPOSE)
    dialect = COMPOSE_LAYER if is_layer else DIALECT
    yield from mismatches(document, pack, pack.roots[""]["compose"], "a compose file", dialect)


def _service_at_the_top(document: Node) -> str:
    """The first service of a file that has no `services`; empty if there is none."""
    if "services" in document.entries:
        return ""
    for name, entry in document.entries.items():
        is_service = isinstance(entry.value, Mapping) and not name.startswith("x-")
        if is_service and any(source in entry.value for source in _SOURCES):
            return name
    return ""
