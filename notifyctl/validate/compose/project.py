"""A compose project and its services, as `docker compose` would run them: what rules ask."""

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from notifyctl.validate.compose.build import Build, read_build
from notifyctl.validate.compose.canonical import canonical_service
from notifyctl.validate.compose.env_file import read_env
from notifyctl.validate.compose.healthcheck import Healthcheck, read_healthcheck
from notifyctl.validate.compose.interpolation import (
    UNKNOWN,
    filled,
    interpolate,
    is_unknown,
    known,
)
from notifyctl.validate.compose.mounts import Mount, read_mount
from notifyctl.validate.compose.names import resolve
from notifyctl.validate.compose.ports import Port, read_ports
from notifyctl.validate.durations import seconds
from notifyctl.validate.finding import Named, Severity
from notifyctl.validate.image import Image, read_image
from notifyctl.validate.launch import LABEL, Launch
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Source, Written
from notifyctl.validate.tree import Mapping as MappingNode
from notifyctl.validate.tree import Node, Scalar

_WORD: Final = re.compile(r"""(?:[^\s"']|"[^"]*"|'[^']*')+""")
# Where variables are filled in.
_FILLED_IN: Final = ("services", "networks", "volumes", "secrets", "configs", "include")
_STARTED: Final = "service_started"
_COMPLETED: Final = "service_completed_successfully"


class Project:
    """Compose files that run together. `root` is what they come to, with variables filled in
    where the files say what they are."""

    def __init__(
        self,
        files: tuple[str, ...],
        root: MappingNode,
        documents: tuple[Node, ...],
        *,
        is_complete: bool = True,
        is_production: bool = False,
        is_development: bool = False,
        variables: Mapping[str, str] | None = None,
        documented: frozenset[str] = frozenset(),
        environment_files: Mapping[str, Source] | None = None,
        beneath: Node | None = None,
    ) -> None:
        self.files = files
        self.root = root
        # The files' own values, before anything was filled in or merged.
        self.documents = documents
        # Whether everything that the files extend and include was there to read.
        self.is_complete = is_complete
        self.is_production = is_production
        # Whether the names of the files say so, or that of another one that is for production.
        self.is_development = is_development
        self.variables = variables or {}
        # Names that a `.env` file sets, or an example of one tells of.
        self.documented = documented
        self.environment_files = environment_files or {}
        # What may lie below the files, and nobody knows whether it does.
        self.beneath = beneath
        self.folder = posixpath.dirname(files[0])
        self.services: dict[str, Service] = {
            name: Service(self, name, entry.key, entry.value)
            for name, entry in root["services"].entries.items()
            if isinstance(entry.value, MappingNode)
        }

    @property
    def name(self) -> str:
        """What the project calls itself; otherwise its folder, as for compose."""
        return known(self.root["name"]) or posixpath.basename(self.folder) or "compose"

    @property
    def weight(self) -> Severity | None:
        """How bad it is what one may do in development and not in production; None where the
        files do not say which of them this is."""
        if self.is_production:
            return Severity.ERROR
        return Severity.WARNING if self.is_development else None

    @property
    def about(self) -> Named:
        """What a finding about the whole is about."""
        return Named("project", self.name)

    def interpolated(self) -> Iterator[Scalar]:
        """The values of its files that name variables, as they are written."""
        for document in self.documents:
            for kind in _FILLED_IN:
                for node in document[kind].walk():
                    if isinstance(node, Scalar) and "$" in node.raw:
                        yield node

    @cached_property
    def built_images(self) -> frozenset[str]:
        """The names of the images that services of this project are built as."""
        return frozenset(each.image for each in self.services.values() if each.build and each.image)

    @cached_property
    def aliased_images(self) -> frozenset[int]:
        """The identities of the image nodes that several services have by an anchor."""
        nodes = [service.node["image"] for service in self.services.values()]
        counts = Counter(id(node) for node in nodes if node.exists)
        return frozenset(node for node, count in counts.items() if count > 1)

    @cached_property
    def waited_for(self) -> dict[str, set[str]]:
        """The services that others depend on, and what of each of them they wait for."""
        found: dict[str, set[str]] = {}
        for service in self.services.values():
            for name, condition in service.depends_on.items():
                found.setdefault(name, set()).add(condition)
        return found

    def folder_of(self, node: Node) -> str:
        """The folder that a node's relative paths start from: an included or extended file has
        its own, the files of one project share the first one's."""
        name = node.source.name
        return self.folder if name in self.files else posixpath.dirname(name)


class Service:
    """One service. Values that are not known, or cannot be read, are None or are left out."""

    def __init__(self, project: Project, name: str, key: Scalar, node: Node) -> None:
        self.project = project
        self.name = name
        self.key = key
        self.node = node

    def says(self, key: str) -> bool:
        """Whether it has an attribute, or may have it from a file that may lie below."""
        beneath = self.project.beneath
        below = beneath["services"][self.name][key].exists if beneath else False
        return self.node[key].exists or below

    @property
    def about(self) -> Named:
        """What a finding about this service is about."""
        return Named("service", self.name, path=f"services.{self.name}")

    @property
    def is_complete(self) -> bool:
        """Whether all of it is known; it is not when it extends what is not there to read."""
        return not self.node["extends"].exists

    @cached_property
    def image(self) -> str | None:
        """The image, with its tag."""
        return known(self.node["image"])

    @cached_property
    def image_parts(self) -> Image | None:
        """The image, taken apart; known also where its tag is not, which is then empty."""
        text = filled(self.node["image"])
        before, _, after = text.rpartition(":")
        # `app:${TAG}`: what the tag is nobody knows, and the rest everybody.
        if UNKNOWN in after and UNKNOWN not in before:
            text = before
        return None if UNKNOWN in text else read_image(text)

    @cached_property
    def build(self) -> Build | None:
        """How the image is built; None if it is not built here."""
        return read_build(self.node["build"], self.project.folder_of)

    @cached_property
    def written_builds(self) -> list[Build]:
        """How each file of the project says that the image is built, also where a file on top takes
        that away: the image in its place was built from the same folder, somewhere else."""
        written = (document["services"][self.name] for document in self.project.documents)
        nodes = (
            interpolate(canonical_service(node), self.project.variables)
            for node in written
            if isinstance(node, MappingNode) and node["build"].tag != "!reset"
        )
        builds = (read_build(node["build"], self.project.folder_of) for node in nodes)
        return [build for build in builds if build]

    @cached_property
    def ports(self) -> list[Port]:
        """The ports that the host has, those that Docker chooses a number for included."""
        return [port for item in self.node["ports"].items for port in read_ports(item) or ()]

    @cached_property
    def has_unknown_ports(self) -> bool:
        """Whether there are ports besides those listed, of which nothing can be said."""
        items = self.node["ports"].items
        return any(read_ports(item) is None for item in items) or any(
            port.container is None for port in self.ports
        )

    @cached_property
    def expose(self) -> list[Port]:
        """The ports that other services see, besides those of the image."""
        return [port for item in self.node["expose"].items for port in read_ports(item) or ()]

    @cached_property
    def environment(self) -> dict[str, Written]:
        """The variables of the container: of its env files that are known, and its own."""
        found: dict[str, Written] = {}
        for source in self._env_sources:
            if source is not None:
                found |= read_env(source, self.project.variables)
        for name, entry in self.node["environment"].entries.items():
            text = known(entry.value)
            if not entry.value.exists and not is_unknown(entry.value):
                text = self.project.variables.get(name)
            place = entry.value.span if entry.value.end > entry.value.start else entry.key.span
            found[name] = Written(text, place)
        return found

    @property
    def has_unknown_environment(self) -> bool:
        """Whether it may have variables besides those listed."""
        return None in self._env_sources or not self.is_complete

    @cached_property
    def _env_sources(self) -> list[Source | None]:
        files = self.project.environment_files
        found: list[Source | None] = []
        for item in self.node["env_file"].items:
            path = known(item["path"] if isinstance(item, MappingNode) else item)
            folder = self.project.folder_of(item)
            found.append(files.get(resolve(folder, path)) if path else None)
        return found

    @cached_property
    def healthcheck(self) -> Healthcheck | None:
        """The healthcheck that compose sets; None leaves the image's own."""
        return read_healthcheck(self.node["healthcheck"])

    @cached_property
    def mounts(self) -> list[Mount]:
        """What is mounted."""
        read = (read_mount(item) for item in self.node["volumes"].items)
        return [mount for mount in read if mount]

    @cached_property
    def command(self) -> list[str]:
        """The words of `command`; empty if the image's own runs."""
        return _words(self.node["command"])

    @cached_property
    def entrypoint(self) -> list[str]:
        """The words of `entrypoint`; empty if the image's own runs."""
        return _words(self.node["entrypoint"])

    @property
    def depends_on(self) -> dict[str, str]:
        """The services that start before this one, and what each of them must have reached."""
        return {
            name: filled(entry.value["condition"]) or _STARTED
            for name, entry in self.node["depends_on"].entries.items()
        }

    @cached_property
    def profiles(self) -> frozenset[str]:
        """The profiles that start this service; none if it always starts."""
        return frozenset(filled(item) for item in self.node["profiles"].items)

    @cached_property
    def networks(self) -> frozenset[str]:
        """The networks that it is in; none where it uses another's, the host's or no network."""
        if self.node["network_mode"].exists:
            return frozenset()
        return frozenset(self.node["networks"].entries) or frozenset({"default"})

    @property
    def stop_grace_seconds(self) -> float | None:
        """How long Docker waits before it kills, Docker's default included; None if unknown."""
        node = self.node["stop_grace_period"]
        text = known(node)
        if text is None:
            return None if node.exists else 10.0
        return seconds(text)

    @property
    def replicas(self) -> int | None:
        """How many containers it has; None if it is not said here."""
        wanted = self.node["deploy"]["replicas"]
        text = known(wanted if wanted.exists else self.node["scale"])
        return int(text) if text and text.isdecimal() else None

    @property
    def awaited(self) -> set[str]:
        """What others wait for it to reach before they start; empty if none depends on it."""
        return self.project.waited_for.get(self.name, set())

    @property
    def ends(self) -> bool:
        """Whether others wait for its end, or it is a tool that a person starts."""
        return _COMPLETED in self.awaited or bool(self.profiles)

    def runs_with(self, other: "Service") -> bool:
        """Whether one profile, or none, starts both of them."""
        if not self.profiles or not other.profiles:
            return True
        return bool(self.profiles & other.profiles)

    @cached_property
    def launch(self) -> Launch:
        """How it is started, as far as the files say; the rest is the image's own."""
        return Launch(
            command_line=" ".join((*self.entrypoint, *self.command)),
            image=self.image_parts,
            names=frozenset({self.name, self.image or ""}),
            label=known(self.node["labels"][LABEL]),
            variables=frozenset(self.node["environment"].entries),
            environment={name: value.text for name, value in self.environment.items()},
            ports=self._port_names,
        )

    @property
    def _port_names(self) -> dict[int, set[str]]:
        """The ports of the container that are published or exposed, with their names."""
        named = [(port, "") for port in self.expose]
        for item in self.node["ports"].items:
            named += [(port, filled(item["name"])) for port in read_ports(item) or ()]
        found: dict[int, set[str]] = {}
        for port, name in named:
            if port.container is not None:
                found.setdefault(port.container, set()).add(name)
        return found

    def holds_sockets(self, settings: Settings) -> bool:
        """Whether this is the notification service, which the rules for long-lived connections
        are about."""
        return self.launch.holds_sockets(settings)


def _words(node: Node) -> list[str]:
    """A command's words, whether it is written as one text or as a list."""
    if node.items:
        return [filled(item) for item in node.items]
    return [word.strip("\"'") for word in _WORD.findall(filled(node))]
