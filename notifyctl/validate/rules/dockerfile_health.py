"""Rules about the healthcheck of an image."""

import posixpath
from collections.abc import Iterator

from notifyctl.validate.dockerfile import Command, Dockerfile
from notifyctl.validate.dockerfile.bases import has_no_shell, missing_tools
from notifyctl.validate.dockerfile.shell import programs
from notifyctl.validate.dockerfile.tools import absent_tool, may_bring
from notifyctl.validate.finding import Problem
from notifyctl.validate.health_request import unanswered
from notifyctl.validate.image import Image
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings


@rule("DF103", "warning")
def missing_healthcheck(dockerfile: Dockerfile, settings: Settings) -> Iterator[Problem]:
    """The image cannot say whether what runs in it is well.

    A server can hang while its process lives. Docker and compose ask an image's HEALTHCHECK, and
    `depends_on` with `service_healthy` needs one; Kubernetes has probes of its own. This is about
    the notification service, and under the profile for production about every image that exposes a
    port, as long as the base is known to have no healthcheck.

    Nearest rule elsewhere: hadolint DL3057, checkov CKV_DOCKER_2, Trivy DS-0026.

    Bad::

        FROM python:3.13-slim
        USER 10001
        EXPOSE 8000 8001
        CMD ["notifyctl", "serve", "--host", "0.0.0.0"]

    Good::

        FROM python:3.13-slim
        USER 10001
        EXPOSE 8000 8001
        HEALTHCHECK CMD ["notifyctl", "status", "--check"]
        CMD ["notifyctl", "serve", "--host", "0.0.0.0"]
    """
    serves = settings.is_production and dockerfile.exposed
    if not (dockerfile.holds_sockets(settings) or serves):
        return
    check = dockerfile.healthcheck
    if check is None and dockerfile.is_plain:
        yield Problem(
            "the image has no healthcheck",
            dockerfile.final.start.arguments_span,
            help=f"add a `HEALTHCHECK` that asks port {settings.http_port} for "
            f"`{settings.health_path}`"
            if dockerfile.holds_sockets(settings)
            else "add a `HEALTHCHECK`",
            note="Docker and compose take a server that hangs for a healthy one",
        )
    elif check is not None and check.command is None and check.instruction.arguments:
        yield Problem(
            "the healthcheck is switched off",
            check.instruction.arguments_span,
            help="write `HEALTHCHECK CMD …`, or leave the line out for the one of the base",
            note="Docker and compose take a server that hangs for a healthy one",
        )


@rule("DF104", "error")
def useless_healthcheck(dockerfile: Dockerfile, settings: Settings) -> Iterator[Problem]:
    """The healthcheck fails whether the server is well or not.

    Every container of such an image is unhealthy after three checks; what waits for it never
    starts, and some platforms restart it for ever. Mostly it is `curl` on a `slim` or `alpine`
    image, which have none. Of the bases, official images, Google's distroless and .NET are known;
    where something might bring the tool (a script, a copied `/usr/bin`, a variable), nothing is
    said. For the notification service, the port and the path are looked at as well.

    Nearest rule elsewhere: none.

    Bad::

        FROM python:3.13-slim
        USER 10001
        EXPOSE 8000 8001
        HEALTHCHECK CMD curl -f http://localhost:8000/healthz
        CMD ["notifyctl", "serve", "--host", "0.0.0.0"]

    Good::

        FROM python:3.13-alpine
        USER 10001
        EXPOSE 8000 8001
        HEALTHCHECK CMD wget -q -O /dev/null http://localhost:8000/healthz
        CMD ["notifyctl", "serve", "--host", "0.0.0.0"]
    """
    check = dockerfile.healthcheck
    if check is None or check.command is None or not check.command.words:
        return
    base = dockerfile.base
    if base is not None:
        yield from _missing_tool(dockerfile, base, check.command)
    if dockerfile.holds_sockets(settings):
        command = check.command
        problem = unanswered(
            "the healthcheck", command.text, command.span, dockerfile.launch, settings
        )
        if problem is not None:
            yield problem


def _missing_tool(dockerfile: Dockerfile, base: Image, command: Command) -> Iterator[Problem]:
    if command.is_exec:
        first = posixpath.basename(command.words[0].text)
        is_shell = first in ("sh", "bash") and len(command.words) > 2
        asked = programs(command.words[-1].text) if is_shell else [first]
    else:
        is_shell = True
        asked = programs(command.text)
    tool = absent_tool(asked, base, dockerfile)
    if is_shell and has_no_shell(base) and not may_bring(dockerfile, "sh"):
        yield Problem(
            f"the healthcheck needs a shell, and `{base.name}` has none",
            command.span,
            help='use the exec form with a program of yours: `HEALTHCHECK CMD ["/server", …]`',
            note="the check cannot succeed",
        )
    elif tool:
        tag = f":{base.tag}" if base.tag else ""
        yield Problem(
            f"the healthcheck runs `{tool}`, which is not in `{base.name}{tag}`",
            command.span,
            help="ask with what is there"
            + (", such as `wget -q -O /dev/null`" if "wget" not in missing_tools(base) else "")
            + f", or install `{tool}`",
            note="the check cannot succeed",
        )
