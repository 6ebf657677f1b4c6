"""Rules about the probes of the notification service: what they ask, and how patient they are."""

from collections.abc import Iterator
from typing import Final

from notifyctl.validate.finding import Problem, Related
from notifyctl.validate.kubernetes import Container
from notifyctl.validate.kubernetes.probe import Probe, probe_of
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings

_LEAST_PATIENCE_SECONDS: Final = 30


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
            help=f"let the {wrong.words} get `{path}`",
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
        is_answered = probe.path in (settings.health_path, settings.ready_path)
        if container.launch.runs_server and is_answered:
            continue
        yield Problem(
            f"the {probe.words} gets `{probe.path}` from the WebSocket port {settings.ws_port}",
            probe.port,
            help=f"ask port {settings.http_port}, or use `tcpSocket`",
            note=f"a GET without an upgrade is answered with 400 or 426: {probe.consequence}",
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
