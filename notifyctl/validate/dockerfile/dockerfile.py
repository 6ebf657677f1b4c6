"""A Dockerfile as the rules look at it: its instructions, its stages, and the image it makes."""

import posixpath
import re
from typing import Final

import msgspec

from notifyctl.validate.compose.images import OTHERS_ON_OUR_PORTS
from notifyctl.validate.dockerfile.bases import has_no_healthcheck, is_application
from notifyctl.validate.dockerfile.effect import Exposed, Healthcheck
from notifyctl.validate.dockerfile.instruction import Command, Instruction
from notifyctl.validate.dockerfile.stage import Stage
from notifyctl.validate.finding import Named
from notifyctl.validate.image import Image
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Source, Written

LABEL: Final = "notifyctl.dev/service"
OWN: Final = frozenset({"notifyctl", "notifyd"})
_OWN_VARIABLES: Final = "NOTIFYD_"
_INSTALL: Final = re.compile(r"\b(?:pip|pipx|uv)\b[^;&|]*\binstall\b[^;&|]*\bnotifyctl\b")


class Dockerfile(msgspec.Struct, frozen=True):
    """One Dockerfile with at least one stage. What it says of the image is said of the last one."""

    source: Source
    instructions: tuple[Instruction, ...]
    stages: tuple[Stage, ...]

    @property
    def folder(self) -> str:
        """The folder that it is in; empty for the one where the command runs."""
        return posixpath.dirname(self.source.name)

    @property
    def final(self) -> Stage:
        """The stage that the image is made from."""
        return self.stages[-1]

    @property
    def base(self) -> Image | None:
        """The image from elsewhere that the last stage goes back to; None if it is not known."""
        return self.final.line[0].image

    @property
    def exposed(self) -> tuple[Exposed, ...]:
        """The ports that EXPOSE names."""
        return tuple(self.final.effect.exposed)

    @property
    def exposes_unknown(self) -> bool:
        """Whether EXPOSE names ports that only the build knows, besides."""
        return self.final.effect.exposes_unknown

    @property
    def env(self) -> dict[str, Written]:
        """What ENV sets."""
        return self.final.effect.env

    @property
    def labels(self) -> dict[str, Written]:
        """What LABEL sets."""
        return self.final.effect.labels

    @property
    def user(self) -> Written | None:
        """The last USER; None if there is none, and the base's counts."""
        return self.final.effect.user

    @property
    def healthcheck(self) -> Healthcheck | None:
        """The last HEALTHCHECK; None if there is none, and the base's counts."""
        return self.final.effect.healthcheck

    @property
    def entrypoint(self) -> Command | None:
        """The last ENTRYPOINT; None if there is none, and the base's counts."""
        return self.final.effect.entrypoint

    @property
    def command(self) -> Command | None:
        """The last CMD, unless a later ENTRYPOINT takes it away."""
        return self.final.effect.command

    @property
    def is_plain(self) -> bool:
        """Whether the base is known to bring no user, no ports and no healthcheck of its own."""
        return self.base is not None and has_no_healthcheck(self.base)

    @property
    def run_lines(self) -> list[str]:
        """What RUN does in the last stage and in those that it goes back to, heredocs included."""
        return [
            "\n".join((each.command.text, *(heredoc.content.text for heredoc in each.heredocs)))
            for stage in self.final.line
            for each in stage.instructions
            if each.keyword == "RUN"
        ]

    @property
    def about(self) -> Named:
        """The stage that the image is made from."""
        return Named("stage", self.final.name or str(len(self.stages) - 1))

    def holds_sockets(self, settings: Settings) -> bool:
        """Whether this is the notification service, which the rules for its ports are about."""
        if self.is_based_on_service(settings) or self.runs_server:
            return True
        if any(settings.images.get(name) == self.source.name for name in settings.service):
            return True
        declared = self._declared(settings)
        label = self.labels.get(LABEL)
        return (
            len(declared) > 1
            or (bool(declared) and self.installs_server)
            or (label is not None and label.text == "true")
            or any(name.startswith(_OWN_VARIABLES) for name in self.env)
        )

    def _declared(self, settings: Settings) -> set[int]:
        """Which of the service's ports are exposed, unless they are known to be another's."""
        exposed = {each.port for each in self.exposed}
        names = {posixpath.basename(word) for word in self.start_words}
        if self.base is not None:
            names.add(self.base.name)
        # Three ports in a row are Triton's, whatever its base is called.
        is_other = OTHERS_ON_OUR_PORTS & names or settings.ws_port + 1 in exposed
        if is_other or (self.base is not None and is_application(self.base)):
            return set()
        return {settings.http_port, settings.ws_port} & exposed

    def is_based_on_service(self, settings: Settings) -> bool:
        """Whether the base is an image of the service already, and brings what that one has."""
        base = self.base
        return base is not None and bool(
            {base.name, base.repository} & (OWN | set(settings.service))
        )

    def listening_ports(self, settings: Settings) -> list[int | None]:
        """The ports that the service listens on: as ENV says, or as configured; None if unknown."""
        ports: list[int | None] = []
        for name, port in (
            (settings.http_port_env, settings.http_port),
            (settings.ws_port_env, settings.ws_port),
        ):
            moved = self.env.get(name)
            if moved is None:
                ports.append(port)
            else:
                is_port = moved.text is not None and moved.text.isdecimal()
                ports.append(int(moved.text or 0) if is_port else None)
        return ports

    @property
    def runs_server(self) -> bool:
        """Whether the image starts the server, as far as its command line shows it."""
        programs = {posixpath.basename(word) for word in self.start_words}
        return "notifyd" in programs or {"notifyctl", "serve"} <= programs

    @property
    def installs_server(self) -> bool:
        """Whether RUN installs the package that the server comes in."""
        return any(_INSTALL.search(line) for line in self.run_lines)

    @property
    def runs_bare_server(self) -> bool:
        """Whether it starts the server with nothing but options on the command line."""
        words = self.start_words
        return words[:2] == ["notifyctl", "serve"] and not any("config" in word for word in words)

    @property
    def start_words(self) -> list[str]:
        """The words of what the image starts: those of ENTRYPOINT, then those of CMD."""
        commands = (self.entrypoint, self.command)
        return " ".join(command.text for command in commands if command).split()
