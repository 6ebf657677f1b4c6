"""What a container declares: its ports, and the variables of its environment."""

import msgspec

from notifyctl.validate.source import Span
from notifyctl.validate.tree import Node


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


def ports_of(container: Node) -> list[ContainerPort]:
    """The ports that a container declares."""
    return [
        ContainerPort(
            item["containerPort"].integer,
            item["name"].string,
            item["protocol"].text or "TCP",
            item,
        )
        for item in container["ports"].items
    ]


def env_of(container: Node) -> dict[str, EnvVariable]:
    """A container's environment by name; of equal names the last one counts."""
    return {
        name: EnvVariable(name, None if "valueFrom" in item else item["value"].text or "", item)
        for item in container["env"].items
        if (name := item["name"].text)
    }
