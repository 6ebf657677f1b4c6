"""What runs pods - a Deployment and its kind, a Job, or a Pod by itself - and its containers.

Among them may be the notification service: the one that holds its clients' connections, and that
the rules for long-lived connections are about.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final, Literal

import msgspec

from notifyctl.validate.compose.images import OTHERS_ON_OUR_PORTS
from notifyctl.validate.finding import Named
from notifyctl.validate.image import read_image
from notifyctl.validate.kubernetes.declared import ContainerPort, EnvVariable, env_of, ports_of
from notifyctl.validate.kubernetes.manifest import Manifest, texts_of
from notifyctl.validate.kubernetes.templates import TEMPLATES, template_of
from notifyctl.validate.settings import Settings
from notifyctl.validate.tree import Node, path_of

Role = Literal["main", "sidecar", "init"]

PROBES: Final = ("startupProbe", "readinessProbe", "livenessProbe")
_SERVER: Final = re.compile(r"(?:^|[\s/;&|])(?:notifyctl\s+(?:-\S+\s+)*serve|notifyd)(?=\s|;|$)")
_SERVER_IMAGES: Final = frozenset({"notifyctl", "notifyd"})
_SOCKET_NAME: Final = re.compile(r"(?:^|-)(?:wss?|(?:web)?sockets?|realtime)(?:$|-)")
_REPLICATED: Final = frozenset(TEMPLATES) - {"CronJob", "DaemonSet", "Job", "Pod"}
SERVICE_LABEL: Final = "notifyctl.dev/service"


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
    def image_name(self) -> str:
        """The last word of the image's name, without registry, tag and digest."""
        image = read_image(self.image)
        return image.name if image else ""

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
        if self.is_evidently_it(settings):
            return True
        others = [each for each in self.workload.containers if each.role == "main"]
        return (
            self.workload.is_named_as_it(settings)
            and others[:1] == [self]
            and not any(each.is_evidently_it(settings) for each in others)
        )

    def is_evidently_it(self, settings: Settings) -> bool:
        """Whether its image, command, environment or ports show that it is the service."""
        return (
            self.image_name in settings.service
            or self.image in settings.service
            or self.name in settings.service
            or self.is_notifyd
            or self._declares_its_ports(settings)
        )

    @property
    def is_notifyd(self) -> bool:
        """Whether it is this very server, by what it runs or by its settings."""
        words = self.words
        if _SERVER.search(" ".join(words)):
            return True
        if self.image_name in _SERVER_IMAGES:
            return not words or words[0] == "serve" or words[0].startswith("-")
        if "notifyctl" in words:
            return False  # Another command: it sends, or it measures.
        return any(name.startswith("NOTIFYD_") for name in self.env)

    def _declares_its_ports(self, settings: Settings) -> bool:
        """Whether its ports are those of the service. Kong and Triton have the same two numbers."""
        sockets = [port for port in self.ports if port.number == settings.ws_port]
        if any(_SOCKET_NAME.search(port.name.lower()) for port in sockets):
            return True
        return (
            settings.http_port != settings.ws_port
            and any(port.number == settings.http_port for port in self.ports)
            and any(not port.name for port in sockets)
            and self.image_name not in OTHERS_ON_OUR_PORTS
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
