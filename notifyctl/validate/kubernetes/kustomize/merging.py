"""Strategic merge: how a patch that looks like a piece of a manifest goes over the manifest.

Mappings are merged key by key, and `null` removes a key. Lists of Kubernetes' own kinds are merged
item by item where their items have a key, such as the name of a container; all others are replaced.
"""

from typing import Final

from notifyctl.validate.kubernetes.kinds import group_of, is_own_group
from notifyctl.validate.kubernetes.kustomize.grafting import without
from notifyctl.validate.tree import Entry, Mapping, Node, Sequence, mapping_at, sequence_at

DIRECTIVE: Final = "$patch"

# The key of the items of a list, by the key of the list; of several the first one that is there.
_MERGE_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "containers": ("name",),
    "env": ("name",),
    "ephemeralContainers": ("name",),
    "hostAliases": ("ip",),
    "imagePullSecrets": ("name",),
    "initContainers": ("name",),
    "ports": ("containerPort", "port"),
    "secrets": ("name",),
    "topologySpreadConstraints": ("topologyKey",),
    "volumeDevices": ("devicePath",),
    "volumeMounts": ("mountPath",),
    "volumes": ("name",),
    "webhooks": ("name",),
}


def merged(base: Node, patch: Node) -> Node | None:
    """A manifest with a patch over it; None if the patch deletes it."""
    is_own = is_own_group(group_of(base["apiVersion"].string))
    return _merged(base, patch, "", by_key=is_own)


def _merged(base: Node, patch: Node, name: str, *, by_key: bool) -> Node | None:
    if isinstance(base, Mapping) and isinstance(patch, Mapping):
        return _mapping(base, patch, by_key=by_key)
    if isinstance(base, Sequence) and isinstance(patch, Sequence) and by_key:
        for key in _MERGE_KEYS.get(name, ()):
            if any(key in item for item in (*base.items, *patch.items)):
                return _list(base, patch, key)
    return cleaned(patch)


def _mapping(base: Mapping, patch: Mapping, *, by_key: bool) -> Node | None:
    match patch[DIRECTIVE].string:
        case "delete":
            return None
        case "replace":
            return cleaned(patch)
        case _:
            pass
    entries = dict(base.entries)
    for name, entry in patch.entries.items():
        if name.startswith("$"):
            continue
        old = entries.get(name)
        new: Node | None = None
        if entry.value.exists:
            value = entry.value
            new = _merged(old.value, value, name, by_key=by_key) if old else cleaned(value)
        if new is None:
            entries.pop(name, None)
        else:
            entries[name] = Entry(entry.key, new)
    if retained := patch["$retainKeys"].items:
        kept = {item.string for item in retained}
        entries = {name: entry for name, entry in entries.items() if name in kept}
    return mapping_at(base, entries)


def _list(base: Sequence, patch: Sequence, key: str) -> Node:
    if any(item[DIRECTIVE].string == "replace" for item in patch.items):
        return cleaned(patch)
    items = list(base.items)
    added: list[Node] = []
    for item in patch.items:
        at = next((i for i, old in enumerate(items) if _is_same(old, item, key)), None)
        if at is None:
            if item[DIRECTIVE].string != "delete":
                added.append(cleaned(item))
            continue
        new = _merged(items[at], item, "", by_key=True)
        items[at : at + 1] = [] if new is None else [new]
    # kustomize puts what a patch adds before what is there.
    return sequence_at(base, [*added, *items])


def _is_same(one: Node, other: Node, key: str) -> bool:
    """Whether two items of a list are the same thing."""
    if one[key].text is None or one[key].text != other[key].text:
        return False
    protocols = {item["protocol"].text for item in (one, other)} - {None}
    return key not in ("containerPort", "port") or len(protocols) < 2


def cleaned(node: Node) -> Node:
    """A piece of a patch as it stands in the manifest in the end: without its directives."""
    if node[DIRECTIVE].exists:
        node = without(node, DIRECTIVE)
    if any(item[DIRECTIVE].exists for item in node.items):
        return sequence_at(node, [item for item in node.items if not item[DIRECTIVE].exists])
    return node
