"""What a probe asks, and how patient it is."""

from typing import Final

import msgspec

from notifyctl.validate.kubernetes.declared import ContainerPort
from notifyctl.validate.kubernetes.workload import Container
from notifyctl.validate.tree import Node

HANDLERS: Final = ("httpGet", "tcpSocket", "grpc", "exec")
_PERIOD_SECONDS: Final = 10
_FAILURES: Final = 3


class Probe(msgspec.Struct, frozen=True):
    """A probe of a container: `readinessProbe` or another `key`, and what stands there."""

    container: Container
    key: str
    node: Node

    @property
    def words(self) -> str:
        """What people call it: a readiness probe."""
        return f"{self.key.removesuffix('Probe')} probe"

    @property
    def consequence(self) -> str:
        """What happens if it never succeeds."""
        if self.key == "readinessProbe":
            return "the pod is never ready"
        return "the container is restarted again and again"

    @property
    def handler(self) -> str:
        """How it asks: `httpGet`, `tcpSocket`, `grpc` or `exec`; empty if it does not."""
        return next((name for name in HANDLERS if name in self.node), "")

    @property
    def port(self) -> Node:
        """The port that it asks, by number or name; missing if the port is of another machine."""
        handler = self.node[self.handler]
        return handler["port"] if not handler["host"].exists else handler["port"]["elsewhere"]

    @property
    def declared_port(self) -> ContainerPort | None:
        """The port that it asks, if the container declares it."""
        port = self.port
        for each in self.container.ports:
            is_it = each.number == port.integer if port.integer else each.name == port.string != ""
            if is_it and each.protocol == "TCP":
                return each
        return None

    @property
    def port_number(self) -> int | None:
        """The number of the port that it asks; None if nobody knows."""
        declared = self.declared_port
        return declared.number if declared else self.port.integer

    @property
    def path(self) -> str:
        """The path that it gets; empty unless it is `httpGet`."""
        return self.node["httpGet"]["path"].text or "/" if "httpGet" in self.node else ""

    @property
    def patience_seconds(self) -> int:
        """For how long it may fail before it counts."""
        period = self.node["periodSeconds"].integer or _PERIOD_SECONDS
        return period * (self.node["failureThreshold"].integer or _FAILURES)

    def asks_the_same(self, other: "Probe") -> bool:
        """Whether both ask the same question."""
        if not self.handler or self.handler != other.handler:
            return False
        if self.handler == "exec":
            return bool(self.node["exec"].plain() == other.node["exec"].plain())
        mine, theirs = self.node[self.handler], other.node[other.handler]
        return (
            (self.port_number or self.port.string) == (other.port_number or other.port.string)
            and self.path == other.path
            and mine["host"].text == theirs["host"].text
            and mine["service"].text == theirs["service"].text
            and (mine["scheme"].text or "HTTP") == (theirs["scheme"].text or "HTTP")
        )


def probe_of(container: Container, key: str) -> Probe | None:
    """A container's probe; None if it has none of this key."""
    node = container.node[key]
    return Probe(container, key, node) if node.exists else None
