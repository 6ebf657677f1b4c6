"""Rules about values in compose files: those that are secret, and those that may not be there."""

from collections.abc import Iterator
from typing import Final

from notifyctl.validate.compose import Project, Service
from notifyctl.validate.compose.interpolation import (
    Interpolated,
    Reference,
    references,
    written_references,
)
from notifyctl.validate.finding import Problem
from notifyctl.validate.rule import rule
from notifyctl.validate.secrecy import Secrecy, judge
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Span
from notifyctl.validate.tree import Scalar

# What every shell sets, and what compose sets itself.
_AMBIENT: Final = frozenset(
    {"CI", "HOME", "HOSTNAME", "LOGNAME", "PATH", "PWD", "SHELL", "TERM", "USER"}
)
_AMBIENT_PREFIXES: Final = ("COMPOSE_", "DOCKER_")


@rule("CO208", "error")
def literal_secret(service: Service, _settings: Settings) -> Iterator[Problem]:
    """A secret stands in a file for production.

    Everybody who can read the repository has it, for as long as its history is kept, and nobody
    can change it without a commit. `${NAME:?}` takes it from the environment and stops when it is
    not there; a secret of compose comes as a file below `/run/secrets`.

    Nearest rule elsewhere: KICS "Passwords And Secrets".

    Bad::

        # file: compose.production.yaml
        services:
          app:
            image: ghcr.io/example/app:1.2
            restart: always
            environment: {JWT_SECRET: pSvJbNc4yTnA9Lr2}

    Good::

        # file: compose.production.yaml
        services:
          app:
            image: ghcr.io/example/app:1.2
            restart: always
            environment: {JWT_SECRET: "${JWT_SECRET:?set it in .env}"}
    """
    if not service.project.is_production:
        return
    for name, entry in service.node["environment"].entries.items():
        value = entry.value
        if not isinstance(value, Scalar) or isinstance(value, Interpolated) or not value.exists:
            continue
        if judge(name, value.raw) is not Secrecy.HARMLESS:
            yield Problem(
                f"the secret in `{name}` stands in a file for production",
                value,
                help=f"write `{name}: ${{{name}:?}}`, or use `secrets:`",
                note="everybody who can read the file has it, and so has its history",
                secret=True,
            )


@rule("CO210", "warning", production="error")
def variable_without_value(project: Project, _settings: Settings) -> Iterator[Problem]:
    """A variable has no default, and nothing says that it must be set.

    Without it compose prints a warning that scrolls by, and goes on with an empty text: an empty
    secret, an image without a tag. `${NAME:-default}` gives it a value, `${NAME:?}` stops without
    one, and a `.env.example` tells whoever installs it.

    Bad::

        services:
          app:
            image: ghcr.io/example/app:1.2
            environment: {JWT_SECRET: "${JWT_SECRET}"}

    Good::

        services:
          app:
            image: ghcr.io/example/app:1.2
            environment: {JWT_SECRET: "${JWT_SECRET:?set it in .env}"}
    """
    found = list(_references(project))
    # Whoever says somewhere what happens without it knows that it may not be there.
    settled = {reference.name for reference, _ in found if reference.operator}
    settled |= {*project.documented, *project.variables, *_AMBIENT}
    for reference, span in found:
        name = reference.name
        if not name or name in settled or name.startswith(_AMBIENT_PREFIXES):
            continue
        settled.add(name)
        yield Problem(
            f"`{name}` has no default, and is not in an example of `.env`",
            span,
            help=f"write `${{{name}:?}}`, or `${{{name}:-default}}`, or name it in `.env.example`",
            note="without it, compose goes on with an empty text",
            severity=project.weight,
        )


def _references(project: Project) -> Iterator[tuple[Reference, Span]]:
    """Every reference of the files to a variable, also those within a default."""
    for node in project.interpolated():
        for reference, span in written_references(node):
            yield reference, span
            for inner in references(reference.operand):
                yield inner, span
