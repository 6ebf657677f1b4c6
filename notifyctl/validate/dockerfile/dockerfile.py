"""A Dockerfile as the rules look at it: its instructions, its stages, and the image it makes."""

import posixpath
import re
from functools import cached_property
from typing import Final

import msgspec

from notifyctl.validate.dockerfile.bases import has_no_healthcheck
from notifyctl.validate.dockerfile.effect import Exposed, Healthcheck
from notifyctl.validate.dockerfile.instruction import Command, Instruction
from notifyctl.validate.dockerfile.stage import Stage
from notifyctl.validate.finding import Named
from notifyctl.validate.image import Image
from notifyctl.validate.launch import LABEL, OWN, Launch
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Source, Written

_INSTALL: Final = re.compile(r"\b(?:pip|pipx|uv)\b[^;&|]*\binstall\b[^;&|]*\bnotifyctl\b")


class Dockerfile(msgspec.Struct, frozen=True, dict=True):
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

    @cached_property
    def launch(self) -> Launch:
        """How what it makes is started, unless whoever runs it says otherwise."""
        base, label = self.base, self.labels.get(LABEL)
        return Launch(
            command_line=" ".join(self.start_words),
            image=base,
            label=label.text if label else None,
            variables=frozenset(self.env),
            environment={name: value.text for name, value in self.env.items()},
            ports={each.port: {""} for each in self.exposed},
            installs_server=any(
                "notifyctl" in line and _INSTALL.search(line) for line in self.run_lines
            ),
        )

    def holds_sockets(self, settings: Settings) -> bool:
        """Whether this is the notification service, which the rules for its ports are about."""
        return (
            self.is_based_on_service(settings)
            or any(settings.images.get(name) == self.source.name for name in settings.service)
            or self.launch.holds_sockets(settings)
        )

    def is_based_on_service(self, settings: Settings) -> bool:
        """Whether the base is an image of the service already, and brings what that one has."""
        base = self.base
        return base is not None and bool(
            {base.name, base.repository} & (OWN | set(settings.service))
        )

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
