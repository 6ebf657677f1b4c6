"""Rules about where an Ingress or an HTTPRoute leads: to a Service, a port, and the right one."""

from collections.abc import Iterator

from notifyctl.validate.finding import Problem, Related
from notifyctl.validate.kubernetes import Manifest, ManifestSet
from notifyctl.validate.kubernetes.manifest import makes_pods
from notifyctl.validate.kubernetes.routes import (
    Route,
    is_for_sockets,
    leads_to,
    routes_of,
    service_port_of,
    services_of,
)
from notifyctl.validate.kubernetes.service import service_ports
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.spelling import closest


@rule("XF405", "error")
def route_to_nowhere(manifests: ManifestSet, settings: Settings) -> Iterator[Problem]:
    """An Ingress or HTTPRoute leads to a Service or a port that is not there, or to the wrong one.

    The wrong one is the worst: `/ws` on the port for HTTP answers with a page of an error, and
    everything else on the port for WebSockets with 426.

    Nearest elsewhere: kube-linter `dangling-ingress`; nothing for the ports of WebSockets.

    Bad::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: notify}
        spec:
          tls: [{hosts: [notify.example.com], secretName: notify-tls}]
          rules:
            - host: notify.example.com
              http:
                paths:
                  - path: /v1
                    pathType: Prefix
                    backend: {service: {name: notify, port: {number: 80}}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: notify}
        spec:
          selector: {app: notify}
          ports: [{name: http, port: 8000}]

    Good::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: notify}
        spec:
          tls: [{hosts: [notify.example.com], secretName: notify-tls}]
          rules:
            - host: notify.example.com
              http:
                paths:
                  - path: /v1
                    pathType: Prefix
                    backend: {service: {name: notify, port: {number: 8000}}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: notify}
        spec:
          selector: {app: notify}
          ports: [{name: http, port: 8000}]
    """
    for manifest in manifests.manifests:
        for route in routes_of(manifest):
            if route.service.text is None or "$" in route.service.text + route.port.string:
                continue
            services = services_of(route, manifests)
            found = [each for each in services if _may_have_port(each, route)]
            if found:
                yield from _swapped(route, manifests, settings)
            elif services:
                yield _missing_port(route, services[0])
            else:
                yield from _missing_service(route, manifests)


def _may_have_port(service: Manifest, route: Route) -> bool:
    """Whether a Service has the port of a route; one that only names a host has any."""
    is_outside = service.node["spec"]["type"].string == "ExternalName"
    is_open = any("$" in each.node["port"].string for each in service_ports(service))
    is_missing = route.port.exists and service_port_of(route, service) is None
    return is_outside or is_open or not is_missing


def _missing_service(route: Route, manifests: ManifestSet) -> Iterator[Problem]:
    if manifests.incomplete:
        return
    around = manifests.beside(route.manifest.source)
    names = [each.name for each in around if each.is_a("Service")]
    guess = closest(route.service.string, names)
    if not names or any(makes_pods(each) for each in around):
        return
    # A Service of another name may come from elsewhere, unless all is here, or it is a slip.
    if manifests.is_rendered or guess:
        yield Problem(
            f"{route.manifest.kind} `{route.manifest.name}` leads to Service "
            f"`{route.service.string}`, which is not there",
            route.service,
            help=f"did you mean `{guess}`?" if guess else f"there is {', '.join(names)}",
            about=route.manifest.about,
        )


def _missing_port(route: Route, service: Manifest) -> Problem:
    ports = service_ports(service)
    listed = ", ".join(
        str(each.number) + (f" (`{each.name}`)" if each.name else "") for each in ports
    )
    return Problem(
        f"Service `{service.name}` has no port `{route.port.string}`",
        route.port,
        label="leads nowhere",
        related=tuple(
            Related(each.node["port"].span, "there is this one")
            for each in ports
            if "port" in each.node
        ),
        help=f"use one of {listed}" if listed else "",
        about=route.manifest.about,
    )


def _swapped(route: Route, manifests: ManifestSet, settings: Settings) -> Iterator[Problem]:
    """A route for WebSockets that leads to the port for HTTP, or the other way round."""
    number = leads_to(route, manifests, settings)
    if number == settings.http_port and is_for_sockets(route, settings):
        wrong, right = "HTTP", settings.ws_port
    elif number == settings.ws_port and _is_beside_sockets(route, settings):
        wrong, right = "WebSockets", settings.http_port
    else:
        return
    yield Problem(
        f"the path `{route.path_text}` leads to port {number}, which is for {wrong}",
        route.port,
        help=f"lead it to the port of the Service that goes to {right}",
        about=route.manifest.about,
    )


def _is_beside_sockets(route: Route, settings: Settings) -> bool:
    """Whether a route is for something else, and WebSockets have one of their own beside it."""
    if is_for_sockets(route, settings):
        return False
    others = routes_of(route.manifest)
    return any(is_for_sockets(each, settings) for each in others)
