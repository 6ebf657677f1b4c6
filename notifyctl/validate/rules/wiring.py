"""Rules about objects of Kubernetes that name each other by labels, ports and names."""

from collections.abc import Iterator, Sequence
from typing import Final

from notifyctl.validate.finding import Edit, Fix, Problem, Related
from notifyctl.validate.kubernetes import Manifest, ManifestSet, Workload
from notifyctl.validate.kubernetes.manifest_set import near_to
from notifyctl.validate.kubernetes.routes import (
    Route,
    leads_to,
    routes_of,
    service_of,
    service_port_of,
)
from notifyctl.validate.kubernetes.selectors import selects
from notifyctl.validate.kubernetes.service import ServicePort, declared_targets, service_ports
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.spelling import closest
from notifyctl.validate.tree import Node


@rule("XF403", "error")
def dead_target_port(manifests: ManifestSet, settings: Settings) -> Iterator[Problem]:
    """A Service leads to a port that none of the pods it selects declares.

    A name that no container has makes the Service lead nowhere: connections are refused, while the
    pods are ready. A number works without being declared, if something listens on it; so for other
    people's pods it is an error only as a name, and a number is asked for only where the pods are
    the notification service and declare their ports.

    Nearest elsewhere: KICS `service_does_not_target_pod`; popeye and livelint on a live cluster.

    Bad::

        apiVersion: v1
        kind: Service
        metadata: {name: notify}
        spec:
          selector: {app: notify}
          ports: [{name: ws, port: 8001, targetPort: wss}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: notify, labels: {app: notify}}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0
              ports: [{name: http, containerPort: 8000}, {name: ws, containerPort: 8001}]

    Good::

        apiVersion: v1
        kind: Service
        metadata: {name: notify}
        spec:
          selector: {app: notify}
          ports: [{name: ws, port: 8001, targetPort: ws}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: notify, labels: {app: notify}}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0
              ports: [{name: http, containerPort: 8000}, {name: ws, containerPort: 8001}]
    """
    for service in manifests.of_kind("Service"):
        selector = service.node["spec"]["selector"]
        if not selector.entries:
            continue
        workloads = manifests.selected_by(selector, service.namespace, service.source)
        for port in service_ports(service):
            if any(_reaches(port, each, settings) for each in workloads):
                continue
            for workload in workloads:
                yield _dead_target(port, workload, service)


def _reaches(port: ServicePort, workload: Workload, settings: Settings) -> bool:
    """Whether a Service's port finds its container, or may: a number need not be declared."""
    if declared_targets(port, workload):
        return True
    if port.target.integer is None:
        return False
    declares = all(container.ports for container in workload.containers)
    return not (declares and workload.holds_sockets(settings))


def _dead_target(port: ServicePort, workload: Workload, service: Manifest) -> Problem:
    declared = [each for container in workload.containers for each in container.ports]
    same_number = [each for each in declared if each.number == port.number and each.name]
    names = [each.name for each in declared if each.name]
    guess = same_number[0].name if same_number else closest(port.target.string, names)
    written = port.node["targetPort"].exists
    named = f"port `{port.name}`" if port.name else f"port {port.number}"
    fix = None
    if guess and written and same_number:
        fix = Fix(f"point to `{guess}`", (Edit(port.target.span, guess),))
    return Problem(
        f"{named} of Service `{service.name}` leads to `{port.target.string}`, "
        f"which {workload.kind} `{workload.name}` does not declare",
        port.target,
        label="no container has this port",
        related=tuple(
            Related(
                each.span, f"declares {each.number}" + (f" as `{each.name}`" if each.name else "")
            )
            for each in declared
        ),
        help=f"set `targetPort: {guess}`" if guess else "declare the port, or point to another one",
        note="connections to this port of the Service are refused",
        fix=fix,
        about=service.about,
    )


# Kinds that select pods, and where their selectors are.
_SELECTORS: Final = {
    "Service": ("spec", "selector"),
    "PodDisruptionBudget": ("spec", "selector"),
    "NetworkPolicy": ("spec", "podSelector"),
}


@rule("XF404", "error")
def selector_of_nothing(manifests: ManifestSet, _settings: Settings) -> Iterator[Problem]:
    """An object selects pods, Services or a workload that are not there.

    A Service without pods refuses every connection, a budget protects nothing, an autoscaler
    reports an error that nobody reads. Only said where the workloads stand beside it, in the same
    kustomization, file or folder, and nothing there makes pods of its own, as operators do.

    Nearest elsewhere: kube-linter `dangling-service`, `dangling-horizontalpodautoscaler`.

    Bad::

        apiVersion: v1
        kind: Service
        metadata: {name: notify}
        spec:
          selector: {app: notifyd}
          ports: [{port: 80}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: notify, labels: {app: notify}}
        spec:
          containers: [{name: notify, image: "notify:1"}]

    Good::

        apiVersion: v1
        kind: Service
        metadata: {name: notify}
        spec:
          selector: {app: notify}
          ports: [{port: 80}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: notify, labels: {app: notify}}
        spec:
          containers: [{name: notify, image: "notify:1"}]
    """
    if manifests.incomplete:
        return
    for kind, path in _SELECTORS.items():
        for each in manifests.of_kind(kind):
            yield from _selects_no_pods(each, path, manifests)
    for scaler in manifests.of_kind("HorizontalPodAutoscaler"):
        yield from _scales_nothing(scaler, manifests)
    for monitor in manifests.of_kind("ServiceMonitor"):
        yield from _watches_nothing(monitor, manifests)


def _selects_no_pods(
    manifest: Manifest, path: tuple[str, ...], manifests: ManifestSet
) -> Iterator[Problem]:
    selector = manifest.node
    for key in path:
        selector = selector[key]
    if not selector.entries:
        return
    around = _around(manifest, manifests)
    workloads = [each for each in around if isinstance(each, Workload)]
    if not workloads or any(_makes_pods(each) for each in around):
        return
    if manifests.selected_by(selector, manifest.namespace, manifest.source):
        return
    alike = _most_alike(manifest, workloads)
    yield Problem(
        f"{manifest.kind} `{manifest.name}` selects no pods",
        selector,
        label="no pods have these labels",
        related=(Related(_labels_of(alike).span, f"the pods of {alike.kind} `{alike.name}`"),)
        if _labels_of(alike).exists
        else (),
        help="use the labels of the pods",
        about=manifest.about,
    )


def _scales_nothing(scaler: Manifest, manifests: ManifestSet) -> Iterator[Problem]:
    reference = scaler.node["spec"]["scaleTargetRef"]
    kind, name = reference["kind"].string, reference["name"].string
    around = _around(scaler, manifests)
    same_kind = [each.name for each in around if isinstance(each, Workload) and each.kind == kind]
    if not same_kind or manifests.find(kind, name, scaler.namespace):
        return
    guess = closest(name, same_kind) or same_kind[0]
    yield Problem(
        f"HorizontalPodAutoscaler `{scaler.name}` scales {kind} `{name}`, which is not there",
        reference["name"],
        help=f"did you mean `{guess}`?",
        about=scaler.about,
    )


def _watches_nothing(monitor: Manifest, manifests: ManifestSet) -> Iterator[Problem]:
    selector = monitor.node["spec"]["selector"]
    spaces = monitor.node["spec"]["namespaceSelector"]
    services = [each for each in _around(monitor, manifests) if each.is_a("Service")]
    if not selector.entries or not services or spaces.entries:
        return
    if not any(selects(selector, each.labels) for each in manifests.of_kind("Service")):
        yield Problem(
            f"ServiceMonitor `{monitor.name}` selects no Service",
            selector,
            label="no Service has these labels",
            help="use the labels of the Service itself, not those that it selects",
            about=monitor.about,
        )


def _around(manifest: Manifest, manifests: ManifestSet) -> Sequence[Manifest]:
    """What is applied together with an object, as far as one can tell."""
    if manifests.is_rendered:
        return manifests.manifests
    return near_to(manifest.source, manifests.manifests)


_OWN_GROUPS: Final = (".k8s.io", "monitoring.coreos.com", "cert-manager.io", "external-secrets.io")
_OWN: Final = frozenset({"", "apps", "batch", "autoscaling", "policy", "extensions"})


def _makes_pods(manifest: Manifest) -> bool:
    """Whether an operator may make pods for it: it is of a kind that Kubernetes does not have."""
    group = manifest.group
    return group not in _OWN and not group.endswith(_OWN_GROUPS)


def _most_alike(manifest: Manifest, workloads: Sequence[Workload]) -> Workload:
    """The workload that was probably meant: the one of the most similar name."""
    name = closest(manifest.name, [each.name for each in workloads])
    return next((each for each in workloads if each.name == name), workloads[0])


def _labels_of(workload: Workload) -> Node:
    return workload.template["metadata"]["labels"]


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
        seen: set[int] = set()
        for route in routes_of(manifest):
            if route.service.text is None or id(route.service) in seen:
                continue
            seen.add(id(route.service))
            service = service_of(route, manifests)
            if service is None:
                yield from _missing_service(route, manifests)
            elif route.port.exists and service_port_of(route, service) is None:
                yield _missing_port(route, service)
            else:
                yield from _swapped(route, manifests, settings)


def _missing_service(route: Route, manifests: ManifestSet) -> Iterator[Problem]:
    if manifests.incomplete:
        return
    around = _around(route.manifest, manifests)
    names = [each.name for each in around if each.is_a("Service")]
    guess = closest(route.service.string, names)
    if not names or any(_makes_pods(each) for each in around):
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
    path = route.path_text
    is_for_sockets = path.rstrip("/") == settings.ws_path or path.startswith(f"{settings.ws_path}/")
    if number == settings.http_port and is_for_sockets:
        wrong, right = "HTTP", settings.ws_port
    elif number == settings.ws_port and not is_for_sockets and _has_own_route(route, settings):
        wrong, right = "WebSockets", settings.http_port
    else:
        return
    yield Problem(
        f"the path `{path}` leads to port {number}, which is for {wrong}",
        route.port,
        help=f"lead it to the port of the Service that goes to {right}",
        about=route.manifest.about,
    )


def _has_own_route(route: Route, settings: Settings) -> bool:
    """Whether WebSockets have a route of their own beside this one, on the same object."""
    paths = (each.path_text for each in routes_of(route.manifest))
    return any(path.rstrip("/") == settings.ws_path for path in paths)
