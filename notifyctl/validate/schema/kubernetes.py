"""Holds an object of Kubernetes against the schema of its kind."""

import re
from collections.abc import Iterator
from typing import Final

from notifyctl.validate.finding import Edit, Fix, Problem
from notifyctl.validate.kubernetes.kinds import group_of
from notifyctl.validate.schema.dialect import KUBERNETES as DIALECT
from notifyctl.validate.schema.pack import KUBERNETES, nearest, read_pack
from notifyctl.validate.schema.removals import removal_of
from notifyctl.validate.schema.shape import Pack
from notifyctl.validate.schema.walker import mismatches
from notifyctl.validate.spelling import closest
from notifyctl.validate.tree import Node

_STABLE: Final = re.compile(r"v[0-9]+")
# As like as two spellings of one name are: `Config` is no `ConfigMap`.
_ALIKE: Final = 0.88

# What SOPS adds to a file of which it encrypted the values.
_ENCRYPTED: Final = "sops"
# The workloads that nobody can create without a selector.
_SELECTING: Final = frozenset({"DaemonSet", "Deployment", "StatefulSet"})


def problems_of(node: Node, version: str) -> Iterator[Problem]:
    """Everything that Kubernetes of a version would not take. Kinds that are not its own, and
    those that are not packed, are not looked at."""
    api_version, kind = node["apiVersion"].string, node["kind"].string
    if node[_ENCRYPTED].exists:
        return
    found = against(node, api_version, kind, version)
    if found is not None:
        yield from found
    elif removal_of(api_version, kind) is None:
        yield from _unknown_kind(node, api_version, kind)


def against(node: Node, api_version: str, kind: str, version: str) -> list[Problem] | None:
    """What is wrong with an object if it is meant to be of a kind; None if that is not packed."""
    pack = read_pack(KUBERNETES)
    root = pack.roots[nearest(version)].get(f"{api_version}/{kind}")
    if root is None:
        return None
    article = "an" if kind[0] in "AEIOU" else "a"
    return mismatches(node, pack, root, f"{article} {kind}", DIALECT, is_partial=_is_patch(node))


def _unknown_kind(node: Node, api_version: str, kind: str) -> Iterator[Problem]:
    """A kind of Kubernetes' own that its `apiVersion` does not have, by a slip of the pen."""
    pack = read_pack(KUBERNETES)
    kinds = pack.served.get(api_version, ())
    if kind in kinds:
        return
    homes = [each for each, its in pack.served.items() if kind in its]
    if not homes:
        guess = closest(kind, kinds, _ALIKE)
        if guess:
            yield Problem(
                f"`{api_version}` has no kind `{kind}`",
                node["kind"],
                help=f"did you mean `{guess}`?",
                fix=_replacing(node["kind"], guess) if guess.lower() == kind.lower() else None,
            )
        return
    homes = [each for each in homes if _is_stable(each)]
    if homes and _is_stable(api_version) and _is_slip(api_version, homes, pack):
        yield Problem(
            f"`{api_version}` has no kind `{kind}`"
            if kinds
            else f"there is no `{api_version}` with a kind `{kind}`",
            node["apiVersion"],
            help=f"did you mean `{closest(api_version, homes, 0.0) or homes[0]}`?",
        )


def _is_stable(api_version: str) -> bool:
    """Whether it is there for good; others come and go with the versions of Kubernetes."""
    return bool(_STABLE.fullmatch(api_version.rpartition("/")[2]))


def _is_slip(api_version: str, homes: list[str], pack: Pack) -> bool:
    """Whether no custom resource can be meant: their groups have a dot, and are not Kubernetes'."""
    group = group_of(api_version)
    is_ours = "." not in group or any(group_of(each) == group for each in pack.served)
    return is_ours or bool(closest(api_version, homes, _ALIKE))


def _is_patch(node: Node) -> bool:
    """Whether a workload is only a part of one: it has neither a selector nor any image.

    Patches lie about in folders that no kustomization is in, for somebody's script to apply.
    """
    spec = node["spec"]
    pod = spec["template"]["spec"]
    images = [container["image"].exists for container in pod["containers"].items]
    return node["kind"].string in _SELECTING and not spec["selector"] and not any(images)


def _replacing(node: Node, text: str) -> Fix:
    return Fix(f"write `{text}`", (Edit(node.span, text),))
