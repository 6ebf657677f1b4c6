"""Where the objects that run pods describe them."""

from typing import Final

from notifyctl.validate.kubernetes.manifest import Manifest
from notifyctl.validate.tree import Node

# The path to the template of the pods, by the kind.
TEMPLATES: Final[dict[str, tuple[str, ...]]] = {
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Deployment": ("spec", "template"),
    "DeploymentConfig": ("spec", "template"),
    "Job": ("spec", "template"),
    "Pod": (),
    "ReplicaSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "Rollout": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
}


def template_of(kind: str, node: Node) -> Node:
    """The template of the pods in an object of a kind."""
    for key in TEMPLATES.get(kind, ()):
        node = node[key]
    return node


def runs_pods(manifest: Manifest) -> bool:
    """Whether an object is a workload.

    One whose containers all lack their image is the half of one: a patch that goes over another.
    """
    if manifest.kind not in TEMPLATES or not manifest.is_a(manifest.kind):
        return False
    containers = template_of(manifest.kind, manifest.node)["spec"]["containers"].items
    return any("image" in container for container in containers)
