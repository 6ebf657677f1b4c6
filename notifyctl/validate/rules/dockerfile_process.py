"""Rules about the process that an image starts: as whom it runs, and which signals reach it."""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from notifyctl.validate.dockerfile import Command, Dockerfile, Instruction
from notifyctl.validate.dockerfile.bases import is_windows, runs_as_root, uses_dash
from notifyctl.validate.dockerfile.shell import hands_over, is_simple, needs_shell, programs
from notifyctl.validate.finding import Edit, Fix, Problem, Severity
from notifyctl.validate.launch import OWN
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Span

_ROOT: Final = frozenset({"root", "0"})
# What an entrypoint uses to become somebody else, when it has done what needs root.
_DROPS: Final = re.compile(
    r"\b(?:gosu|su-exec|setpriv|runuser|s6-overlay|s6-setuidgid|chpst|fixuid|suexec|step-down)\b"
)
_SHELLS: Final = frozenset({"ash", "bash", "dash", "sh"})
_KILL: Final = frozenset({"9", "KILL", "SIGKILL"})
# A list that is no JSON; `[ -f a ]` and `[ "$A" = b ] && c` are tests of the shell.
_BROKEN_LIST: Final = re.compile(r"\[(?!\s+[!(-]|\[|\s[^\n]*\s\]\s*(?:&&|\|\||;))")


@rule("DF105", "error")
def running_as_root(dockerfile: Dockerfile, settings: Settings) -> Iterator[Problem]:
    """What the image starts runs as root.

    Whoever breaks out of the server, or only writes a file with it, is root in the container, and
    root on the host if anything else goes wrong. A notification server needs no right that a plain
    user does not have: its ports are above 1024. Kubernetes refuses such an image where
    `runAsNonRoot` is set.

    The last USER counts. Without one, the base's does: nothing is said of bases that are not known
    to be root, and of images whose entrypoint becomes somebody else (`gosu`, `su-exec`, s6). For
    images other than the notification service, and outside of the profile for production, this is
    a warning, and a missing USER is told only where a port is exposed.

    Nearest rule elsewhere: hadolint DL3002, checkov CKV_DOCKER_3 and 8, Trivy DS-0002.

    Bad::

        FROM python:3.13-slim
        EXPOSE 8000 8001
        USER root
        CMD ["notifyctl", "serve", "--host", "0.0.0.0"]

    Good::

        FROM python:3.13-slim
        EXPOSE 8000 8001
        USER 10001:10001
        CMD ["notifyctl", "serve", "--host", "0.0.0.0"]
    """
    base, user = dockerfile.base, dockerfile.user
    is_service = dockerfile.holds_sockets(settings)
    if not (is_service or dockerfile.entrypoint or dockerfile.command) or _drops_rights(dockerfile):
        return
    severity = None if is_service or settings.is_production else Severity.WARNING
    if user is not None:
        if user.text is not None and _name(user.text) in _ROOT and _is_linux(dockerfile):
            yield Problem(
                f"the image starts as `{user.text}`",
                user.span,
                help="end with `USER 10001:10001`, or another number that is not 0",
                note="Kubernetes refuses it where `runAsNonRoot` is set",
                severity=severity,
            )
    elif base is not None and runs_as_root(base) and (is_service or _serves(dockerfile, settings)):
        yield Problem(
            "the image starts as root, for there is no `USER`",
            dockerfile.final.start.arguments_span,
            help="add `USER 10001:10001` before what starts the server",
            note="Kubernetes refuses it where `runAsNonRoot` is set",
            severity=severity,
        )


def _serves(dockerfile: Dockerfile, settings: Settings) -> bool:
    """Whether the image is a server, rather than a tool; for production, everything counts."""
    return bool(dockerfile.exposed) or settings.is_production


def _name(user: str) -> str:
    name = user.strip().partition(":")[0]
    return name.lstrip("0") or "0" if name.isdecimal() else name


def _is_linux(dockerfile: Dockerfile) -> bool:
    """Whether nothing shows that the image is one of Windows."""
    shell = dockerfile.final.effect.shell
    words = shell.text.lower() if shell else ""
    return not (
        (dockerfile.base is not None and is_windows(dockerfile.base))
        or "powershell" in words
        or "pwsh" in words
        or words.startswith("cmd")
    )


def _drops_rights(dockerfile: Dockerfile) -> bool:
    texts = [*dockerfile.run_lines, *dockerfile.start_words]
    texts += [
        each.arguments_span.text
        for stage in dockerfile.final.line
        for each in stage.instructions
        if each.keyword in ("ADD", "COPY", "ENV")
    ]
    return any(_DROPS.search(text) for text in texts)


@rule("DF106", "warning")
def named_user(dockerfile: Dockerfile, settings: Settings) -> Iterator[Problem]:
    """USER is a name, and Kubernetes cannot see from a name that it is not root.

    With `runAsNonRoot: true` and no `runAsUser`, the kubelet does not look into the image's
    `/etc/passwd`: the container stays in `CreateContainerConfigError`, "image has non-numeric
    user". A number works everywhere. Other images than the notification service are looked at
    under the profile for production only.

    Nearest rule elsewhere: hadolint DL3066.

    Bad::

        FROM python:3.13-slim
        RUN useradd --uid 10001 app
        EXPOSE 8000 8001
        USER app
        CMD ["notifyctl", "serve", "--host", "0.0.0.0"]

    Good::

        FROM python:3.13-slim
        RUN useradd --uid 10001 app
        EXPOSE 8000 8001
        USER 10001
        CMD ["notifyctl", "serve", "--host", "0.0.0.0"]
    """
    user = dockerfile.user
    if user is None or not user.text or not _is_linux(dockerfile):
        return
    if not (dockerfile.holds_sockets(settings) or settings.is_production):
        return
    name = _name(user.text)
    if name in _ROOT or name.isdecimal():
        return
    yield Problem(
        f"Kubernetes cannot see that `{user.text}` is not root",
        user.span,
        help="write the number of the user, as in `USER 10001`",
        note="with `runAsNonRoot` and no `runAsUser`, the container is not started",
    )


@rule("DF107", "error")
def signals_lost_in_shell(dockerfile: Dockerfile, settings: Settings) -> Iterator[Problem]:
    """A shell gets the SIGTERM that is meant for the server.

    In shell form, `CMD notifyctl serve` starts `/bin/sh -c "notifyctl serve"`. Debian's dash waits
    as process 1, and a process 1 that has no handler for SIGTERM does not get it: the server never
    hears that it shall drain, and after the grace period everything is killed. Clients are cut off
    without a close frame, and all come back at once. `exec` hands the process over; bash does that
    by itself for a single command, and then nothing is said. The same holds for `["sh", "-c", …]`
    and for an entrypoint that is written in the Dockerfile.

    For images other than the notification service this is a warning, where they expose a port and
    the shell is known to stay. A list that is no JSON is told of for every image: a shell takes
    `['a'` for the name of a program. So is `STOPSIGNAL SIGKILL`, which leaves no time for anything.

    Nearest rule elsewhere: hadolint DL3025 and Docker's JSONArgsRecommended, for the style alone.

    Bad::

        FROM python:3.13-slim
        USER 10001
        EXPOSE 8000 8001
        CMD notifyctl serve --host 0.0.0.0

    Good::

        FROM python:3.13-slim
        USER 10001
        EXPOSE 8000 8001
        CMD ["notifyctl", "serve", "--host", "0.0.0.0"]
    """
    is_service = dockerfile.holds_sockets(settings)
    yield from _useless_stop_signal(dockerfile, is_service)
    entrypoint, command = dockerfile.entrypoint, dockerfile.command
    # With an ENTRYPOINT in shell form, nothing is done with CMD.
    started = entrypoint if entrypoint and not entrypoint.is_exec else command or entrypoint
    for each in (entrypoint, started if started is not entrypoint else None):
        if each and each.words and not each.is_exec and _BROKEN_LIST.match(each.text):
            yield _broken_list(each)
            return
    if started is None or not started.words or not _is_linux(dockerfile):
        return
    line = _shell_line(started, is_entrypoint=started is entrypoint or entrypoint is None)
    if line is None:
        if is_service:
            yield from _script_without_exec(dockerfile)
        return
    stays = _shell_stays(dockerfile, started, line)
    if stays is False or (not is_service and not (stays and dockerfile.exposed and not entrypoint)):
        return
    yield Problem(
        "a shell gets the signals that are meant for "
        + (f"`{names[-1]}`" if (names := programs(line)) else "the program"),
        started.span,
        help='write it as a list, `["program", "argument"]`, or put `exec` before it',
        note="on SIGTERM nothing drains: after the grace period all connections are cut"
        if is_service
        else "`docker stop` waits for ten seconds, and kills it",
        fix=_handing_over(started, line),
        severity=None if is_service else Severity.WARNING,
    )


def _useless_stop_signal(dockerfile: Dockerfile, is_service: bool) -> Iterator[Problem]:
    signal = dockerfile.final.effect.stop_signal
    if signal and signal.text and signal.text.upper() in _KILL:
        yield Problem(
            f"`STOPSIGNAL {signal.text}` ends the server before it can do anything",
            signal.span,
            help="use SIGTERM, or leave the line out",
            severity=None if is_service else Severity.WARNING,
        )


def _broken_list(command: Command) -> Problem:
    quoted = command.text.replace("'", '"')
    fix = None
    if command.span.text == command.text and '"' not in command.text:
        try:
            msgspec.json.decode(quoted, type=list[str])
        except msgspec.DecodeError:
            pass
        else:
            fix = Fix("use double quotes", (Edit(command.span, quoted),))
    return Problem(
        "this is no JSON, so a shell is given the brackets, too",
        command.span,
        help="write a list of strings in double quotes, and nothing behind it",
        note=f"the shell looks for a program called `{command.text.split()[0]}`",
        fix=fix,
    )


def _shell_line(command: Command, *, is_entrypoint: bool) -> str | None:
    """The line that a shell reads; None if there is no shell in between."""
    if not command.is_exec:
        return command.text
    words = [word.text for word in command.words]
    has_line = len(words) == 3 and words[1] in ("-c", "-ec", "-lc")
    is_shell = words[0].rpartition("/")[2] in _SHELLS
    return words[2] if is_entrypoint and is_shell and has_line else None


def _shell_stays(dockerfile: Dockerfile, command: Command, line: str) -> bool | None:
    """Whether the shell waits for what it starts; None if that depends on which shell it is."""
    if hands_over(line):
        return False
    shell = dockerfile.final.effect.shell
    words = [command.words[0].text] if command.is_exec else [shell.words[0].text] if shell else []
    name = words[0].rpartition("/")[2] if words else "sh"
    if name == "bash":
        return False if is_simple(line) else None
    base = dockerfile.base
    is_dash = name == "dash" or (name == "sh" and base is not None and uses_dash(base))
    return True if is_dash else None


def _handing_over(command: Command, line: str) -> Fix | None:
    """The exec form where no shell is needed; else `exec`, if there is only one command."""
    if not is_simple(line):
        return None
    if not command.is_exec and not needs_shell(line) and command.span.text == line:
        words = ", ".join(f'"{word}"' for word in line.split())
        return Fix("use the exec form", (Edit(command.span, f"[{words}]"),))
    span = command.words[-1].span
    place = span.text.find(line) if command.is_exec else 0
    if "=" in line.split()[0] or place < 0:
        return None
    start = span.start + place
    return Fix("hand the process over", (Edit(Span(span.source, start, start), "exec "),))


def _script_without_exec(dockerfile: Dockerfile) -> Iterator[Problem]:
    """An entrypoint that the Dockerfile itself writes, and that starts the server as a child."""
    names = {word.rpartition("/")[2] for word in dockerfile.start_words}
    for stage in dockerfile.final.line:
        for each in stage.instructions:
            if each.keyword != "COPY" or not each.heredocs or not each.arguments:
                continue
            if each.arguments[-1].text.rpartition("/")[2] in names:
                yield from _server_as_child(each)


def _server_as_child(copy: Instruction) -> Iterator[Problem]:
    for heredoc in copy.heredocs:
        lines = heredoc.content.text.splitlines()
        if hands_over("\n".join(lines)):
            continue
        at = heredoc.content.start
        for text in heredoc.content.text.splitlines(keepends=True):
            if OWN & set(programs(text)):
                line = text.strip()
                start = at + text.index(line)
                span = Span(heredoc.content.source, start, start + len(line))
                edit = Edit(Span(span.source, start, start), "exec ")
                yield Problem(
                    "the script starts the server as a child, and keeps the signals",
                    span,
                    help="put `exec` before it",
                    note="on SIGTERM nothing drains, and later all connections are cut",
                    fix=Fix("hand the process over", (edit,)) if is_simple(line) else None,
                )
            at += len(text)
