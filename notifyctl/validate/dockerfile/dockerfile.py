"""A Dockerfile as the rules look at it: its instructions, its stages, and the image it makes."""

import posixpath
from typing import Final

import msgspec

from notifyctl.validate.dockerfile.effect import EnvValue, Exposed, Healthcheck
from notifyctl.validate.dockerfile.instruction import Command, Instruction
from notifyctl.validate.dockerfile.stage import Stage
from notifyctl.validate.finding import Named
from notifyctl.validate.image import Image
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Source

LABEL: Final = "notifyctl.dev/service"
_OWN: Final = frozenset({"notifyctl", "notifyd"})
_OWN_VARIABLES: Final = "NOTIFYD_"


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
    def env(self) -> dict[str, EnvValue]:
        """What ENV sets."""
        return self.final.effect.env

    @property
    def labels(self) -> dict[str, EnvValue]:
        """What LABEL sets."""
        return self.final.effect.labels

    @property
    def user(self) -> EnvValue | None:
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
    def about(self) -> Named:
        """The stage that the image is made from."""
        return Named("stage", self.final.name or str(len(self.stages) - 1))

    def holds_sockets(self, settings: Settings) -> bool:
        """Whether this is the notification service, which the rules for its ports are about."""
        base = self.base
        names = {base.name, base.repository} if base else set()
        names |= {name for name, path in settings.images.items() if path == self.source.name}
        if names & (_OWN | set(settings.service)):
            return True
        ports = {each.port for each in self.exposed}
        if {settings.http_port, settings.ws_port} <= ports:
            return True
        label = self.labels.get(LABEL)
        return (
            (label is not None and label.text == "true")
            or any(name.startswith(_OWN_VARIABLES) for name in self.env)
            or self._runs_the_server
        )

    @property
    def _runs_the_server(self) -> bool:
        commands = (self.entrypoint, self.command)
        words = " ".join(command.text for command in commands if command).split()
        programs = {posixpath.basename(word) for word in words}
        return "notifyd" in programs or {"notifyctl", "serve"} <= programs
