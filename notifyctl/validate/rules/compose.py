"""Rules about services of compose: their ports, their images, and how they stop."""

from collections.abc import Iterator
from typing import Final

from notifyctl.validate.compose import Project, Service
from notifyctl.validate.compose.ports import Port, read_ports
from notifyctl.validate.compose.ports import meet as addresses_meet
from notifyctl.validate.finding import Problem, Related
from notifyctl.validate.images import PROXIES, STORES, is_local_name
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings

_WEB_PORTS: Final = frozenset({80, 443})
# Labels and variables by which proxies of other projects find the services they serve.
_PROXY_LABELS: Final = (
    "caddy",
    "traefik.",
    "tsdproxy.",
    "swag",
    "nginx-proxy.",
    "com.github.nginx",
)
_PROXY_VARIABLES: Final = frozenset({"VIRTUAL_HOST", "LETSENCRYPT_HOST", "SERVICE_NAME"})


@rule("CO201", "error")
def unpublished_port(service: Service, settings: Settings) -> Iterator[Problem]:
    """The notification service does not publish both of its ports.

    Clients connect to one port and publishers to the other. With only one of them published,
    health checks and tests are green, and no browser gets a notification. What counts is the
    project as it runs: the base with what is laid over it. A service that stands behind a proxy
    of its project, or behind one that finds it by labels or over an external network, needs no
    published ports.

    Bad::

        services:
          notifyd:
            image: ghcr.io/example/notifyd:1.4
            ports: ["127.0.0.1:8000:8000"]

    Good::

        services:
          notifyd:
            image: ghcr.io/example/notifyd:1.4
            ports: ["127.0.0.1:8000:8000", "127.0.0.1:8001:8001"]
    """
    if not service.holds_sockets(settings) or not service.is_complete:
        return
    if not service.ports and service.says("ports"):
        return
    if service.has_unknown_ports or service.says("network_mode") or _is_served(service):
        return
    listened = service.launch.listening_ports(settings)
    published = {port.container for port in service.ports if port.protocol == "tcp"}
    missing = [port for port in listened if port not in published]
    if not missing or None in listened:
        return
    names = " and ".join(f"{port}" for port in missing)
    at = service.node["ports"].head if service.ports else service.node.head
    yield Problem(
        f"`{service.name}` does not publish port{'s' if len(missing) > 1 else ''} {names}",
        at,
        help="add " + " and ".join(f'`"{port}:{port}"`' for port in missing) + " to `ports`",
        note="nobody outside of the project's networks can connect there",
    )


def _is_served(service: Service) -> bool:
    """Whether something else brings connections to it."""
    labels = (*service.node["labels"].entries, *service.node["deploy"]["labels"].entries)
    if any(label.startswith(_PROXY_LABELS) for label in labels):
        return True
    if not _PROXY_VARIABLES.isdisjoint(service.environment):
        return True
    networks = service.project.root["networks"]
    if any(networks[name]["external"].exists for name in service.networks):
        return True
    return any(_fronts(other, service) for other in service.project.services.values())


def _fronts(proxy: Service, service: Service) -> bool:
    if proxy is service or not proxy.networks & service.networks:
        return False
    image = proxy.image_parts
    is_proxy = image is not None and image.name in PROXIES
    return is_proxy or any(
        {port.host, port.container} & _WEB_PORTS or port.container is None for port in proxy.ports
    )


@rule("CO202", "error")
def port_taken_twice(project: Project, _settings: Settings) -> Iterator[Problem]:
    """Two services of a project publish the same port of the host.

    The second container does not start: "port is already allocated". Ranges, addresses and
    protocols count; services that no profile starts together do not.

    Nearest rule elsewhere: dclint `no-duplicate-exported-ports`.

    Bad::

        services:
          web: {image: "nginx:1.29", ports: ["8080:80"]}
          admin: {image: "nginx:1.29", ports: ["8080-8082:80-82"]}

    Good::

        services:
          web: {image: "nginx:1.29", ports: ["8080:80"]}
          admin: {image: "nginx:1.29", ports: ["8081-8083:80-82"]}
    """
    taken: dict[tuple[int, str], list[tuple[Service, Port]]] = {}
    for service in project.services.values():
        if service.node["network_mode"].exists or service.replicas == 0:
            continue
        for item in service.node["ports"].items:
            clash = _take(taken, service, read_ports(item) or [])
            if clash is None:
                continue
            port, other, whose = clash
            again = " twice" if whose is service else f", and so does `{whose.name}`"
            yield Problem(
                f"`{service.name}` publishes port {port.host} of the host{again}",
                port.span,
                related=(Related(other.span, "taken here"),),
                help="give one of them another port",
                note="the container that comes second does not start",
                about=service.about,
            )


def _take(
    taken: dict[tuple[int, str], list[tuple[Service, Port]]], service: Service, ports: list[Port]
) -> tuple[Port, Port, Service] | None:
    """Take the ports of one entry; the first that somebody has already is told, with who has it."""
    clash = None
    for port in ports:
        if port.host is None or not port.protocol:
            continue
        holders = taken.setdefault((port.host, port.protocol), [])
        for holder, other in holders:
            meets = addresses_meet(other.host_ip, port.host_ip) and holder.runs_with(service)
            if meets and clash is None:
                clash = (port, other, holder)
                break
        holders.append((service, port))
    return clash


@rule("CO203", "warning", production="error")
def store_open_to_everybody(service: Service, _settings: Settings) -> Iterator[Problem]:
    """A database, a cache or a metrics port is published on every address of the host.

    Docker opens published ports past the rules of `ufw` and most other firewalls. Other services
    of the project reach the port without it being published at all.

    Nearest rule elsewhere: dclint `no-unbound-port-interfaces`.

    Bad::

        services:
          cache:
            image: valkey/valkey:8.1-alpine
            ports: ["6379:6379"]

    Good::

        services:
          cache:
            image: valkey/valkey:8.1-alpine
            ports: ["127.0.0.1:6379:6379"]
    """
    image = service.image_parts
    if image is None or service.node["network_mode"].exists:
        return
    inner = STORES.get(image.name, frozenset())
    for item in service.node["ports"].items:
        ports = [port for port in read_ports(item) or () if port.container in inner]
        if ports and ports[0].is_public:
            yield Problem(
                f"port {ports[0].container} of `{service.name}` is open on every address",
                ports[0].span,
                help="put `127.0.0.1:` in front of it, or remove it: other services of the "
                "project reach it anyway",
                note="Docker opens published ports past the rules of most firewalls of the host",
                severity=service.project.weight,
            )


@rule("CO207", "error")
def killed_while_draining(service: Service, settings: Settings) -> Iterator[Problem]:
    """The notification service is killed before it has drained.

    On `docker compose stop`, `up` or `restart` the server asks its sessions to come back, each at
    its own moment within the drain time. Docker waits 10 seconds if nothing else is said, and
    then kills it: the rest of the sessions break at once, and all come back together.

    Bad::

        services:
          notifyd:
            image: ghcr.io/example/notifyd:1.4
            ports: ["8000:8000", "8001:8001"]

    Good::

        services:
          notifyd:
            image: ghcr.io/example/notifyd:1.4
            ports: ["8000:8000", "8001:8001"]
            stop_grace_period: 45s
    """
    grace, drain = service.stop_grace_seconds, service.launch.drain_seconds(settings)
    if grace is None or drain is None or grace >= drain or not service.is_complete:
        return
    node = service.node["stop_grace_period"]
    if not service.holds_sockets(settings) or service.says("stop_grace_period") > node.exists:
        return
    what = f"{grace:g} s" if node.exists else f"Docker's own {grace:g} s"
    yield Problem(
        f"`{service.name}` is killed after {what}, and drains for {drain:g} s",
        node,
        help=f"set `stop_grace_period: {drain + 10:g}s`",
        note="sessions that have not been asked to come back by then break all at once",
    )


@rule("CO209", "warning")
def floating_image(service: Service, _settings: Settings) -> Iterator[Problem]:
    """An image has no tag, or the tag `latest`.

    Tomorrow the same file runs another program, on one machine and not on the next. A digest is
    as good as a tag. Images that are built here are not meant.

    Nearest rule elsewhere: dclint `service-image-require-explicit-tag`.

    Bad::

        services:
          cache: {image: redis}

    Good::

        services:
          cache: {image: "redis:8.2-alpine"}
    """
    image, text = service.image_parts, service.image
    if image is None or text is None or not image.is_floating or _is_local(service):
        return
    if is_local_name(image) and not service.project.is_production:
        return  # Somebody builds it.
    what = "the tag `latest`" if image.tag else "no tag"
    yield Problem(
        f"image `{text}` has {what}",
        service.node["image"],
        help="name the version that was tested",
        note="the next pull may bring another program",
    )


def _is_local(service: Service) -> bool:
    """Whether the image is built here, by this service or by another one of the project."""
    if service.build or service.node["pull_policy"].string in ("never", "build"):
        return True
    return service.image in service.project.built_images
