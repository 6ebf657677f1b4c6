"""Rules about the healthcheck of an image."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Final

from notifyctl.validate.dockerfile import Command, Dockerfile, Instruction
from notifyctl.validate.dockerfile.bases import HTTP_TOOLS, has_no_shell, missing_tools
from notifyctl.validate.dockerfile.shell import programs
from notifyctl.validate.finding import Problem
from notifyctl.validate.health_request import request_in
from notifyctl.validate.image import Image
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Written

_VARIABLE: Final = re.compile(r"\$(?:(\w+)|\{(\w+)\})")
_SERVED: Final = frozenset({"", "/", "/metrics", "/openapi.json"})
# What such a line brings along cannot be seen from here: scripts, programs by their path, lists of
# packages that stand elsewhere.
_OPAQUE: Final = re.compile(
    r"\.sh\b|(?:^|[;&|(]\s*)\.{0,2}/\S|\bxargs\b|\bansible|\bpuppet|\bnix\b|\bconda\b|\bmamba\b"
    r"|\b(?:apt|apt-get|apk|dnf|yum|microdnf|tdnf|zypper|pacman)\b[^;&|\n]*\$",
    re.MULTILINE,
)
# Copied from another image, these may hold any program.
_FOLDERS: Final = re.compile(r"/?(?:rootfs|root|usr|usr/bin|bin|\.)?/?|.*\*.*")
_SYSTEM: Final = re.compile(r"/|/(?:usr/)?(?:local/)?s?bin/?")


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
        yield from _wrong_target(dockerfile, check.command, settings)


def _missing_tool(dockerfile: Dockerfile, base: Image, command: Command) -> Iterator[Problem]:
    if command.is_exec:
        first = posixpath.basename(command.words[0].text)
        is_shell = first in ("sh", "bash") and len(command.words) > 2
        asked = programs(command.words[-1].text) if is_shell else [first]
    else:
        is_shell = True
        asked = programs(command.text)
    tools = [name for name in asked if name in HTTP_TOOLS]
    absent = missing_tools(base)
    if is_shell and has_no_shell(base) and not may_bring(dockerfile, "sh"):
        yield Problem(
            f"the healthcheck needs a shell, and `{base.name}` has none",
            command.span,
            help='use the exec form with a program of yours: `HEALTHCHECK CMD ["/server", …]`',
            note="the check cannot succeed",
        )
    elif tools and all(tool in absent and not may_bring(dockerfile, tool) for tool in tools):
        tag = f":{base.tag}" if base.tag else ""
        yield Problem(
            f"the healthcheck runs `{tools[0]}`, which is not in `{base.name}{tag}`",
            command.span,
            help="ask with what is there"
            + (", such as `wget -q -O /dev/null`" if "wget" not in absent else "")
            + f", or install `{tools[0]}`",
            note="the check cannot succeed",
        )


def may_bring(dockerfile: Dockerfile, tool: str) -> bool:
    """Whether anything in the stages of the image may have brought a program."""
    for line in (*dockerfile.run_lines, " ".join(dockerfile.start_words)):
        if re.search(rf"\b{tool}\b", line):
            return True
    if any(_OPAQUE.search(line) for line in dockerfile.run_lines):
        return True
    copies = (
        each
        for stage in dockerfile.final.line
        for each in stage.instructions
        if each.keyword in ("ADD", "COPY")
    )
    return any(_may_copy(each, tool) for each in copies)


def _may_copy(copy: Instruction, tool: str) -> bool:
    *sources, target = [word.text for word in copy.arguments] or [""]
    if any(posixpath.basename(word) == tool or "busybox" in word for word in (*sources, target)):
        return True
    if any(_FOLDERS.fullmatch(word) for word in sources) and _SYSTEM.fullmatch(target):
        return True
    # An archive may hold anything; an image that is named after the tool is there for it.
    image = copy.flag("from")
    return copy.keyword == "ADD" or (image is not None and tool in image.value)


def _wrong_target(
    dockerfile: Dockerfile, command: Command, settings: Settings
) -> Iterator[Problem]:
    environment = {name: value.text for name, value in dockerfile.env.items()}
    request = request_in(_with_variables(command.text, dockerfile.env), environment)
    listening = dockerfile.listening_ports(settings)
    if request is None or None in listening:
        return
    answered = {settings.health_path, settings.ready_path, *_SERVED}
    if request.port is not None and request.port not in listening:
        ports = " and ".join(str(port) for port in listening)
        yield Problem(
            f"the healthcheck asks port {request.port}, and the service listens on {ports}",
            command.span,
            help=f"ask `http://localhost:{listening[0]}{settings.health_path}`",
            note="the check cannot succeed",
        )
    elif dockerfile.runs_server and (request.path or "").rstrip("/") not in answered:
        yield Problem(
            f"the healthcheck asks for `{request.path}`, which the server does not answer",
            command.span,
            help=f"ask for `{settings.health_path}`",
            note="the check cannot succeed",
        )


def _with_variables(line: str, env: Mapping[str, Written]) -> str:
    """The line with the values of ENV; what is unknown stays as it is written."""

    def value(match: re.Match[str]) -> str:
        known = env.get(match[1] or match[2])
        return known.text if known and known.text is not None else match[0]

    return _VARIABLE.sub(value, line)
