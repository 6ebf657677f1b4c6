"""A rule about what is left of development when a project runs in production."""

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from notifyctl.validate.compose import Project, Service
from notifyctl.validate.compose.interpolation import filled, known
from notifyctl.validate.compose.mounts import Mount
from notifyctl.validate.compose.names import resolve
from notifyctl.validate.finding import Problem, Severity
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.tree import Node

_DEBUG: Final = re.compile(r"(?:[A-Z]+_)?DEBUG", re.IGNORECASE)
_MODE: Final = frozenset({"APP_ENV", "DJANGO_ENV", "FLASK_ENV", "NODE_ENV", "RAILS_ENV"})
_ON: Final = frozenset({"1", "on", "true", "yes"})
_DEVELOPMENT: Final = frozenset({"dev", "development"})
_RELOADING: Final = frozenset({"--reload", "--hot-reload", "nodemon"})
_CODE: Final = frozenset({"app", "code", "lib", "source", "src"})
_CODE_PLACE: Final = re.compile(
    r"/(?:app|application|code|go/src|home|opt|project|src|srv|usr/src|var/www|work|workdir|workspace)"
    r"(?:/|$)"
)
# Keys that only a swarm reads: there, one port stands for all replicas, and it restarts by itself.
_SWARM: Final = ("endpoint_mode", "mode", "placement", "rollback_config", "update_config")
_ONCE: Final = re.compile(
    r"(?:^|[^a-z])(?:backup|certbot|collectstatic|init|install|migrate|migrations?|seed|setup)"
    r"(?:[^a-z]|$)"
)


@rule("CO211", "error")
def development_in_production(project: Project, settings: Settings) -> Iterator[Problem]:
    """A setting for development survives in the configuration for production.

    Compose appends to lists and never forgets: the source code that the base mounts is mounted in
    production, too, unless `!reset` or `!override` takes it away. What is judged is the whole,
    after merging: source code mounted over the image, `--reload`, `DEBUG=1`, an image that is
    built on the spot and has no name (a warning), no `restart`, several replicas that fight for
    one port or name, and (a warning) fewer open files than connections.

    Bad::

        # file: compose.yaml
        services:
          app:
            image: ghcr.io/example/app:1.2
            build: .
            volumes: [".:/app"]

        # file: compose.production.yaml
        services:
          app: {restart: always}

    Good::

        # file: compose.yaml
        services:
          app:
            image: ghcr.io/example/app:1.2
            build: .
            volumes: [".:/app"]

        # file: compose.production.yaml
        services:
          app: {restart: always, volumes: !reset []}
    """
    if not project.is_production:
        return
    for service in project.services.values():
        if service.is_complete:
            yield from (
                *_mounted_source(service),
                *_debugging(service),
                *_unnamed_build(service),
                *_no_restart(service),
                *_crowded(service),
                *_few_files(service, settings),
            )


def _mounted_source(service: Service) -> Iterator[Problem]:
    for mount in service.mounts:
        if mount.kind == "bind" and not mount.is_read_only and _is_source(service, mount):
            yield Problem(
                f"production runs `{service.name}` with the source code of the host",
                mount.span,
                help="take it away in the file for production with `volumes: !reset []` or "
                "`!override`",
                note="what runs is not what was built and tested",
                about=service.about,
            )


def _is_source(service: Service, mount: Mount) -> bool:
    """Whether a mount puts the code that the image is built from over the image."""
    builds = [service.build] if service.build else service.written_builds
    contexts = {build.context for build in builds if build.context is not None}
    if not contexts or not mount.source or not mount.source.startswith("."):
        return False
    if not _CODE_PLACE.match(mount.target or ""):
        return False
    source = resolve(service.project.folder, mount.source)
    return source in contexts or posixpath.basename(source) in _CODE


def _debugging(service: Service) -> Iterator[Problem]:
    for key in ("command", "entrypoint"):
        words = service.command if key == "command" else service.entrypoint
        found = [word for word in words if word in _RELOADING]
        if found:
            yield Problem(
                f"production runs `{service.name}` with `{found[0]}`",
                service.node[key],
                help="give the service another command in the file for production",
                note="it watches its source, and a change of a file breaks all connections",
                about=service.about,
            )
    for name, entry in service.node["environment"].entries.items():
        text = (known(entry.value) or "").lower()
        if (_DEBUG.fullmatch(name) and text in _ON) or (name in _MODE and text in _DEVELOPMENT):
            yield Problem(
                f"production runs `{service.name}` with `{name}={text}`",
                entry.value,
                help="set it for production, too",
                about=service.about,
            )


def _unnamed_build(service: Service) -> Iterator[Problem]:
    if service.build and not service.says("image"):
        yield Problem(
            f"production builds `{service.name}` on the spot, and its image has no name",
            service.build.node.head,
            help="add `image:` with a tag, and pull in production what was tested",
            note="nobody can tell which version runs, or go back to the one before",
            severity=Severity.WARNING,
            about=service.about,
        )


def _no_restart(service: Service) -> Iterator[Problem]:
    if service.says("restart") or service.says("deploy") or _ends(service):
        return
    yield Problem(
        f"`{service.name}` is not started again after a crash or a reboot",
        service.node.head,
        help="add `restart: unless-stopped`",
        about=service.about,
    )


def _ends(service: Service) -> bool:
    """Whether it looks like something that comes to an end, or that a person starts."""
    if service.ends or _is_pattern(service):
        return True
    words = " ".join((service.name, *service.entrypoint, *service.command)).lower()
    return _ONCE.search(words) is not None


def _is_pattern(service: Service) -> bool:
    """Whether others are made from it by an anchor (`&base`), and it does nothing itself."""
    idle = not service.command and not service.entrypoint and not service.ports
    return idle and id(service.node["image"]) in service.project.aliased_images


def _crowded(service: Service) -> Iterator[Problem]:
    deploy = service.node["deploy"]
    if (service.replicas or 1) < 2 or any(key in deploy for key in _SWARM):
        return
    wanted: Node = deploy["replicas"] if deploy["replicas"].exists else service.node["scale"]
    name = service.node["container_name"]
    if name.exists:
        yield Problem(
            f"{service.replicas} containers of `{service.name}` cannot have one name",
            name,
            help="remove `container_name`",
            note="compose starts none of them",
            about=service.about,
        )
    fixed = [port for port in service.ports if port.host is not None]
    ranges = {item.span for item in service.node["ports"].items if "-" in filled(item)}
    if fixed and fixed[0].span not in ranges:
        yield Problem(
            f"{service.replicas} containers of `{service.name}` cannot have port {fixed[0].host}",
            fixed[0].span,
            help="publish a range, or put a proxy before them",
            note=f"only the first of {wanted.string} starts",
            about=service.about,
        )


def _few_files(service: Service, settings: Settings) -> Iterator[Problem]:
    limit = service.node["ulimits"]["nofile"]
    soft = limit["soft"] if limit.entries else limit
    text = known(soft)
    if text is None or not text.isdecimal() or not service.holds_sockets(settings):
        return
    wanted = service.launch.connections(settings)
    if wanted is not None and int(text) < wanted:
        yield Problem(
            f"`{service.name}` may open {text} files, and shall hold {wanted} connections",
            soft,
            help=f"set `nofile` to more than {wanted}",
            note="every connection is an open file; beyond the limit, new ones are refused",
            severity=Severity.WARNING,
            about=service.about,
        )
