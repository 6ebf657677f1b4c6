"""What a kustomization does to all of its objects: namespace, labels, images and the like."""

from functools import partial
from typing import Final

from notifyctl.validate.kubernetes.kinds import CLUSTER_WIDE
from notifyctl.validate.kubernetes.kustomize.grafting import (
    EACH,
    Change,
    always,
    changed,
    overlaid,
    rewritten,
    text_at,
    with_value,
)
from notifyctl.validate.kubernetes.kustomize.naming import with_affixes, with_references
from notifyctl.validate.kubernetes.kustomize.resource import Resource
from notifyctl.validate.kubernetes.templates import TEMPLATES
from notifyctl.validate.tree import Mapping, Node

_OWN_SELECTORS: Final = frozenset({"DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"})
_SCALED: Final = frozenset({"Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"})
_CONTAINERS: Final = frozenset({"containers", "initContainers"})


def transformed(resources: list[Resource], kustomization: Node) -> list[Resource]:
    """The resources after all that a kustomization does to every one of them."""
    if namespace := kustomization["namespace"]:
        resources = _each(resources, partial(in_namespace, namespace=namespace))
    prefix, suffix = kustomization["namePrefix"], kustomization["nameSuffix"]
    resources = with_affixes(resources, prefix, suffix)
    if pairs := kustomization["commonLabels"]:
        everywhere = partial(labelled, pairs=pairs, templates=True, selectors=True)
        resources = _each(resources, everywhere)
    for item in kustomization["labels"].items:
        resources = _each(resources, partial(_labelled, item=item))
    if pairs := kustomization["commonAnnotations"]:
        resources = _each(resources, partial(annotated, pairs=pairs))
    replicas = kustomization["replicas"].items
    resources = [each.with_node(scaled(each.node, each.names, replicas)) for each in resources]
    resources = _each(resources, partial(with_images, images=kustomization["images"].items))
    return with_references(resources)


def _each(resources: list[Resource], change: Change) -> list[Resource]:
    return [each.changed(change) for each in resources]


def _labelled(node: Node, item: Node) -> Node:
    return labelled(
        node,
        item["pairs"],
        templates=item["includeTemplates"].is_true,
        selectors=item["includeSelectors"].is_true,
    )


def in_namespace(node: Node, namespace: Node) -> Node:
    """An object in a namespace; the Namespace itself takes the name."""
    kind = node["kind"].string
    if kind == "Namespace":
        return changed(node, ("metadata", "name"), always(namespace), create=True)
    if kind in CLUSTER_WIDE:
        return node
    return changed(node, ("metadata", "namespace"), always(namespace), create=True)


def annotated(node: Node, pairs: Node) -> Node:
    """An object with further annotations, its pods, too."""
    node = _with_pairs(node, ("metadata", "annotations"), pairs)
    template = TEMPLATES.get(node["kind"].string)
    return _with_pairs(node, (*template, "metadata", "annotations"), pairs) if template else node


def labelled(node: Node, pairs: Node, *, templates: bool, selectors: bool) -> Node:
    """An object with further labels; its pods too, and whatever selects them, if that is asked."""
    kind = node["kind"].string
    node = _with_pairs(node, ("metadata", "labels"), pairs)
    if (templates or selectors) and (template := TEMPLATES.get(kind)):
        node = _with_pairs(node, (*template, "metadata", "labels"), pairs)
    return _selecting(node, kind, pairs) if selectors else node


def _selecting(node: Node, kind: str, pairs: Node) -> Node:
    if kind in ("Service", "ReplicationController"):
        return _with_pairs(node, ("spec", "selector"), pairs)
    if kind in _OWN_SELECTORS:
        node = _with_pairs(node, ("spec", "selector", "matchLabels"), pairs)
    elif kind in ("Job", "PodDisruptionBudget"):
        node = _with_pairs(node, ("spec", "selector", "matchLabels"), pairs, create=False)
    elif kind == "NetworkPolicy":
        for path in (
            ("podSelector",),
            ("ingress", EACH, "from", EACH, "podSelector"),
            ("egress", EACH, "to", EACH, "podSelector"),
        ):
            node = _with_pairs(node, ("spec", *path, "matchLabels"), pairs, create=False)
    if template := TEMPLATES.get(kind):
        spread = (*template, "spec", "topologySpreadConstraints", EACH, "labelSelector")
        node = _with_pairs(node, (*spread, "matchLabels"), pairs, create=False)
    return node


def _with_pairs(node: Node, path: tuple[str, ...], pairs: Node, *, create: bool = True) -> Node:
    def add(labels: Node) -> Node:
        if labels.exists and not isinstance(labels, Mapping):
            return labels
        return overlaid(labels, pairs.entries)

    return changed(node, path, add, create=create)


def with_images(node: Node, images: list[Node]) -> Node:
    """An object whose containers run other images."""

    def rewrite(key: str, container: Node) -> Node:
        if key not in _CONTAINERS or "image" not in container:
            return container
        image = container["image"]
        for other in images:
            new = _image(image.string, other)
            if new:
                place = next(
                    (other[k] for k in ("newTag", "digest", "newName") if k in other), other
                )
                image = text_at(place, new)
        return container if image is container["image"] else with_value(container, "image", image)

    return rewritten(node, rewrite) if images else node


def _image(reference: str, other: Node) -> str:
    """The reference of an image as `images` changes it; empty if it is for another one."""
    rest, at, digest = reference.partition("@")
    name, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:
        name, colon, tag = rest, "", ""
    if name != other["name"].string:
        return ""
    new = other["newName"].text or name
    if other["digest"].text:
        return f"{new}@{other['digest'].string}"
    if other["newTag"].text:
        return f"{new}:{other['newTag'].string}"
    return f"{new}{colon}{tag}{at}{digest}"


def scaled(node: Node, names: frozenset[str], replicas: list[Node]) -> Node:
    """An object that has one of these names with another number of replicas."""
    for each in replicas:
        if each["name"].string in names and node["kind"].string in _SCALED and "count" in each:
            node = changed(node, ("spec", "replicas"), always(each["count"]), create=True)
    return node
