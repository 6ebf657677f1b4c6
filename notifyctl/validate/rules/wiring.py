"""Rules about objects of Kubernetes that name each other by labels, ports and names."""

from collections.abc import Iterator, Sequence
from typing import Final

from notifyctl.validate.finding import Edit, Fix, Problem, Related
from notifyctl.validate.kubernetes import Manifest, ManifestSet, Workload
from notifyctl.validate.kubernetes.manifest import makes_pods
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
        spec = service.node["spec"]
        selector = spec["selector"]
        # What has no address of its own sends connections to the pods as they are.
        is_direct = spec["clusterIP"].string == "None" or spec["type"].string == "ExternalName"
        if not selector.entries or is_direct or manifests.incomplete:
            continue
        workloads = manifests.selected_by(selector, service.namespace, service.source)
        for port in service_ports(service):
            if any(_reaches(port, each, settings) for each in workloads):
                continue
            for workload in workloads:
                yield _dead_target(port, workload, service)


def _reaches(port: ServicePort, workload: Workload, settings: Settings) -> bool:
    """Whether a Service's port finds its container, or may: a number need not be declared."""
    declared = [each for container in workload.containers for each in container.ports]
    is_open = "$" in port.target.string or any(each.number is None for each in declared)
    if is_open or declared_targets(port, workload):
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


# What an autoscaler scales, and people take for each other.
_SCALED: Final = frozenset({"Deployment", "StatefulSet"})


@rule("XF404", "error")
def selector_of_nothing(manifests: ManifestSet, _settings: Settings) -> Iterator[Problem]:
    """An object selects pods, Services or a workload that are not there.

    A Service without pods refuses every connection, a budget protects nothing, an autoscaler
    reports an error that nobody reads. Only said where the workloads stand beside it, in the same
    kustomization or file, or in the same folder under a name that shows a slip; and nowhere that
    something makes pods of its own, as operators do. A NetworkPolicy may be for the pods of others:
    it needs such a name everywhere.

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
    if not selector.entries or manifest.node["spec"]["type"].string == "ExternalName":
        return
    if any("$" in each.string for each in selector.walk()):
        return
    around = manifests.beside(manifest.source)
    workloads = [each for each in around if isinstance(each, Workload)]
    if not workloads or any(makes_pods(each) for each in around):
        return
    if manifests.selected_by(selector, manifest.namespace, manifest.source):
        return
    alike = _meant(manifest, workloads)
    if alike is None:
        together = [each for each in workloads if _is_applied_with(each, manifest, manifests)]
        if not together or manifest.kind == "NetworkPolicy":
            return
        alike = together[0]
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
    around = manifests.beside(scaler.source)
    workloads = [each for each in around if isinstance(each, Workload)]
    if "$" in name or manifests.named(kind, name, scaler.namespace):
        return
    twin = next((each for each in workloads if _is_twin(each, scaler)), None)
    if twin is not None:
        yield Problem(
            f"HorizontalPodAutoscaler `{scaler.name}` scales {kind} `{name}`, "
            f"and `{name}` is a {twin.kind}",
            reference["kind"],
            help=f"write `kind: {twin.kind}`",
            about=scaler.about,
        )
        return
    alike = [each for each in workloads if each.kind == kind]
    if not alike:
        return
    names = [each.name for each in alike]
    guess = closest(name, names)
    if not guess and not any(_is_applied_with(each, scaler, manifests) for each in alike):
        return
    yield Problem(
        f"HorizontalPodAutoscaler `{scaler.name}` scales {kind} `{name}`, which is not there",
        reference["name"],
        help=f"did you mean `{guess}`?" if guess else f"there is {', '.join(names)}",
        about=scaler.about,
    )


def _is_twin(workload: Workload, scaler: Manifest) -> bool:
    """Whether it has the name of what is scaled, and is of another kind that can be scaled."""
    reference = scaler.node["spec"]["scaleTargetRef"]
    named = reference["name"].string, scaler.namespace
    kinds = {workload.kind, reference["kind"].string}
    return (workload.name, workload.namespace) == named and kinds == _SCALED


def _watches_nothing(monitor: Manifest, manifests: ManifestSet) -> Iterator[Problem]:
    selector = monitor.node["spec"]["selector"]
    spaces = monitor.node["spec"]["namespaceSelector"]
    services = [each for each in manifests.beside(monitor.source) if each.is_a("Service")]
    is_open = spaces.entries or any("$" in each.string for each in selector.walk())
    together = any(_is_applied_with(each, monitor, manifests) for each in services)
    if not selector.entries or is_open or not together:
        return
    if not any(selects(selector, each.labels) for each in manifests.of_kind("Service")):
        yield Problem(
            f"ServiceMonitor `{monitor.name}` selects no Service",
            selector,
            label="no Service has these labels",
            help="use the labels of the Service itself, not those that it selects",
            about=monitor.about,
        )


def _is_applied_with(other: Manifest, manifest: Manifest, manifests: ManifestSet) -> bool:
    """Whether two objects surely belong together: files of one folder may be examples of much."""
    return manifests.is_rendered or other.source.name == manifest.source.name


def _meant(manifest: Manifest, workloads: Sequence[Workload]) -> Workload | None:
    """The workload that a selector was probably meant for: the one of the object's own name."""
    name = closest(manifest.name, [each.name for each in workloads], likeness=0.9)
    return next((each for each in workloads if each.name == name), None)


def _labels_of(workload: Workload) -> Node:
    return workload.template["metadata"]["labels"]
