"""Rules about the ports of an image: what it says about them, and where it listens."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from notifyctl.validate.dockerfile import Command, Dockerfile, Instruction, Word
from notifyctl.validate.dockerfile.effect import WrongPort
from notifyctl.validate.finding import Edit, Fix, Problem, Severity
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Span

_HOST_ENV: Final = "NOTIFYD_HOST"
_LOOPBACK: Final = re.compile(r"(?:127(?:\.\d+){1,3}|localhost|::1|\[::1\])(?::\d+)?")
_HOST_OPTION: Final = re.compile(r"--?(?:host|bind|listen|address)(?:=(.*))?|-b")
_STARTS: Final = frozenset({"CMD", "ENTRYPOINT", "HEALTHCHECK"})


@rule("DF101", "error")
def unexposed_port(dockerfile: Dockerfile, settings: Settings) -> Iterator[Problem]:
    """The image of the notification service does not expose both of its ports.

    EXPOSE is how an image says where it listens. `docker run -P`, many platforms and this program
    read it; a port that is not there is forgotten in the compose file and in the Service, too, and
    then HTTP works and no WebSocket does. Variables are put in, and earlier stages count. What a
    base image of yours exposes is not known here, so a file without any EXPOSE is only judged
    where the base is known to have none.

    Nearest rule elsewhere: none.

    Bad::

        FROM python:3.13-slim
        RUN pip install notifyctl
        USER 10001
        EXPOSE 8000
        CMD ["notifyctl", "serve", "--host", "0.0.0.0"]

    Good::

        FROM python:3.13-slim
        RUN pip install notifyctl
        USER 10001
        EXPOSE 8000 8001
        CMD ["notifyctl", "serve", "--host", "0.0.0.0"]
    """
    if not dockerfile.holds_sockets(settings) or dockerfile.exposes_unknown:
        return
    if dockerfile.is_based_on_service(settings) or not (dockerfile.exposed or dockerfile.is_plain):
        return
    exposed = {each.port for each in dockerfile.exposed if each.protocol == "tcp"}
    # Whether a port that a variable moves elsewhere is exposed, is asked by XF406.
    usual = {settings.http_port, settings.ws_port}
    listening = [port for port in dockerfile.launch.listening_ports(settings) if port in usual]
    missing = [port for port in listening if port is not None and port not in exposed]
    if not missing:
        return
    last = _last_of(dockerfile, "EXPOSE")
    ports = " and ".join(str(port) for port in missing)
    yield Problem(
        f"the image does not expose port{'s' if len(missing) > 1 else ''} {ports}",
        last.arguments_span if last else dockerfile.final.start.arguments_span,
        help=f"write `EXPOSE {settings.http_port} {settings.ws_port}`",
        note="whatever reads the image for its ports misses the WebSockets"
        if settings.ws_port in missing
        else "whatever reads the image for its ports misses the HTTP API",
        fix=_exposing(dockerfile, missing, last),
    )


def _last_of(dockerfile: Dockerfile, keyword: str) -> Instruction | None:
    instructions = dockerfile.final.instructions
    return next((each for each in reversed(instructions) if each.keyword == keyword), None)


def _exposing(dockerfile: Dockerfile, missing: list[int], last: Instruction | None) -> Fix:
    """Add the ports to the last EXPOSE, or a line before what starts the server."""
    source = dockerfile.source
    ports = " ".join(str(port) for port in missing)
    starts = [each for each in dockerfile.final.instructions if each.keyword in _STARTS]
    if last is not None:
        at, text = last.arguments_span.end, f" {ports}"
    elif starts:
        at, text = starts[0].head.start, f"EXPOSE {ports}\n"
    else:
        at, text = len(source.text), f"EXPOSE {ports}\n"
        if not source.text.endswith("\n"):
            text = f"\n{text}"
    return Fix(f"expose {ports}", (Edit(source.span(at, at), text),))


@rule("DF102", "error")
def invalid_expose(dockerfile: Dockerfile, _settings: Settings) -> Iterator[Problem]:
    """EXPOSE names something that is no port.

    Docker's builder refuses commas and numbers that are no port. It accepts `8080:80` and takes it
    for 80: which port of the host leads there, is said when a container is started.

    Nearest rule elsewhere: hadolint DL3011, Trivy DS-0008.

    Bad::

        FROM python:3.13-slim
        USER 10001
        EXPOSE 8000, 8001

    Good::

        FROM python:3.13-slim
        USER 10001
        EXPOSE 8000 8001
    """
    for stage in dockerfile.stages:
        for wrong in stage.effect.wrong_ports:
            yield _wrong_port(wrong)


def _wrong_port(wrong: WrongPort) -> Problem:
    text, fix = wrong.text, None
    parts = [part for part in text.split(",") if part]
    help_ = "write the number of a port, as in `EXPOSE 8000/tcp`"
    if text.startswith("#"):
        help_ = "put it on the line above"
    elif ":" in text:
        help_ = f"write `EXPOSE {text.rpartition(':')[2]}`"
    elif "," in text and all(part.isdecimal() for part in parts):
        help_ = f"write `EXPOSE {' '.join(parts)}`"
        if wrong.span.text == text:
            fix = Fix("separate ports by spaces", (Edit(wrong.span, " ".join(parts)),))
    return Problem(f"`{text}` {wrong.why}", wrong.span, help=help_, fix=fix)


@rule("DF110", "error")
def listening_on_loopback(dockerfile: Dockerfile, settings: Settings) -> Iterator[Problem]:
    """The notification service listens where nobody outside of its container can reach it.

    Every container has a loopback interface of its own. A server that is bound to 127.0.0.1 answers
    its own healthcheck, and refuses everybody else: published ports, Services and probes.
    `notifyctl serve` alone is bound like that, so that it is safe on a laptop; this is a warning
    here, for the environment may still say otherwise.

    Nearest rule elsewhere: none.

    Bad::

        FROM python:3.13-slim
        USER 10001
        EXPOSE 8000 8001
        CMD ["notifyctl", "serve", "--host", "127.0.0.1"]

    Good::

        FROM python:3.13-slim
        USER 10001
        EXPOSE 8000 8001
        CMD ["notifyctl", "serve", "--host", "0.0.0.0"]
    """
    if not dockerfile.holds_sockets(settings):
        return
    host = dockerfile.env.get(_HOST_ENV)
    option = _host_option(dockerfile)
    if option is not None:
        if _LOOPBACK.fullmatch(option.text):
            yield _unreachable(option)
    elif host is not None:
        if host.text is not None and _LOOPBACK.fullmatch(host.text):
            yield _unreachable(Word(host.text, host.span))
    elif dockerfile.runs_bare_server and not dockerfile.is_based_on_service(settings):
        command = dockerfile.command or dockerfile.entrypoint
        assert command is not None, "it runs the server"
        yield Problem(
            "the server listens on 127.0.0.1, where nobody outside of the container reaches it",
            command.span,
            help=f"add `--host 0.0.0.0`, or `ENV {_HOST_ENV}=0.0.0.0`",
            severity=Severity.WARNING,
        )


def _unreachable(host: Word) -> Problem:
    return Problem(
        f"the server listens on `{host.text}`, where nobody outside of the container reaches it",
        host.span,
        help="listen on 0.0.0.0",
        note="published ports, Services and probes find nobody",
    )


def _host_option(dockerfile: Dockerfile) -> Word | None:
    """The address that the command line gives."""
    words = [
        word
        for command in (dockerfile.entrypoint, dockerfile.command)
        if command
        for word in _words_of(command)
    ]
    found = None
    for word, following in zip_longest(words, words[1:]):
        match = _HOST_OPTION.fullmatch(word.text)
        if match and match[1] is not None:
            start = word.span.end - len(match[1])
            found = Word(match[1], Span(word.span.source, start, word.span.end))
        elif match and following is not None:
            found = following
    return found


def _words_of(command: Command) -> Iterator[Word]:
    """The words of a command, also of the line that a shell is given."""
    for word in command.words:
        place = word.span.text.find(word.text)
        if place < 0:
            yield word
            continue
        for match in re.finditer(r"[^\s\"']+", word.text):
            start = word.span.start + place + match.start()
            yield Word(match[0], Span(word.span.source, start, start + len(match[0])))
