"""Rules about probes: how Kubernetes learns that a container may be asked, and that it lives."""

from collections.abc import Iterator
from typing import Final

from notifyctl.validate.finding import Edit, Fix, Problem, Related, Severity
from notifyctl.validate.kubernetes import Container
from notifyctl.validate.kubernetes.probe import Probe, probe_of
from notifyctl.validate.kubernetes.service import is_reached
from notifyctl.validate.rule import rule
from notifyctl.validate.secrecy import is_filled_in
from notifyctl.validate.settings import Settings

_LEAST_PATIENCE_SECONDS: Final = 30
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
    services = [each for each in container.workload.services if is_reached(container, each)]
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
                f"the {_words(key)} asks port {port.integer}, which the container does not have",
                port,
                related=tuple(Related(each.span, "declared here") for each in container.ports),
                help=f"ask {settings.http_port}, or declare the port",
                note=_consequence(key),
            )


def _undeclared_name(probe: Probe) -> Problem:
    port = probe.port
    text = port.string
    fix = None
    if text.isdecimal() and len(text) < 6 and 0 < int(text) <= _LARGEST_PORT:
        if port.span.text in (f'"{text}"', f"'{text}'"):
            fix = Fix("take the number out of its quotes", (Edit(port.span, text),))
        message = (
            f"the {_words(probe.key)} asks a port named `{text}`: in quotes, a number is a name"
        )
    else:
        message = f"the {_words(probe.key)} asks port `{text}`, but no TCP port of it has that name"
    names = [each.name for each in probe.container.ports if each.name]
    return Problem(
        message,
        port,
        help=f"its ports are named {', '.join(f'`{name}`' for name in names)}" if names else "",
        note=_consequence(probe.key),
        fix=fix,
    )


def _words(key: str) -> str:
    """`readinessProbe` in words."""
    return f"{key.removesuffix('Probe')} probe"


def _consequence(key: str) -> str:
    if key == "readinessProbe":
        return "the pod is never ready"
    return "the container is restarted again and again"


@rule("K8304", "error")
def readiness_that_is_liveness(container: Container, settings: Settings) -> Iterator[Problem]:
    """Readiness and liveness of the notification service ask the same.

    A server that drains, or waits for its store, is alive and not ready. If both probes ask the
    same, either it is killed while it says good-bye to its clients, or it gets new ones until the
    last moment.

    Nearest elsewhere: kube-score `pod-probes-identical`.

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0
              readinessProbe: {httpGet: {path: /healthz, port: 8000}}
              livenessProbe: {httpGet: {path: /healthz, port: 8000}, timeoutSeconds: 5}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0
              readinessProbe: {httpGet: {path: /readyz, port: 8000}}
              livenessProbe: {httpGet: {path: /healthz, port: 8000}, timeoutSeconds: 5}
    """
    readiness, liveness = (
        probe_of(container, f"{name}Probe") for name in ("readiness", "liveness")
    )
    if not readiness or not liveness or settings.health_path == settings.ready_path:
        return
    if container.holds_sockets(settings) and readiness.asks_the_same(liveness):
        asks_health = liveness.path == settings.health_path
        wrong, other = (readiness, liveness) if asks_health else (liveness, readiness)
        path = settings.ready_path if asks_health else settings.health_path
        yield Problem(
            f"readiness and liveness of container `{container.name}` ask the same",
            wrong.node[wrong.handler],
            related=(Related(other.node[other.handler].span, "the same question"),),
            help=f"let the {_words(wrong.key)} get `{path}`",
            note=(
                "a server that drains still gets new connections"
                if asks_health
                else "a server that is alive but not ready is killed, with all its connections"
            ),
        )


@rule("K8305", "error")
def http_probe_of_websocket_port(container: Container, settings: Settings) -> Iterator[Problem]:
    """A probe gets a page from the port that speaks only WebSocket.

    A GET that does not ask for an upgrade is answered with 400 or 426, so the container is never
    ready, or is restarted again and again. notifyd itself answers its health and ready paths on
    this port, too; a `tcpSocket` probe is right for any server.

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: example.org/notify:1.0
              ports: [{name: http, containerPort: 8000}, {name: ws, containerPort: 8001}]
              livenessProbe: {httpGet: {path: /healthz, port: ws}, timeoutSeconds: 5}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: example.org/notify:1.0
              ports: [{name: http, containerPort: 8000}, {name: ws, containerPort: 8001}]
              livenessProbe: {httpGet: {path: /healthz, port: http}, timeoutSeconds: 5}
    """
    if settings.ws_port == settings.http_port or not container.holds_sockets(settings):
        return
    for key, node in container.probes():
        probe = Probe(container, key, node)
        if probe.handler != "httpGet" or probe.port_number != settings.ws_port:
            continue
        if container.is_notifyd and probe.path in (settings.health_path, settings.ready_path):
            continue
        yield Problem(
            f"the {_words(key)} gets `{probe.path}` from the WebSocket port {settings.ws_port}",
            probe.port,
            help=f"ask port {settings.http_port}, or use `tcpSocket`",
            note=f"a GET without an upgrade is answered with 400 or 426: {_consequence(key)}",
        )


@rule("K8306", "warning")
def impatient_liveness_probe(container: Container, settings: Settings) -> Iterator[Problem]:
    """The liveness probe of the notification service gives up within moments.

    A restart drops every connection of the pod, and they all come back at once, to servers that are
    as busy. A pause of a few seconds is no reason for that: let the probe fail for half a minute
    (`periodSeconds` x `failureThreshold`), and give each answer more than a second.

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0
              livenessProbe:
                httpGet: {path: /healthz, port: 8000}
                periodSeconds: 5
                failureThreshold: 1

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
                periodSeconds: 10
                timeoutSeconds: 5
                failureThreshold: 6
    """
    liveness = probe_of(container, "livenessProbe")
    if liveness is None or not container.holds_sockets(settings):
        return
    seconds = liveness.patience_seconds
    timeout = liveness.node["timeoutSeconds"]
    if seconds < _LEAST_PATIENCE_SECONDS:
        places = (liveness.node[name] for name in ("failureThreshold", "periodSeconds"))
        yield Problem(
            f"the liveness probe gives up after {seconds} seconds",
            next((place for place in places if place.exists), liveness.node.head),
            help="set `periodSeconds: 10` and `failureThreshold: 6`",
            note="a short pause drops every connection of the pod",
        )
    elif timeout.integer == 1:
        yield Problem(
            "the liveness probe waits only one second for an answer",
            timeout,
            help="set `timeoutSeconds: 5`",
            note="a busy server answers late; a restart makes all others busier",
        )
