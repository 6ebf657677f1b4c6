"""How something is started, in the words that a Dockerfile, compose and Kubernetes have in common.

Each says it in its own way: a command line, an environment, an image, ports. What follows from it
is the same for all of them: whether this is the notification service, the one that holds its
clients' connections; where it listens; how long it drains.
"""

import posixpath
import re
from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from typing import Final

import msgspec

from notifyctl.validate.durations import seconds
from notifyctl.validate.image import Image
from notifyctl.validate.images import OTHERS_ON_OUR_PORTS, is_application
from notifyctl.validate.settings import Settings

LABEL: Final = "notifyctl.dev/service"
# The server's two programs, and the images that are named after them.
OWN: Final = frozenset({"notifyctl", "notifyd"})
_OWN_VARIABLES: Final = "NOTIFYD_"
_SERVER: Final = re.compile(
    r"(?:^|[\s/;&|(\"'])(?:notifyctl\s+(?:-\S+\s+)*serve|notifyd)(?=[\s;&|)\"']|$)"
)
_SOCKET_NAME: Final = re.compile(r"(?:^|-)(?:wss?|(?:web)?sockets?|realtime)(?:$|-)", re.IGNORECASE)


class Launch(msgspec.Struct, frozen=True, dict=True, kw_only=True):
    """What a file says of how something is started.

    `names` are those by which the settings may call it, besides the image's, and `label` is the
    value of the label that says what it is. `variables` are the names of those that it is given and
    nobody else, unlike those of a file for several services; `environment` has all values that are
    known, and None for one that is not. `ports` has the names of each port that is declared, ""
    where it has none.
    """

    command_line: str = ""
    image: Image | None = None
    names: frozenset[str] = frozenset()
    label: str | None = None
    variables: frozenset[str] = frozenset()
    environment: Mapping[str, str | None] = {}
    ports: Mapping[int, set[str]] = {}
    installs_server: bool = False

    @cached_property
    def words(self) -> list[str]:
        """The words of the command line, without quotes."""
        return [word.strip("\"'") for word in self.command_line.split()]

    @cached_property
    def programs(self) -> frozenset[str]:
        """The words without their folders: one of them is what runs."""
        return frozenset(posixpath.basename(word) for word in self.words)

    def holds_sockets(self, settings: Settings) -> bool:
        """Whether it is the notification service, as far as it can be seen."""
        return (
            self._is_named(settings)
            or is_marked(self.label)
            or self.runs_server
            or self.has_its_ports(settings)
        )

    def _is_named(self, settings: Settings) -> bool:
        image = self.image
        names = {image.name, image.repository, *self.names} if image else self.names
        return not names.isdisjoint(settings.service)

    @cached_property
    def runs_server(self) -> bool:
        """Whether this is notifyd itself, by what it runs or by the variables it is given."""
        if _SERVER.search(self.command_line):
            return True
        if self.image is not None and self.image.name in OWN:
            return not self.words or self.words[0] == "serve" or self.words[0].startswith("-")
        if "notifyctl" in self.programs:
            return False  # Another command: it sends, or it measures.
        return any(name.startswith(_OWN_VARIABLES) for name in self.variables)

    def has_its_ports(self, settings: Settings) -> bool:
        """Whether the ports are those of the service, and of nothing else that is known.

        A port's name says most. Without one, both numbers are needed, for others have one of them;
        where the server is installed, one will do.
        """
        names = self.ports.get(settings.ws_port, set())
        if any(is_socket_name(name) for name in names):
            return True
        has_http = settings.http_port in self.ports and settings.http_port != settings.ws_port
        declared = (has_http, "" in names)
        is_enough = any(declared) if self.installs_server else all(declared)
        return is_enough and not self._is_another(settings)

    def _is_another(self, settings: Settings) -> bool:
        """Whether it is a program that is known to have these ports for something else."""
        programs = self.programs | ({self.image.name} if self.image else set())
        return (
            not programs.isdisjoint(OTHERS_ON_OUR_PORTS)
            # Three ports in a row are Triton's, whatever its image is called.
            or settings.ws_port + 1 in self.ports
            or (self.image is not None and is_application(self.image))
        )

    def listening_ports(self, settings: Settings) -> tuple[int | None, int | None]:
        """The ports for HTTP and for WebSockets; None where the number is not known."""
        return (
            self._integer("--http-port", settings.http_port_env, settings.http_port),
            self._integer("--ws-port", settings.ws_port_env, settings.ws_port),
        )

    def connections(self, settings: Settings) -> int | None:
        """How many connections it shall hold; None if that is not known."""
        return self._integer(
            "--max-connections", "NOTIFYD_MAX_CONNECTIONS", settings.max_connections
        )

    def drain_seconds(self, settings: Settings) -> float | None:
        """How long it says good-bye to its clients; None if that is not known."""
        text = self._said("--drain-seconds", "NOTIFYD_DRAIN_SECONDS", f"{settings.drain_seconds}")
        return None if text is None else seconds(text, bare=1)

    def _integer(self, option: str, variable: str, default: int) -> int | None:
        text = self._said(option, variable, str(default))
        return int(text) if text is not None and re.fullmatch("[0-9]{1,9}", text) else None

    def _said(self, option: str, variable: str, default: str) -> str | None:
        """A setting of the server, as it takes them: its option, its variable, its default."""
        text = self.environment.get(variable, default)
        for word, following in pairwise([*self.words, ""]):
            name, equals, value = word.partition("=")
            if name == option:
                text = value if equals else following
        return text


def is_marked(label: str | None) -> bool:
    """Whether the label says that this is the notification service."""
    return label is not None and label.lower() == "true"


def is_socket_name(port: str) -> bool:
    """Whether a port of this name is one for WebSockets: `ws`, `notify-wss`, `websocket`.

    >>> [is_socket_name(name) for name in ("ws", "notify-wss", "news")]
    [True, True, False]
    """
    return _SOCKET_NAME.search(port) is not None
