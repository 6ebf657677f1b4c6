"""The nginx that stands before the notification service in a project of compose."""

import posixpath
import re
from collections.abc import Iterator

import msgspec

from notifyctl.validate.compose import Project, Service
from notifyctl.validate.compose.names import resolve
from notifyctl.validate.nginx import Directive, Proxied, proxied_in, read_nginx
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Source
from notifyctl.validate.workspace import Workspace

_FOLDER = "/etc/nginx"
_PORT = re.compile(r"^(?:https?://)?(?P<host>[^:/]+)(?::(?P<port>[0-9]+))?")


class SocketLocation(msgspec.Struct, frozen=True):
    """A location of nginx that leads to the WebSockets of the service."""

    proxy: Service
    proxied: Proxied


def socket_locations(workspace: Workspace, settings: Settings) -> Iterator[SocketLocation]:
    """The locations of every mounted configuration that lead to the port for WebSockets."""
    for project in workspace.projects:
        names = {name for name, each in project.services.items() if each.holds_sockets(settings)}
        for proxy in project.services.values() if names else ():
            for source in _configurations(proxy, project, workspace):
                whole = read_nginx(source)
                for proxied in proxied_in(whole):
                    if _leads_to(proxied.target, whole, names, settings.ws_port):
                        yield SocketLocation(proxy, proxied)


def _configurations(proxy: Service, project: Project, workspace: Workspace) -> Iterator[Source]:
    for mount in proxy.mounts:
        target, path = mount.target or "", mount.source or ""
        if mount.kind != "bind" or not target.startswith(_FOLDER) or not path.endswith(".conf"):
            continue
        source = workspace.texts.get(posixpath.normpath(resolve(project.folder, path)))
        if source is not None:
            yield source


def _leads_to(target: str, whole: Directive, names: set[str], port: int) -> bool:
    """Whether `proxy_pass` leads to this port of one of these services, perhaps by an upstream."""
    found = _PORT.match(target)
    if found is None:
        return False
    if found["host"] in names:
        return found["port"] == str(port)
    return any(
        each.words == ("upstream", found["host"])
        and any(
            server.words[0] == "server"
            and _leads_to(server.words[1], Directive(("",), whole.span), names, port)
            for server in each.block
            if len(server.words) > 1
        )
        for each in _upstreams(whole)
    )


def _upstreams(directive: Directive) -> Iterator[Directive]:
    for each in directive.block:
        if each.words[0] == "upstream":
            yield each
        yield from _upstreams(each)
