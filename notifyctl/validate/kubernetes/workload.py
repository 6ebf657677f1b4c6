"""What runs pods - a Deployment and its kind, a Job, or a Pod by itself - and its containers.

Among them may be the notification service: the one that holds its clients' connections, and that
the rules for long-lived connections are about.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Final, Literal

import msgspec

from notifyctl.validate.finding import Named
from notifyctl.validate.image import read_image
from notifyctl.validate.kubernetes.declared import ContainerPort, EnvVariable, env_of, ports_of
from notifyctl.validate.kubernetes.manifest import Manifest, texts_of
from notifyctl.validate.kubernetes.templates import TEMPLATES, template_of
from notifyctl.validate.launch import LABEL, Launch, is_marked
from notifyctl.validate.settings import Settings
from notifyctl.validate.tree import Node, path_of

Role = Literal["main", "sidecar", "init"]

PROBES: Final = ("startupProbe", "readinessProbe", "livenessProbe")
_REPLICATED: Final = frozenset(TEMPLATES) - {"CronJob", "DaemonSet", "Job", "Pod"}


class Container(msgspec.Struct, frozen=True, dict=True, eq=False):
    """A container: `main` ones and `sidecar`s run as long as the pod, `init` ones before them."""

    workload: "Workload"
    node: Node
    role: Role = "main"

    @property
    def name(self) -> str:
        """Its name within the pod."""
        return self.node["name"].string

    @property
    def image(self) -> str:
        """The image, as written; empty if it is not."""
        return self.node["image"].string

    @property
    def serves(self) -> bool:
        """Whether it runs for as long as its pod, so that others can connect to it."""
        return self.role != "init" and not self.workload.ends

    @cached_property
    def ports(self) -> list[ContainerPort]:
        """The ports that it declares."""
        return ports_of(self.node)

    @cached_property
    def env(self) -> dict[str, EnvVariable]:
        """Its environment by name, without what `envFrom` adds."""
        return env_of(self.node)

    @cached_property
    def launch(self) -> Launch:
        """How it is started, as far as its own entry in the manifest says."""
        ports: dict[int, set[str]] = {}
        for port in self.ports:
            if port.number is not None:
                ports.setdefault(port.number, set()).add(port.name)
        return Launch(
            command_line=" ".join(self.words),
            image=read_image(self.image),
            names=frozenset({self.name, self.image}),
            variables=frozenset(self.env),
            environment={name: variable.text for name, variable in self.env.items()},
            ports=ports,
        )

    @property
    def words(self) -> list[str]:
        """What it runs, as far as the manifest says: `command`, then `args`."""
        parts = (*self.node["command"].items, *self.node["args"].items)
        return [part.string for part in parts]

    @property
    def about(self) -> Named:
        """What findings call it: its workload, and the path to the container in there."""
        about = self.workload.about
        path = path_of(self.workload.node, self.node)
        return Named(about.kind, about.name, about.namespace, path)

    def probes(self) -> Iterator[tuple[str, Node]]:
        """Its probes by the names of their keys."""
        for name in PROBES:
            if self.node[name].exists:
                yield name, self.node[name]

    def port_named(self, name: str) -> ContainerPort | None:
        """The port of a name."""
        return next((port for port in self.ports if port.name == name), None)

    def holds_sockets(self, settings: Settings) -> bool:
        """Whether it is the notification service: what holds its clients' connections."""
        if not self.serves:
            return False
        if self.launch.holds_sockets(settings):
            return True
        main = [each for each in self.workload.containers if each.role == "main"]
        return (
            self.workload.is_named_as_it(settings)
            and main[:1] == [self]
            and not any(each.launch.holds_sockets(settings) for each in main)
        )


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

    @property
    def every_container(self) -> list[Container]:
        """All that its pods run, now or before."""
        return [*self.containers, *self.init_containers]

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
            or is_marked(self.labels.get(LABEL))
            or is_marked(self.pod_labels.get(LABEL))
        )

    def holds_sockets(self, settings: Settings) -> bool:
        """Whether one of its containers is the notification service."""
        return any(container.holds_sockets(settings) for container in self.containers)
