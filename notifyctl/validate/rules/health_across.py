"""Rules about health and times that image, compose, Kubernetes and proxies must agree on."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import msgspec

from notifyctl.validate.dockerfile import Dockerfile
from notifyctl.validate.durations import seconds
from notifyctl.validate.finding import Named, Problem, Related
from notifyctl.validate.health_request import request_in
from notifyctl.validate.image import read_image
from notifyctl.validate.kubernetes.environment import variable_of
from notifyctl.validate.kubernetes.ingress_controllers import controller_of, silence_of
from notifyctl.validate.kubernetes.probe import probe_of
from notifyctl.validate.kubernetes.routes import leads_to, routes_of
from notifyctl.validate.linking import socket_containers, socket_services
from notifyctl.validate.proxies import SocketLocation, socket_locations
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Span
from notifyctl.validate.workspace import Workspace

_PING: Final = "NOTIFYD_PING_SECONDS"
NGINX_SECONDS: Final = 60.0


class Asked(msgspec.Struct, frozen=True):
    """What asks whether the service lives: where, which port, which path.

    `program` tells which service that is, where there are several: its Dockerfile, or its image.
    """

    program: str
    what: str
    port: int
    path: str
    span: Span
    about: Named


@rule("XF407", "warning")
def health_asked_differently(workspace: Workspace, settings: Settings) -> Iterator[Problem]:
    """Image, compose and Kubernetes ask different ports or paths whether the service lives.

    One of them is probably wrong, or left from an earlier version, and only one environment will
    show it. Readiness may ask another path than liveness; it is not compared. Of several services
    each is compared with itself: by the Dockerfile that makes its image, or the image's name.

    Nearest elsewhere: nothing.

    Bad::

        # file: Dockerfile
        FROM python:3.13-slim
        USER 10001
        EXPOSE 8000 8001
        HEALTHCHECK CMD ["wget", "-q", "http://localhost:8000/healthz"]
        CMD ["notifyctl", "serve"]
        # file: pod.yaml
        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0
              livenessProbe: {httpGet: {path: /health, port: 8000}, timeoutSeconds: 5}

    Good::

        # file: Dockerfile
        FROM python:3.13-slim
        USER 10001
        EXPOSE 8000 8001
        HEALTHCHECK CMD ["wget", "-q", "http://localhost:8000/healthz"]
        CMD ["notifyctl", "serve"]
        # file: pod.yaml
        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0
              livenessProbe: {httpGet: {path: /healthz, port: 8000}, timeoutSeconds: 5}
    """
    programs: dict[str, list[Asked]] = {}
    for each in _asked(workspace, settings):
        programs.setdefault(each.program, []).append(each)
    for asked in programs.values():
        yield from _differences(asked, settings)


def _differences(asked: list[Asked], settings: Settings) -> Iterator[Problem]:
    right = _most_likely(asked, settings)
    for each in asked:
        if each.path != settings.ready_path and (each.port, each.path) != (right.port, right.path):
            yield Problem(
                f"{each.what} asks `:{each.port}{each.path}`, "
                f"and {right.what} `:{right.port}{right.path}`",
                each.span,
                related=(Related(right.span, "asks something else"),),
                help="ask the same everywhere",
                about=each.about,
            )


def _most_likely(asked: list[Asked], settings: Settings) -> Asked:
    """What most of them ask; of equals, what the settings say."""
    usual = settings.http_port, settings.health_path
    same = Counter((each.port, each.path) for each in asked)
    return max(
        asked, key=lambda each: (same[each.port, each.path], (each.port, each.path) == usual)
    )


def _asked(workspace: Workspace, settings: Settings) -> Iterator[Asked]:
    for dockerfile in workspace.dockerfiles:
        check = dockerfile.healthcheck
        if check and check.command and dockerfile.holds_sockets(settings):
            request = request_in(check.command.text, dockerfile.launch.environment)
            if request and request.port and request.path:
                yield Asked(
                    dockerfile.source.name,
                    f"HEALTHCHECK of {dockerfile.source.name}",
                    request.port,
                    request.path,
                    check.command.span,
                    dockerfile.about,
                )
    for service in socket_services(workspace.projects, settings):
        own = service.healthcheck
        environment = service.launch.environment
        request = request_in(own.command, environment) if own and not own.is_disabled else None
        if own and request and request.port and request.path:
            what = f"service `{service.name}` of {own.test.source.name}"
            made_by = workspace.links.of_service(service, settings)
            program = _program(made_by, service.image or service.name)
            yield Asked(program, what, request.port, request.path, own.test.span, service.about)
    for _, container in socket_containers(workspace.sets, settings):
        probe = probe_of(container, "livenessProbe")
        if probe and probe.path and probe.port_number:
            what = f"the liveness probe of `{container.name}`"
            program = _program(workspace.links.of_container(container, settings), container.image)
            at = probe.node["httpGet"]["path"].span
            yield Asked(program, what, probe.port_number, probe.path, at, container.about)


def _program(made_by: Dockerfile | None, image: str) -> str:
    parts = read_image(image)
    return made_by.source.name if made_by else parts.repository if parts else image


@rule("XF408", "error")
def ping_slower_than_a_proxy(workspace: Workspace, settings: Settings) -> Iterator[Problem]:
    """A proxy gives up on a silent connection before the server pings it.

    Whoever receives nothing for a while is cut off and comes back, all day long, and only people
    with few notifications notice. The ping (`NOTIFYD_PING_SECONDS`, or the setting `ping_seconds`
    of the checks) should come at least twice within the proxy's time.

    Nearest elsewhere: nothing; it is known as a problem of chat servers behind load balancers.

    Bad::

        # file: ingress.yaml
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: notify
          annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: "20"}
        spec:
          ingressClassName: nginx
          rules:
            - http:
                paths:
                  - path: /ws
                    pathType: Prefix
                    backend: {service: {name: notify, port: {number: 8001}}}

    Good::

        # file: ingress.yaml
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: notify
          annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"}
        spec:
          ingressClassName: nginx
          rules:
            - http:
                paths:
                  - path: /ws
                    pathType: Prefix
                    backend: {service: {name: notify, port: {number: 8001}}}
    """
    ping, written = _ping(workspace, settings)
    for manifests in workspace.sets:
        for ingress in manifests.of_kind("Ingress"):
            controller = controller_of(ingress, manifests, settings)
            if controller is None or settings.ws_port not in (
                leads_to(each, manifests, settings) for each in routes_of(ingress)
            ):
                continue
            silence = silence_of(ingress, controller, manifests)
            if silence is not None and silence.seconds <= ping:
                at = silence.node.head if silence.is_default else silence.node.span
                yield _too_slow(ping, silence.seconds, at, written, ingress.about)
    for location in socket_locations(workspace, settings):
        limit, at = _limit_of(location)
        if limit is not None and limit <= ping:
            yield _too_slow(ping, limit, at, written, location.proxy.about)


def _limit_of(location: SocketLocation) -> tuple[float | None, Span]:
    """How long nginx lets the server be silent, and where that is written; None if unknown."""
    found = location.proxied.inherited("proxy_read_timeout")
    if found is not None:
        return seconds(found.words[-1], bare=1), found.span
    return NGINX_SECONDS if location.is_whole else None, location.proxied.head


def _too_slow(ping: float, limit: float, span: Span, written: Span | None, about: Named) -> Problem:
    return Problem(
        f"the proxy waits {limit:g} s, and the server pings every {ping:g} s",
        span,
        related=(Related(written, "pings this often"),) if written else (),
        help=f"wait at least {2 * ping:g} s here, or ping more often",
        note="silent connections are cut, and come back, all day long",
        about=about,
    )


def _ping(workspace: Workspace, settings: Settings) -> tuple[float, Span | None]:
    """How often the server pings, and where that is written; the slowest of several."""
    texts: list[tuple[str | None, Span]] = [
        (each.environment[_PING].text, each.environment[_PING].span)
        for each in socket_services(workspace.projects, settings)
        if _PING in each.environment
    ]
    for manifests, container in socket_containers(workspace.sets, settings):
        if variable := variable_of(container, _PING, manifests):
            texts.append((variable.text, variable.span))
    times = [(seconds(text, bare=1), span) for text, span in texts if text]
    found = [(time, span) for time, span in times if time is not None]
    return max(found, key=lambda each: each[0], default=(settings.ping_seconds, None))
