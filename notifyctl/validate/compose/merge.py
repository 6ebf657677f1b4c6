"""Merges compose files by the rules of the compose specification.

Mappings merge key by key, sequences are appended, single values are replaced. A few sequences hold
things of which there can be only one - a mount per target, a port per address - and there the later
one takes the place of the earlier. Every node keeps the place in the file it comes from.
"""

from collections.abc import Callable
from typing import Final

from notifyctl.validate.compose.interpolation import filled
from notifyctl.validate.compose.mounts import read_mount
from notifyctl.validate.compose.ports import read_ports
from notifyctl.validate.tree import Entry, Mapping, Node, Sequence, mapping_at, sequence_at

Path = tuple[str, ...]

_RESET: Final = "!reset"
_OVERRIDE: Final = "!override"
# Below a service; what stands there replaces, and is never appended.
_REPLACED: Final = frozenset({("command",), ("entrypoint",), ("healthcheck", "test")})


def merge(base: Mapping, override: Mapping) -> Mapping:
    """One file laid over another. Their services are in the long form of `canonical`."""
    return _mappings(base, override, ())


def merge_services(base: Mapping, override: Mapping) -> Mapping:
    """A service laid over the one that it extends."""
    return _mappings(base, override, ("services", "*"))


def settle(node: Node, path: Path = ()) -> Node:
    """What remains when nothing is laid over it any more: no resets, and nothing twice."""
    match node:
        case Mapping():
            entries = {
                name: Entry(entry.key, settle(entry.value, (*path, name)))
                for name, entry in node.entries.items()
                if entry.value.tag != _RESET
            }
            return mapping_at(node, entries)
        case Sequence():
            items = [item for item in node.items if item.tag != _RESET]
            return sequence_at(node, _unique(items, path))
        case _:
            return node


def _merged(base: Node, override: Node, path: Path) -> Node:
    attribute = _attribute(path)
    if override.tag in (_RESET, _OVERRIDE) or attribute in _REPLACED:
        return override
    match base, override:
        case Mapping(), Mapping():
            if attribute == ("logging",) and _other_driver(base, override):
                return override
            return _mappings(base, override, path)
        case Sequence(), Sequence():
            return sequence_at(base, _unique([*base.items, *override.items], path))
        case ((Mapping() | Sequence()), _) if not override.exists:
            return base
        case _:
            return override


def _mappings(base: Mapping, override: Mapping, path: Path) -> Mapping:
    entries = dict(base.entries)
    for name, entry in override.entries.items():
        before = entries.get(name)
        if before is None or before.value.tag == _RESET or name.startswith("x-"):
            entries[name] = entry
            continue
        value = _merged(before.value, entry.value, (*path, name))
        # The key stands with its value; of two mappings that became one, with the first.
        replaced = value is entry.value
        entries[name] = entry if replaced else Entry(before.key, value)
    return mapping_at(base, entries)


def _attribute(path: Path) -> Path:
    """Which attribute of a service a path leads to; empty outside of services."""
    return path[2:] if path[:1] == ("services",) else ()


def _other_driver(base: Mapping, override: Mapping) -> bool:
    """Options of a log driver mean nothing to another one."""
    drivers = (filled(base["driver"]), filled(override["driver"]))
    return "" not in drivers and drivers[0] != drivers[1]


def _unique(items: list[Node], path: Path) -> list[Node]:
    """The items without those that a later one replaces, which stands in their place."""
    attribute = _attribute(path)
    in_network = attribute[:1] == ("networks",)
    key = _text if in_network else _KEYS.get(attribute)
    if key is None:
        return items
    kept: dict[object, Node] = {}
    for item in items:
        kept[key(item)] = item
    return list(kept.values())


def _text(item: Node) -> object:
    return filled(item) or id(item)


def _port(item: Node) -> object:
    ports = read_ports(item)
    if not ports:
        return _text(item)
    written = "" if all(port.host is not None for port in ports) else _text(item)
    address = "" if ports[0].is_public else ports[0].host_ip
    ends = ((port.container, port.host) for port in (ports[0], ports[-1]))
    return (written, address, ports[0].protocol, *ends)


def _mount(item: Node) -> object:
    mount = read_mount(item)
    return mount.target if mount and mount.target else _text(item)


def _delivered(folder: str) -> Callable[[Node], object]:
    """Where a secret or a config is put: below a folder if nothing else is said."""

    def target(item: Node) -> object:
        source = filled(item) or filled(item["source"])
        place = filled(item["target"])
        if not source and not place:
            return id(item)
        return place or f"{folder}/{source}"

    return target


def _device(item: Node) -> object:
    _, _, rest = filled(item).partition(":")
    return rest.partition(":")[0] or filled(item["target"]) or _text(item)


def _env_file(item: Node) -> object:
    return filled(item["path"]) or _text(item)


# What makes an item the same as another, by the attribute of a service.
_KEYS: Final[dict[Path, Callable[[Node], object]]] = {
    ("build", "tags"): _text,
    ("build", "platforms"): _text,
    ("cap_add",): _text,
    ("cap_drop",): _text,
    ("configs",): _delivered(""),
    ("devices",): _device,
    ("dns",): _text,
    ("dns_opt",): _text,
    ("dns_search",): _text,
    ("env_file",): _env_file,
    ("expose",): _text,
    ("extra_hosts",): _text,
    ("links",): _text,
    ("ports",): _port,
    ("profiles",): _text,
    ("secrets",): _delivered("/run/secrets"),
    ("tmpfs",): _text,
    ("volumes",): _mount,
}
