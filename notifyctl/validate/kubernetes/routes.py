"""What an Ingress or an HTTPRoute brings to which port of which Service."""

from collections.abc import Iterator

import msgspec

from notifyctl.validate.kubernetes.manifest import Manifest
from notifyctl.validate.kubernetes.manifest_set import ManifestSet
from notifyctl.validate.kubernetes.service import ServicePort, declared_targets, service_ports
from notifyctl.validate.kubernetes.workload import Container
from notifyctl.validate.launch import is_socket_name
from notifyctl.validate.settings import Settings
from notifyctl.validate.tree import Node


class Route(msgspec.Struct, frozen=True):
    """One path and where it leads. `entry` is the rule of the file that says so.

    `service` is the name of a Service, `port` its number or name; both are `Missing` if the route
    leads to something else, such as a bucket.
    """

    manifest: Manifest
    entry: Node
    path: Node
    path_type: str
    service: Node
    port: Node
    namespace: str

    @property
    def path_text(self) -> str:
        """The path; `/` if none is given."""
        return self.path.text or "/"


def routes_of(manifest: Manifest) -> Iterator[Route]:
    """The routes of an Ingress or an HTTPRoute; none of anything else."""
    if manifest.is_a("Ingress"):
        yield from _of_ingress(manifest)
    elif manifest.kind == "HTTPRoute" and manifest.group == "gateway.networking.k8s.io":
        yield from _of_http_route(manifest)


def _of_ingress(manifest: Manifest) -> Iterator[Route]:
    spec = manifest.node["spec"]
    default = spec["defaultBackend"] or spec["backend"]
    if default.exists:
        yield _to_backend(manifest, default, default["path"], "Prefix", default)
    for rule in spec["rules"].items:
        for path in rule["http"]["paths"].items:
            kind = path["pathType"].text or "ImplementationSpecific"
            yield _to_backend(manifest, path, path["path"], kind, path["backend"])


def _to_backend(manifest: Manifest, entry: Node, path: Node, kind: str, backend: Node) -> Route:
    service = backend["service"]
    if not service.exists:
        # As it was before networking.k8s.io/v1.
        name, port = backend["serviceName"], backend["servicePort"]
    else:
        name, port = service["name"], service["port"]["number"] or service["port"]["name"]
    return Route(manifest, entry, path, kind, name, port, manifest.namespace)


def _of_http_route(manifest: Manifest) -> Iterator[Route]:
    for rule in manifest.node["spec"]["rules"].items:
        matches: list[Node] = rule["matches"].items or [rule["matches"]]
        for backend in rule["backendRefs"].items:
            if backend["kind"].text not in (None, "Service"):
                continue
            namespace = backend["namespace"].text or manifest.namespace
            for match in matches:
                path = match["path"]
                kind = (path["type"].text or "PathPrefix").removeprefix("Path")
                yield Route(
                    manifest, rule, path["value"], kind, backend["name"], backend["port"], namespace
                )


def services_of(route: Route, manifests: ManifestSet) -> list[Manifest]:
    """The Service that a route leads to; several of its name if one cannot tell which it is."""
    name = route.service.text
    near = route.manifest.source
    return manifests.named("Service", name, route.namespace, near) if name else []


def service_port_of(route: Route, service: Manifest) -> ServicePort | None:
    """The port of the Service that a route leads to; None if the Service has no such port."""
    number, name = route.port.integer, route.port.text
    for port in service_ports(service):
        if (number is not None and port.number == number) or (name and port.name == name):
            return port
    return None


def containers_of(
    port: ServicePort, service: Manifest, manifests: ManifestSet
) -> Iterator[tuple[Container, int | None]]:
    """The containers, each with the number of its port, that a Service's port leads to."""
    selector = service.node["spec"]["selector"]
    if not selector.entries:
        return
    for workload in manifests.selected_by(selector, service.namespace, service.source):
        for declared in declared_targets(port, workload):
            for container in workload.containers:
                if declared in container.ports:
                    yield container, declared.number


def leads_to(route: Route, manifests: ManifestSet, settings: Settings) -> int | None:
    """Which port of the notification service a route leads to; None if it leads elsewhere.

    A route whose Service is not there is known by the port and the path that it names.
    """
    services = services_of(route, manifests)
    if not services:
        return _by_its_words(route, settings)
    for service in services:
        port = service_port_of(route, service)
        for container, number in containers_of(port, service, manifests) if port else ():
            if container.holds_sockets(settings):
                return number
    return None


def _by_its_words(route: Route, settings: Settings) -> int | None:
    """A port of this number is somebody else's, too: only with the very path it is the service."""
    is_it = route.port.integer == settings.ws_port or is_socket_name(route.port.string)
    return settings.ws_port if is_it and is_for_sockets(route, settings) else None


def is_for_sockets(route: Route, settings: Settings) -> bool:
    """Whether a route is there for the WebSockets: it takes their path, or what is below it."""
    path = route.path_text
    return path.rstrip("/") == settings.ws_path or path.startswith(f"{settings.ws_path}/")
