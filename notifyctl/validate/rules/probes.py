"""Rules about probes: how Kubernetes learns that a container may be asked, and that it lives."""

from collections.abc import Iterator
from typing import Final

from notifyctl.validate.finding import Edit, Fix, Problem, Related, Severity
from notifyctl.validate.kubernetes import Container
from notifyctl.validate.kubernetes.probe import Probe
from notifyctl.validate.kubernetes.service import is_reached
from notifyctl.validate.rule import rule
from notifyctl.validate.secrecy import is_filled_in
from notifyctl.validate.settings import Settings

_LARGEST_PORT: Final = 65_535


@rule("K8301", "error")
def missing_readiness_probe(container: Container, settings: Settings) -> Iterator[Problem]:
    """A container behind a Service has no readiness probe.

    Kubernetes sends connections to a pod as soon as its process runs. Without this probe, clients
    reach a server that has not opened its store yet, and go on reaching one that is draining. It is
    a warning for what is not the notification service, unless the profile is for production.

    Nearest elsewhere: kube-score `pod-probes`, kube-linter `no-readiness-probe`.

    Bad::

        apiVersion: v1
        kind: Service
        metadata: {name: notify}
        spec: {selector: {app: notify}, ports: [{port: 80, targetPort: http}]}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: notify}
        spec:
          selector: {matchLabels: {app: notify}}
          template:
            metadata: {labels: {app: notify}}
            spec:
              containers:
                - name: notify
                  image: notifyctl:0.1.0
                  ports: [{name: http, containerPort: 8000}]

    Good::

        apiVersion: v1
        kind: Service
        metadata: {name: notify}
        spec: {selector: {app: notify}, ports: [{port: 80, targetPort: http}]}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: notify}
        spec:
          selector: {matchLabels: {app: notify}}
          template:
            metadata: {labels: {app: notify}}
            spec:
              containers:
                - name: notify
                  image: notifyctl:0.1.0
                  ports: [{name: http, containerPort: 8000}]
                  readinessProbe: {httpGet: {path: /readyz, port: http}}
    """
    if not container.serves or container.node["readinessProbe"].exists:
        return
    services = [
        each
        for each in container.workload.services
        if is_reached(container, each) and not each.node["spec"]["publishNotReadyAddresses"].is_true
    ]
    if services:
        is_service = container.holds_sockets(settings)
        readiness = f"{{httpGet: {{path: {settings.ready_path}, port: {settings.http_port}}}}}"
        yield Problem(
            f"container `{container.name}` is behind a Service and has no readiness probe",
            container.node["readinessProbe"],
            related=(Related(services[0].node["metadata"]["name"].span, "this Service"),),
            help=f"add `readinessProbe: {readiness}`"
            if is_service
            else "add a `readinessProbe` that asks whether it can answer",
            note="connections arrive before it can answer, and while it is going",
            severity=None if is_service or settings.is_production else Severity.WARNING,
        )


@rule("K8302", "warning")
def missing_liveness_probe(container: Container, settings: Settings) -> Iterator[Problem]:
    """A container that others connect to has no liveness probe.

    When its event loop hangs, the process is still there and nobody restarts it. Under the profile
    for production this is asked of every container that runs for ever.

    Nearest elsewhere: kube-linter `no-liveness-probe`, polaris `livenessProbeMissing`.

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0
              livenessProbe:
                httpGet: {path: /healthz, port: 8000}
                timeoutSeconds: 5
                failureThreshold: 6
    """
    if not container.serves or container.role != "main":
        return
    asked = (
        settings.is_production
        or container.holds_sockets(settings)
        or any(is_reached(container, each) for each in container.workload.services)
    )
    if asked and not container.node["livenessProbe"].exists:
        yield Problem(
            f"container `{container.name}` has no liveness probe",
            container.node["livenessProbe"],
            help="add a `livenessProbe` that asks only whether the process answers",
            note="a process that hangs is never restarted",
        )


@rule("K8303", "error")
def probe_of_undeclared_port(container: Container, settings: Settings) -> Iterator[Problem]:
    """A probe asks a port that the container does not have.

    A name must be that of one of this container's TCP ports, and a number in quotes is a name. The
    container is never ready, or is restarted again and again. Numbers need not be declared, so they
    are only compared for the notification service, which listens where its ports say.

    Nearest elsewhere: kube-linter `readiness-port`, `liveness-port`.

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0
              ports: [{name: http, containerPort: 8000}, {name: ws, containerPort: 8001}]
              readinessProbe: {httpGet: {path: /readyz, port: web}}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0
              ports: [{name: http, containerPort: 8000}, {name: ws, containerPort: 8001}]
              readinessProbe: {httpGet: {path: /readyz, port: http}}
    """
    for key, node in container.probes():
        probe = Probe(container, key, node)
        port = probe.port
        if not port.exists or probe.declared_port or is_filled_in(port.string):
            continue
        if port.integer is None:
            yield _undeclared_name(probe)
        elif (
            container.ports
            and container.holds_sockets(settings)
            and port.integer not in (settings.http_port, settings.ws_port)
        ):
            yield Problem(
                f"the {probe.words} asks port {port.integer}, which the container does not have",
                port,
                related=tuple(Related(each.span, "declared here") for each in container.ports),
                help=f"ask {settings.http_port}, or declare the port",
                note=probe.consequence,
            )


def _undeclared_name(probe: Probe) -> Problem:
    port = probe.port
    text = port.string
    fix = None
    if text.isdecimal() and len(text) < 6 and 0 < int(text) <= _LARGEST_PORT:
        if port.span.text in (f'"{text}"', f"'{text}'"):
            fix = Fix("take the number out of its quotes", (Edit(port.span, text),))
        message = f"the {probe.words} asks a port named `{text}`: in quotes, a number is a name"
    else:
        message = f"the {probe.words} asks port `{text}`, but no TCP port of it has that name"
    names = [each.name for each in probe.container.ports if each.name]
    return Problem(
        message,
        port,
        help=f"its ports are named {', '.join(f'`{name}`' for name in names)}" if names else "",
        note=probe.consequence,
        fix=fix,
    )
