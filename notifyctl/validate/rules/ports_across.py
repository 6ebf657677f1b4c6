"""Rules about port numbers that several files name: image, compose, Kubernetes, environment."""

import re
from collections.abc import Iterator
from typing import Final

from notifyctl.validate.dockerfile import Dockerfile
from notifyctl.validate.finding import Named, Problem, Related
from notifyctl.validate.kubernetes.environment import names_of_variables, variable_of
from notifyctl.validate.launch import Launch
from notifyctl.validate.linking import socket_containers, socket_services
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Span
from notifyctl.validate.workspace import Workspace

_NUMBER: Final = re.compile(r"(?<![0-9.])[0-9]{2,5}(?![0-9.])")
_OPTIONS: Final = ("--http-port", "--ws-port")


@rule("XF401", "error")
def published_port_not_exposed(workspace: Workspace, settings: Settings) -> Iterator[Problem]:
    """Compose publishes a port of the notification service that its image does not expose.

    The image says with EXPOSE where it listens. A published port that is not among them leads to
    nothing: connections are accepted by Docker, and reset. A port that a variable or the command
    line names is not asked about: something may have been moved there, or listen beside.

    Nearest elsewhere: nothing.

    Bad::

        # file: Dockerfile
        FROM python:3.13-slim
        USER 10001
        EXPOSE 8000 8001
        CMD ["notifyctl", "serve"]
        # file: compose.yaml
        services:
          notify:
            build: .
            ports: ["8000:8000", "8001:9001"]

    Good::

        # file: Dockerfile
        FROM python:3.13-slim
        USER 10001
        EXPOSE 8000 8001
        CMD ["notifyctl", "serve"]
        # file: compose.yaml
        services:
          notify:
            build: .
            ports: ["8000:8000", "8001:8001"]
    """
    for service in workspace.services:
        image = workspace.links.of_service(service, settings)
        if image is None or service.has_unknown_environment:
            continue
        if not (image.holds_sockets(settings) or service.holds_sockets(settings)):
            continue
        used = _numbers_used(service.launch)
        ports = {port.container: port.span for port in service.ports if port.protocol == "tcp"}
        for number, span in ports.items():
            if number is not None and str(number) not in used:
                yield from _not_exposed(number, span, image, service.about)


@rule("XF402", "error")
def container_port_not_exposed(workspace: Workspace, settings: Settings) -> Iterator[Problem]:
    """A container of the notification service declares a port that its image does not expose.

    Probes and Services use the declared port, and nothing listens there. The image is found by its
    name, or by the only Dockerfile of the service.

    Nearest elsewhere: nothing.

    Bad::

        # file: Dockerfile
        FROM python:3.13-slim
        USER 10001
        EXPOSE 8000 8001
        CMD ["notifyctl", "serve"]
        # file: pod.yaml
        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0
              ports: [{containerPort: 8000}, {containerPort: 9001}]

    Good::

        # file: Dockerfile
        FROM python:3.13-slim
        USER 10001
        EXPOSE 8000 8001
        CMD ["notifyctl", "serve"]
        # file: pod.yaml
        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0
              ports: [{containerPort: 8000}, {containerPort: 8001}]
    """
    for manifests, container in socket_containers(workspace.sets, settings):
        image = workspace.links.of_container(container, settings)
        if image is None:
            continue
        values = [
            variable_of(container, name, manifests)
            for name in (settings.http_port_env, settings.ws_port_env)
        ]
        is_open = names_of_variables(container, manifests) is None
        if is_open or any(each is not None and each.text is None for each in values):
            continue
        used = _numbers_used(container.launch, *(each.text for each in values if each))
        for port in container.ports:
            known = port.number is not None and port.protocol == "TCP"
            if known and str(port.number) not in used:
                yield from _not_exposed(port.number or 0, port.span, image, container.about)


def _numbers_used(launch: Launch, *values: str | None) -> set[str]:
    """The numbers that variables and the command line give: what listens may have been moved there,
    and a debugger may listen beside it."""
    texts = (launch.command_line, *launch.environment.values(), *values)
    return {number for text in texts if text for number in _NUMBER.findall(text)}


def _not_exposed(number: int, span: Span, image: Dockerfile, about: Named) -> Iterator[Problem]:
    exposed = [each for each in image.exposed if each.protocol == "tcp"]
    if not exposed or image.exposes_unknown or number in {each.port for each in exposed}:
        return
    yield Problem(
        f"port {number} is none of those that the image exposes",
        span,
        label="nothing listens here",
        related=tuple(Related(each.span, f"exposes {each.port}") for each in exposed),
        help=f"use {' or '.join(str(each.port) for each in exposed)}, or EXPOSE {number}",
        about=about,
    )


@rule("XF406", "error")
def port_moved_by_a_variable(workspace: Workspace, settings: Settings) -> Iterator[Problem]:
    """A variable moves a port of the notification service, and not what else names the port.

    With `NOTIFYD_WS_PORT=9001` the server listens on 9001, while EXPOSE, `ports` or
    `containerPort` still say 8001. Health checks of the other port stay green.

    Nearest elsewhere: nothing.

    Bad::

        # file: Dockerfile
        FROM python:3.13-slim
        ENV NOTIFYD_WS_PORT=9001
        USER 10001
        EXPOSE 8000 8001
        CMD ["notifyctl", "serve"]

    Good::

        # file: Dockerfile
        FROM python:3.13-slim
        ENV NOTIFYD_WS_PORT=9001
        USER 10001
        EXPOSE 8000 9001
        CMD ["notifyctl", "serve"]
    """
    names = (settings.http_port_env, settings.ws_port_env)
    for dockerfile in workspace.dockerfiles:
        if dockerfile.exposes_unknown or _has_option(dockerfile.launch):
            continue
        if dockerfile.holds_sockets(settings):
            exposed = {each.port: each.span for each in dockerfile.exposed}
            for name in names:
                if value := dockerfile.env.get(name):
                    yield from _moved(name, value.text, value.span, exposed, dockerfile.about)
    for service in socket_services(workspace.projects, settings):
        if service.has_unknown_ports or _has_option(service.launch):
            continue
        listed = (*service.ports, *service.expose)
        ports = {each.container: each.span for each in listed if each.container is not None}
        for name in names:
            if variable := service.environment.get(name):
                yield from _moved(name, variable.text, variable.span, ports, service.about)
    for manifests, container in socket_containers(workspace.sets, settings):
        declared = {each.number: each.span for each in container.ports if each.number is not None}
        if len(declared) < len(container.ports) or _has_option(container.launch):
            continue
        for name in names:
            if found := variable_of(container, name, manifests):
                yield from _moved(name, found.text, found.span, declared, container.about)


def _has_option(launch: Launch) -> bool:
    """Whether the command line sets a port; it goes before the variable."""
    return any(word.startswith(_OPTIONS) for word in launch.words)


def _moved(
    name: str, text: str | None, span: Span, ports: dict[int, Span], about: Named
) -> Iterator[Problem]:
    if not ports or text is None or not _NUMBER.fullmatch(text) or int(text) in ports:
        return
    yield Problem(
        f"`{name}` moves the port to {text}, which is not among the ports that are named here",
        span,
        related=tuple(Related(each, f"{number} is named") for number, each in ports.items()),
        help=f"name {text} there, too, or remove the variable",
        about=about,
    )
