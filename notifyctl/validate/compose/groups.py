"""Which compose files of one folder make up a project each.

The base with its override is one, and the base with each variant that adds to it. A variant that
has everything itself is one, too. Where it could be both, it is taken by itself, and what the base
would give it is kept in mind: what nobody knows is not told.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from notifyctl.validate.compose.mounts import read_mount
from notifyctl.validate.compose.names import is_base, is_override, is_production, preference
from notifyctl.validate.tree import Node
from notifyctl.validate.yaml_reader import Files

# What a service of another file may be given by: with one of these it is whole.
_WHOLE: Final = ("image", "build", "extends", "provider")
_DEFINED: Final = ("services", "volumes", "networks", "secrets", "configs")
_LISTS: Final = ("ports", "volumes")
# What is only written about something that a file below has.
_REPLACING: Final = ("!reset", "!override")


class Group(NamedTuple):
    """Files that are laid one over the other; `beneath` is one that may lie below them all."""

    names: tuple[str, ...]
    beneath: str | None = None


def groups_of(names: list[str], files: Files) -> Iterator[Group]:
    """The projects of one folder's files."""
    bases = sorted((name for name in names if is_base(name)), key=preference)
    overrides = sorted((name for name in names if is_override(name)), key=preference)
    base = bases[0] if bases else None
    added: list[str] = []
    for name in names:
        if name in bases or name in overrides:
            continue
        shares = base and _services(name, files).keys() & _services(base, files).keys()
        if not _stands_alone(name, files) or (shares and _adds_to(base or "", name, files)):
            added.append(name)
        else:
            yield Group((name,), base if shares else None)
    if base is None:
        return
    if _runs_as_it_is(base, overrides, added, files):
        yield Group((base,))
    if overrides:
        yield Group((base, overrides[0]))
    yield from (Group((base, name)) for name in added)
    yield from (Group((name,)) for name in bases[1:])


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
        kind: {key for document in documents for key in document[kind].entries} for kind in _DEFINED
    }
    return all(
        # What is `!reset` was given by another file.
        any(word in service and service[word].tag != "!reset" for word in _WHOLE)
        and all(key in defined[kind] for kind, key in _needed(service))
        for service in _services(name, files).values()
    )


def _adds_to(base: str, name: str, files: Files) -> bool:
    """Whether a file that could stand alone is surely laid over the base, with which it shares
    services: the base cannot do without, the file takes something of it away, or it is about
    services that the base has all of, repeats nothing of it, and says little, or nothing of the
    ports by which the base is reached."""
    if not _stands_alone(base, files):
        return True
    ours, theirs = _services(name, files), _services(base, files)
    if any(
        entry.value.tag in _REPLACING
        for key in ours.keys() & theirs.keys()
        for entry in ours[key].entries.values()
    ):
        return True
    if not ours.keys() <= theirs.keys():
        return False
    if any(_repeats(service, theirs[key]) for key, service in ours.items()):
        return False
    reached = any(theirs[key]["ports"].items for key in ours)
    if reached and not any(service["ports"].exists for service in ours.values()):
        return True
    said = sum(len(service.entries) for service in ours.values())
    return said * 2 <= sum(len(theirs[key].entries) for key in ours)


def _repeats(service: Node, other: Node) -> bool:
    """Whether a service says again what the other says: nobody does, on top of it."""
    if service["image"].exists and service["image"].string == other["image"].string:
        return True
    return any(
        {item.string for item in service[key].items} & {item.string for item in other[key].items}
        for key in _LISTS
    )


def _services(name: str, files: Files) -> dict[str, Node]:
    return {
        key: entry.value
        for document in files[name][1].documents
        for key, entry in document["services"].entries.items()
    }


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
