"""What runs pods: a Deployment and its kind, a Job, or a Pod by itself."""

from functools import cached_property
from typing import Final

from notifyctl.validate.kubernetes.container import Container, Role
from notifyctl.validate.kubernetes.manifest import Manifest, texts_of
from notifyctl.validate.settings import Settings
from notifyctl.validate.tree import Node

# Where the template of the pods is.
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
_REPLICATED: Final = frozenset(TEMPLATES) - {"CronJob", "DaemonSet", "Job", "Pod"}
SERVICE_LABEL: Final = "notifyctl.dev/service"


class Workload(Manifest, frozen=True, dict=True, eq=False):
    """An object that runs pods. `services` are the Services of its set that select them."""

    services: tuple[Manifest, ...] = ()

    @cached_property
    def template(self) -> Node:
        """What the pods are made from: their `metadata` and `spec`."""
        return template_of(self.kind, self.node)

    @property
    def pod(self) -> Node:
        """The `spec` of the pods."""
        return self.template["spec"]

    @cached_property
    def pod_labels(self) -> dict[str, str]:
        """The labels of the pods."""
        return texts_of(self.template["metadata"]["labels"])

    @property
    def ends(self) -> bool:
        """Whether its pods run until their work is done, as a Job's do."""
        if self.kind == "Pod":
            return self.pod["restartPolicy"].string in ("Never", "OnFailure")
        return self.kind in ("Job", "CronJob")

    @property
    def replicas(self) -> int | None:
        """How many pods it asks for; None if it does not say, cannot, or the number is unknown."""
        if self.kind not in _REPLICATED:
            return None
        written = self.node["spec"]["replicas"]
        return written.integer if written.exists else 1

    @cached_property
    def containers(self) -> list[Container]:
        """What runs as long as the pod: its containers, then its sidecars."""
        return [*self._of("containers", "main"), *self._sidecars]

    @cached_property
    def init_containers(self) -> list[Container]:
        """What runs before, and ends."""
        sidecars = {id(each.node) for each in self._sidecars}
        return [
            each for each in self._of("initContainers", "init") if id(each.node) not in sidecars
        ]

    @cached_property
    def _sidecars(self) -> list[Container]:
        every = self._of("initContainers", "sidecar")
        return [each for each in every if each.node["restartPolicy"].string == "Always"]

    def _of(self, key: str, role: Role) -> list[Container]:
        return [Container(self, node, role) for node in self.pod[key].items if node.entries]

    def is_named_as_it(self, settings: Settings) -> bool:
        """Whether its name or a label says that it is the notification service."""
        return (
            self.name in settings.service
            or self.labels.get(SERVICE_LABEL) == "true"
            or self.pod_labels.get(SERVICE_LABEL) == "true"
        )

    def holds_sockets(self, settings: Settings) -> bool:
        """Whether one of its containers is the notification service."""
        return any(container.holds_sockets(settings) for container in self.containers)


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
