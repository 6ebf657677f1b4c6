"""A container of a pod, and whether it is the service that long-lived connections are held by."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from notifyctl.validate.finding import Named
from notifyctl.validate.image import read_image
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Span
from notifyctl.validate.tree import Node, path_of

if TYPE_CHECKING:
    from notifyctl.validate.kubernetes.workload import Workload

Role = Literal["main", "sidecar", "init"]

PROBES: Final = ("startupProbe", "readinessProbe", "livenessProbe")
_SERVER: Final = re.compile(r"(?:^|[\s/;&|])(?:notifyctl\s+(?:-\S+\s+)*serve|notifyd)(?=\s|;|$)")
_SERVER_IMAGES: Final = frozenset({"notifyctl", "notifyd"})
_SOCKET_NAMES: Final = frozenset({"ws", "wss", "websocket", "websockets"})


class ContainerPort(msgspec.Struct, frozen=True):
    """A port that a container declares. `span` is its number."""

    number: int | None
    name: str
    protocol: str
    node: Node

    @property
    def span(self) -> Span:
        """Where its number stands."""
        number = self.node["containerPort"]
        return number.span if number.exists else number.head


class EnvVariable(msgspec.Struct, frozen=True):
    """A variable of a container's environment. `text` is its value if that is written there."""

    name: str
    text: str | None
    node: Node

    @property
    def span(self) -> Span:
        """Its value, or its entry in the list."""
        value = self.node["value"]
        return value.span if value.exists else value.head


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
        return [
            ContainerPort(
                item["containerPort"].integer,
                item["name"].string,
                item["protocol"].text or "TCP",
                item,
            )
            for item in self.node["ports"].items
        ]

    @cached_property
    def env(self) -> dict[str, EnvVariable]:
        """Its environment by name, without what `envFrom` adds; the last of equal names counts."""
        return {
            name: EnvVariable(name, None if "valueFrom" in item else item["value"].text or "", item)
            for item in self.node["env"].items
            if (name := item["name"].text)
        }

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
        return self._runs_notifyd() or any(name.startswith("NOTIFYD_") for name in self.env)

    def _runs_notifyd(self) -> bool:
        words = self.words
        if self.image_name in _SERVER_IMAGES:
            return not words or words[0] == "serve" or bool(_SERVER.search(" ".join(words)))
        return bool(_SERVER.search(" ".join(words)))

    def _declares_its_ports(self, settings: Settings) -> bool:
        numbers = {port.number for port in self.ports}
        if {settings.http_port, settings.ws_port} <= numbers:
            return settings.http_port != settings.ws_port
        return any(
            port.number == settings.ws_port and port.name.lower() in _SOCKET_NAMES
            for port in self.ports
        )
