"""The ports of a Service, and the containers that each of them leads to."""

import msgspec

from notifyctl.validate.kubernetes.declared import ContainerPort
from notifyctl.validate.kubernetes.manifest import Manifest
from notifyctl.validate.kubernetes.workload import Container, Workload
from notifyctl.validate.tree import Node


class ServicePort(msgspec.Struct, frozen=True):
    """A port of a Service. `target` is its `targetPort`, or where that is missing its `port`."""

    number: int | None
    name: str
    protocol: str
    target: Node
    node: Node


def service_ports(service: Manifest) -> list[ServicePort]:
    """The ports of a Service."""
    return [
        ServicePort(
            item["port"].integer,
            item["name"].string,
            item["protocol"].text or "TCP",
            item["targetPort"] if "targetPort" in item else item["port"],
            item,
        )
        for item in service.node["spec"]["ports"].items
    ]


def declared_targets(port: ServicePort, workload: Workload) -> list[ContainerPort]:
    """The ports of containers that a Service's port leads to, as far as they are declared."""
    return [
        each
        for container in workload.containers
        for each in container.ports
        if each.protocol == port.protocol and _is_target(each, port.target)
    ]


def is_reached(container: Container, service: Manifest) -> bool:
    """Whether a Service that selects the pod brings connections to this container of it.

    A number that no container declares goes to the only one there is, or nobody knows to which.
    """
    workload = container.workload
    for port in service_ports(service):
        declared = declared_targets(port, workload)
        if any(each in container.ports for each in declared):
            return True
        if port.target.integer is not None and len(workload.containers) == 1:
            return True
    return False


def _is_target(port: ContainerPort, target: Node) -> bool:
    number = target.integer
    return port.number == number if number is not None else port.name == target.string != ""
