"""Rules about what an image is made from, and what is in it for everybody to read."""

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from notifyctl.validate.dockerfile import Dockerfile, Instruction, Stage
from notifyctl.validate.dockerfile.bases import is_scratch
from notifyctl.validate.dockerfile.expansion import expand
from notifyctl.validate.finding import Problem, Severity
from notifyctl.validate.images import is_local_name
from notifyctl.validate.rule import rule
from notifyctl.validate.secrecy import Secrecy, credential_in, judge
from notifyctl.validate.settings import Settings

_ENVIRONMENT_FILE: Final = re.compile(r"\.env(?:\.local|\.prod|\.production)?")
_SECRET_FILES: Final = frozenset(
    {".git-credentials", ".netrc", ".pgpass", "id_dsa", "id_ecdsa", "id_ed25519", "id_rsa"}
)


@rule("DF108", "warning")
def floating_base(dockerfile: Dockerfile, _settings: Settings) -> Iterator[Problem]:
    """A base image has no tag, or `latest`.

    It is another image tomorrow: two builds of one commit differ, and an update that breaks
    something arrives on the day of a fix. Digests, stages, `scratch`, names that depend on who
    builds and names of images that only this machine has are left alone.

    Nearest rule elsewhere: hadolint DL3006 and DL3007, checkov CKV_DOCKER_7, Trivy DS-0001.

    Bad::

        FROM python
        USER 10001

    Good::

        FROM python:3.13-slim
        USER 10001
    """
    for stage in dockerfile.stages:
        image = stage.image
        if image is None or stage.base is None or not image.is_floating or is_scratch(image):
            continue
        if is_local_name(image) or image.registry.startswith("localhost"):
            continue  # Somebody has built it here.
        yield Problem(
            f"`{image.repository}` has no tag"
            if not image.tag
            else f"`{image.repository}:{image.tag}` is another image tomorrow",
            stage.base.span,
            help=f"name a version, as in `{image.repository}:1.2`, or a digest",
        )


@rule("DF109", "error")
def secret_in_image(dockerfile: Dockerfile, settings: Settings) -> Iterator[Problem]:
    """A secret is baked into the image.

    Whoever can pull the image can read it: ENV with `docker inspect`, ARG with `docker history`,
    and a file that a later layer deletes is still in the earlier one. Values of variables count
    whose names end as those of secrets do (`DB_PASSWORD`, but not `PASSWORD_FILE`), and values that
    are secrets by their form. `changeme` and the like is a warning: it is what runs if nobody
    changes it. In stages that do not end up in the image, only what is a secret by its form counts.

    A `.env` that is copied is a warning, and an error in the notification service and under the
    profile for production. Use secrets of the build (`RUN --mount=type=secret`), and give the
    others to the container when it starts.

    Nearest rule elsewhere: hadolint DL3064, Trivy DS-0031, Docker's SecretsUsedInArgOrEnv.

    Bad::

        FROM python:3.13-slim
        USER 10001
        ENV NOTIFYD_JWT_SECRET=3b1f0a7c9d
        CMD ["notifyctl", "serve", "--host", "0.0.0.0"]

    Good::

        FROM python:3.13-slim
        USER 10001
        ENV NOTIFYD_JWT_SECRET_FILE=/run/secrets/jwt
        CMD ["notifyctl", "serve", "--host", "0.0.0.0"]
    """
    in_image = dockerfile.final.line
    is_strict = settings.is_production or dockerfile.holds_sockets(settings)
    for stage in dockerfile.stages:
        is_kept = any(stage is each for each in in_image)
        for instruction in stage.instructions:
            if instruction.keyword in ("ARG", "ENV"):
                yield from _secret_values(instruction, stage, is_kept=is_kept)
            elif instruction.keyword in ("ADD", "COPY") and is_kept:
                yield from _secret_files(instruction, is_strict=is_strict)


def _secret_values(instruction: Instruction, stage: Stage, *, is_kept: bool) -> Iterator[Problem]:
    for pair in instruction.pairs:
        value = expand(pair.value.text, stage.effect.variables) if pair.value else None
        if value is None or pair.value is None:
            continue
        name = pair.name.text
        verdict = judge(name, value)
        kind = credential_in(value)
        is_placeholder = verdict is Secrecy.PLACEHOLDER
        if verdict is Secrecy.HARMLESS or not (is_kept or kind):
            continue
        if is_placeholder and instruction.keyword == "ARG":
            continue
        what = "is still a placeholder" if is_placeholder else f"holds {kind or 'a secret'}"
        yield Problem(
            f"`{instruction.keyword} {name}` {what}",
            pair.value.span,
            help="give it to the container when it starts"
            if instruction.keyword == "ENV"
            else "use `RUN --mount=type=secret`",
            note="whoever can pull the image can read it",
            severity=Severity.WARNING if is_placeholder else None,
            secret=not is_placeholder,
        )


def _secret_files(instruction: Instruction, *, is_strict: bool) -> Iterator[Problem]:
    if instruction.flag("from") is not None:
        return
    for word in instruction.arguments[:-1]:
        name = posixpath.basename(word.text.strip("'\""))
        is_environment = bool(_ENVIRONMENT_FILE.fullmatch(name))
        if is_environment or name in _SECRET_FILES:
            yield Problem(
                f"`{name}` becomes a part of the image",
                word.span,
                help="give its values to the container when it starts"
                if is_environment
                else "use `RUN --mount=type=secret`, or `--mount=type=ssh`",
                note="whoever can pull the image can read it",
                severity=Severity.WARNING if is_environment and not is_strict else None,
            )
