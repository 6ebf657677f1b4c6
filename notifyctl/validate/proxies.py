"""The nginx that stands before the notification service in a project of compose."""

import posixpath
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from notifyctl.validate.compose import Project, Service
from notifyctl.validate.compose.names import resolve
from notifyctl.validate.nginx import Directive, Proxied, below, proxied_in, read_nginx
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Source
from notifyctl.validate.workspace import Workspace

# Where a whole folder may be mounted, whose files are not listed here.
_FOLDERS: Final = ("/etc/nginx", "/etc/nginx/conf.d", "/etc/nginx/snippets", "/etc/nginx/templates")
_ENDINGS: Final = (".conf", ".conf.template")
_TARGET: Final = re.compile(r"(?:https?://)?(?P<host>[^:/$]+)(?::(?P<port>[0-9]+))?(?:/|$)")


class SocketLocation(msgspec.Struct, frozen=True):
    """A location of nginx that leads to the WebSockets of the service.

    `is_whole` tells whether all that may say something about it was there to read.
    """

    proxy: Service
    proxied: Proxied
    is_whole: bool


def socket_locations(workspace: Workspace, settings: Settings) -> Iterator[SocketLocation]:
    """The locations of every mounted configuration that lead to the port for WebSockets."""
    for project in workspace.projects:
        ours = [each for each in project.services.values() if each.holds_sockets(settings)]
        targets = {(name, port) for each in ours for name, port in _targets_of(each, settings)}
        for proxy in project.services.values() if targets else ():
            sources = list(_configurations(proxy, project, workspace))
            read = [read_nginx(source) for source in sources if source is not None]
            upstreams = [each for whole in read for each, _ in below(whole)]
            for whole in read:
                for proxied in proxied_in(whole):
                    if _leads_to(proxied.target, upstreams, targets):
                        others = [each for each in sources if each is not whole.span.source]
                        is_whole = not (proxied.includes or any(map(_may_say_more, others)))
                        yield SocketLocation(proxy, proxied, is_whole)


def _targets_of(service: Service, settings: Settings) -> Iterator[tuple[str, str]]:
    """The names and the port under which others of its project find its WebSockets."""
    port = service.launch.listening_ports(settings)[1]
    for name in (service.name, service.node["container_name"].text, service.node["hostname"].text):
        if name and port:
            yield name, str(port)


def _configurations(
    proxy: Service, project: Project, workspace: Workspace
) -> Iterator[Source | None]:
    """What is mounted as nginx's configuration; None for what is not there to read."""
    for mount in proxy.mounts:
        target, path = mount.target or "", mount.source or ""
        if mount.kind != "bind":
            continue
        if target in _FOLDERS:
            yield None
        elif target.startswith(_FOLDERS[0]) and path.endswith(_ENDINGS):
            yield workspace.texts.get(posixpath.normpath(resolve(project.folder, path)))


def _may_say_more(source: Source | None) -> bool:
    """Whether another file may hold what locations inherit; None is one that is not there."""
    return source is None or "proxy_" in source.text


def _leads_to(target: str, directives: list[Directive], targets: set[tuple[str, str]]) -> bool:
    """Whether `proxy_pass` leads to one of these, perhaps by an upstream of this name."""
    found = _TARGET.match(target)
    if found is None:
        return False
    if found["port"]:
        return (found["host"], found["port"]) in targets
    return any(
        _leads_to(server.words[1], [], targets)
        for upstream in directives
        if upstream.words == ("upstream", found["host"])
        for server in upstream.block
        if server.words[0] == "server" and len(server.words) > 1
    )
