"""What compose refuses to start although every file is well formed: names that lead nowhere."""

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Final

from notifyctl.validate.compose.interpolation import (
    UNKNOWN,
    filled,
    is_unknown,
    known,
    written_references,
)
from notifyctl.validate.compose.mounts import read_mount
from notifyctl.validate.compose.ports import beyond
from notifyctl.validate.compose.project import Project, Service
from notifyctl.validate.finding import Problem, Related
from notifyctl.validate.spelling import closest
from notifyctl.validate.tree import Node, Scalar

_RESTARTS: Final = ("no", "always", "on-failure", "unless-stopped")
_RESTART: Final = re.compile(r"(?:no|always|unless-stopped|on-failure(?::[0-9]+)?)?")
_SHARED: Final = ("network_mode", "pid", "ipc")


def consistency(project: Project) -> Iterator[Problem]:
    """Everything in a project that compose stops at, beyond the form of its files."""
    yield from _unreadable_variables(project)
    yield from _external_with_more(project)
    yield from _same_container_names(project)
    for service in project.services.values():
        yield from _without_image(service)
        yield from _ports_beyond(service)
        yield from _unknown_restart(service)
        yield from _networks_twice(service)
        if project.is_complete and service.is_complete:
            yield from _unknown_services(service)
            yield from _unknown_resources(service)
    yield from _circle(project)


def _unreadable_variables(project: Project) -> Iterator[Problem]:
    for node in project.interpolated():
        yield from _unreadable(node)


def _unreadable(node: Scalar) -> Iterator[Problem]:
    for reference, span in written_references(node):
        if not reference.name:
            yield Problem(
                "compose cannot read this as a variable",
                span,
                help="write `$$` where a `$` is meant",
                note='it stops with "invalid interpolation format"',
            )
            return


def _external_with_more(project: Project) -> Iterator[Problem]:
    for kind in ("networks", "volumes", "secrets", "configs"):
        for name, entry in project.root[kind].entries.items():
            external = entry.value["external"]
            if not external.is_true and not external.entries:
                continue
            for key, other in entry.value.entries.items():
                if key not in ("external", "name") and not key.startswith("x-"):
                    yield Problem(
                        f"`{name}` is external, and so it cannot have `{key}` here",
                        other.key,
                        related=(Related(external.span, "external"),),
                        help=f"remove `{key}`, or `external`",
                    )
                    break


def _same_container_names(project: Project) -> Iterator[Problem]:
    taken: dict[str, Service] = {}
    for service in project.services.values():
        node = service.node["container_name"]
        name = filled(node)
        if not name or is_unknown(node):
            continue
        other = taken.setdefault(name, service)
        if other is not service and other.runs_with(service):
            yield Problem(
                f"`{service.name}` and `{other.name}` both have the container name `{name}`",
                node,
                related=(Related(other.node["container_name"].span, "taken here"),),
                help="give one of them another name",
                about=service.about,
            )


def _without_image(service: Service) -> Iterator[Problem]:
    node = service.node
    if any(node[key].exists for key in ("image", "build", "provider", "extends")):
        return
    yield Problem(
        f"`{service.name}` has neither `image` nor `build`",
        node.head,
        help="add one of them",
        about=service.about,
    )


def _ports_beyond(service: Service) -> Iterator[Problem]:
    for item in service.node["ports"].items:
        number = beyond(item)
        if number is not None:
            yield Problem(
                f"`{service.name}` has the port {number}, and ports end at 65535",
                item,
                help="correct the number",
                note="compose stops",
                about=service.about,
            )


def _unknown_restart(service: Service) -> Iterator[Problem]:
    node = service.node["restart"]
    text = known(node)
    # What is no text at all, such as a plain `false`, breaks the schema already.
    if text is None or _RESTART.fullmatch(text) or not isinstance(node.value, str):
        return
    guess = closest(text.partition(":")[0], _RESTARTS)
    yield Problem(
        f"`{service.name}` has `restart: {text}`, and Docker knows no such word",
        node,
        help=f"did you mean `{guess}`?" if guess else f"write one of {', '.join(_RESTARTS)}",
        note="only `on-failure` takes a number: `on-failure:3`" if ":" in text else "",
        about=service.about,
    )


def _networks_twice(service: Service) -> Iterator[Problem]:
    mode, networks = service.node["network_mode"], service.node["networks"]
    if known(mode) and networks.entries:
        yield Problem(
            f"`{service.name}` has both `network_mode` and `networks`",
            mode,
            related=(Related(networks.head, "the other one"),),
            help="remove one of them",
            note="compose stops",
            about=service.about,
        )


def _unknown_services(service: Service) -> Iterator[Problem]:
    services = service.project.services
    for name, entry in service.node["depends_on"].entries.items():
        if name not in services and "$" not in name and entry.value["required"].value is not False:
            yield _undefined(service, "service", name, entry.key)
    for key in _SHARED:
        kind, colon, name = filled(service.node[key]).partition(":")
        if colon and kind == "service" and name not in services and UNKNOWN not in name:
            yield _undefined(service, "service", name, service.node[key])
    for item in service.node["links"].items:
        name = filled(item).partition(":")[0]
        if name and name not in services and UNKNOWN not in name:
            yield _undefined(service, "service", name, item)


def _unknown_resources(service: Service) -> Iterator[Problem]:
    root = service.project.root
    for kind, name, node in _named_resources(service):
        if name not in root[f"{kind}s"].entries and UNKNOWN not in name and "$" not in name:
            yield _undefined(service, kind, name, node)


def _named_resources(service: Service) -> Iterator[tuple[str, str, Node]]:
    for name, entry in service.node["networks"].entries.items():
        if name not in ("default", "host", "none"):
            yield "network", name, entry.key
    for item in service.node["volumes"].items:
        mount = read_mount(item)
        if mount and mount.kind == "volume" and mount.source:
            yield "volume", mount.source, item["source"] if item["source"].exists else item
    secrets = (*service.node["secrets"].items, *service.node["build"]["secrets"].items)
    for kind, items in (("secret", secrets), ("config", service.node["configs"].items)):
        for item in items:
            source = item["source"] if item.entries else item
            if filled(source):
                yield kind, filled(source), source


def _undefined(service: Service, kind: str, name: str, node: Node) -> Problem:
    where = f"under `{kind}s`" if kind != "service" else "in the project"
    return Problem(
        f"`{service.name}` names the {kind} `{name}`, and there is none {where}",
        node,
        help=f"define `{name}` there, or correct the name",
        note="compose stops",
        about=service.about,
    )


def _circle(project: Project) -> Iterator[Problem]:
    """Services that wait for each other; one circle, for others may be parts of it."""
    waits = {name: list(service.depends_on) for name, service in project.services.items()}
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        # Each name is waited for by the next one; told is who waits for whom.
        names = [name for name in reversed(error.args[1]) if name in project.services]
        way = " -> ".join(f"`{name}`" for name in names)
        first = project.services[names[0]]
        yield Problem(
            f"services wait for each other: {way}",
            first.node["depends_on"].entries[names[1]].key,
            help="remove one of the dependencies",
            note="compose starts none of them",
            about=first.about,
        )
