"""Rules about the health of compose's services, and about who waits for it."""

import re
from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from notifyctl.validate.compose import Build, Service
from notifyctl.validate.compose.healthcheck import Healthcheck
from notifyctl.validate.compose.interpolation import UNKNOWN, filled
from notifyctl.validate.dockerfile import Stage
from notifyctl.validate.dockerfile.bases import has_no_healthcheck
from notifyctl.validate.dockerfile.shell import programs
from notifyctl.validate.dockerfile.tools import absent_tool
from notifyctl.validate.finding import Problem, Related, Severity
from notifyctl.validate.health_request import unanswered
from notifyctl.validate.image import Image
from notifyctl.validate.images import STORES, is_application
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.workspace import Workspace

_KINDS: Final = ("CMD", "CMD-SHELL", "NONE")
# What only a shell understands; a program gets it as an argument.
_SHELL_WORDS: Final = frozenset({"||", "&&", "|", "2>&1"})
_INSTALLING: Final = re.compile(r"\b(?:apk|apt|apt-get|dnf|microdnf|yum)\b|\.sh\b|curl|wget")


@rule("CO204", "warning", production="error")
def missing_healthcheck(workspace: Workspace, _settings: Settings) -> Iterator[Problem]:
    """Nobody asks a service whether it is well.

    Without a healthcheck a service counts as running while it hangs, and others start before it
    can answer them. This is about services that publish ports or that others depend on, and only
    where the image is known to have no check of its own: Docker's official images have none, and
    an image that is built here shows it in its Dockerfile.

    Nearest rule elsewhere: KICS `healthcheck_not_set`.

    Bad::

        services:
          app: {image: "ghcr.io/example/app:1.2", depends_on: [cache]}
          cache: {image: "redis:8.2-alpine"}

    Good::

        services:
          app:
            image: ghcr.io/example/app:1.2
            depends_on: {cache: {condition: service_healthy}}
          cache:
            image: redis:8.2-alpine
            healthcheck: {test: ["CMD", "redis-cli", "ping"], interval: 10s}
    """
    for service in workspace.services:
        severity = service.project.weight
        check = service.healthcheck
        if not service.is_complete or not _should_be_asked(service):
            continue
        if check and check.is_disabled:
            yield Problem(
                f"the healthcheck of `{service.name}` is switched off",
                check.node["disable"] if check.node["disable"].exists else check.test,
                help="give it a check that works",
                note="it counts as running while it hangs",
                severity=severity,
                about=service.about,
            )
        elif check is None and _is_surely_unasked(service, workspace):
            yield Problem(
                f"`{service.name}` has no healthcheck, and neither has its image",
                service.node.head,
                help="add `healthcheck:` with a `test`",
                note="it counts as running while it hangs, and before it can answer",
                severity=severity,
                about=service.about,
            )


def _should_be_asked(service: Service) -> bool:
    """Whether somebody relies on it: others, or whoever uses its ports."""
    if service.ends or service.node["restart"].string == "no":
        return False
    return bool(service.awaited or service.ports)


def _is_surely_unasked(service: Service, workspace: Workspace) -> bool:
    """Whether nothing, the image included, can have a healthcheck for it."""
    return not service.says("healthcheck") and _image_has_check(service, workspace) is False


def _image_has_check(service: Service, workspace: Workspace) -> bool | None:
    """Whether the image has a healthcheck of its own; None if nobody here knows."""
    if service.build is None:
        return False if _has_none(service.image_parts) else None
    stage = _built_stage(service.build, workspace)
    if stage is None:
        return None
    own = stage.effect.healthcheck
    if own is not None:
        return own.command is not None
    return False if _has_none(stage.line[0].image) else None


def _built_stage(build: Build, workspace: Workspace) -> Stage | None:
    """The stage that an image is made from; None if its Dockerfile is not here."""
    dockerfile = workspace.links.by_path.get(build.dockerfile or "")
    if dockerfile is None or not build.node["target"].exists:
        return dockerfile.final if dockerfile else None
    return next((each for each in dockerfile.stages if each.name == build.target), None)


def _has_none(image: Image | None) -> bool:
    """Whether an image is known to have no healthcheck: Docker's official ones never have."""
    return image is not None and (has_no_healthcheck(image) or is_application(image))


@rule("CO205", "error")
def useless_healthcheck(workspace: Workspace, settings: Settings) -> Iterator[Problem]:
    """A healthcheck asks in a way that cannot tell whether the service is well.

    For every service: a `test` that does not begin with `CMD`, `CMD-SHELL` or `NONE`, one that
    gives a shell's words to a program, one whose words get lost, and `curl` or `wget` where the
    image is known to have none. For the notification service also: a port that nobody listens on,
    a path that is not answered, a timeout that is not shorter than the interval, and (a warning)
    no `start_period`, so that failures while the store opens count.

    Bad::

        services:
          notifyd:
            image: ghcr.io/example/notifyd:1.4
            ports: ["8000:8000", "8001:8001"]
            healthcheck:
              test: curl -f http://localhost:8080/healthz
              start_period: 10s

    Good::

        services:
          notifyd:
            image: ghcr.io/example/notifyd:1.4
            ports: ["8000:8000", "8001:8001"]
            healthcheck:
              test: curl -f http://localhost:8000/healthz
              start_period: 10s
    """
    for service in workspace.services:
        check = service.healthcheck
        if check is None or check.is_disabled:
            continue
        problems = [*_broken_test(check)] or [*_missing_tool(service, check, workspace)]
        if service.holds_sockets(settings):
            what = f"the healthcheck of `{service.name}`"
            problem = unanswered(what, check.command, check.test, service.launch, settings)
            if problem is not None and UNKNOWN not in check.command:
                problems.append(problem)
            problems += _wrong_times(service, check)
        for problem in problems:
            yield replace(problem, about=service.about)


def _broken_test(check: Healthcheck) -> Iterator[Problem]:
    words = [filled(item) for item in check.test.items]
    if not words or UNKNOWN in words[0]:
        return
    kind, *rest = words
    never = "the check cannot succeed"
    if kind not in _KINDS:
        yield Problem(
            f"a healthcheck's list begins with `CMD`, `CMD-SHELL` or `NONE`, not with `{kind}`",
            check.test.items[0],
            help='put `"CMD"` in front of it',
            note="Docker does not run the check",
        )
    elif kind == "CMD-SHELL" and len(rest) > 1:
        yield Problem(
            f"the shell runs only `{rest[0]}`; what follows gets lost",
            check.test.items[2],
            help="write the whole command as one text, or use `CMD`",
        )
    elif kind == "CMD" and len(rest) == 1 and " " in rest[0].strip() and "/" not in rest[0][:1]:
        yield Problem(
            f"there is no program that is called `{rest[0]}`",
            check.test.items[1],
            help="use `CMD-SHELL`, or make every word an item of its own",
            note=never,
        )
    elif kind == "CMD" and rest and rest[0] not in ("sh", "/bin/sh", "bash", "/bin/bash"):
        for item in check.test.items[1:]:
            if filled(item) in _SHELL_WORDS:
                yield Problem(
                    f"`{filled(item)}` is an argument here, for no shell runs this",
                    item,
                    help="use `CMD-SHELL` with one text, or leave it out: any failure counts",
                    note=f"`{rest[0]}` is given it as an argument",
                )
                return


def _missing_tool(service: Service, check: Healthcheck, workspace: Workspace) -> Iterator[Problem]:
    """A check by `curl` or `wget` where the image is known to have none."""
    names = programs(check.command) if check.is_shell else [check.command.partition(" ")[0]]
    image, dockerfile = service.image_parts, None
    if service.build is not None:
        stage = _built_stage(service.build, workspace)
        dockerfile = workspace.links.by_path.get(service.build.dockerfile or "")
        is_final = stage is not None and dockerfile is not None and stage is dockerfile.final
        image = stage.line[0].image if stage and is_final else None
    if image is None or service.mounts or _may_install(service):
        return
    if tool := absent_tool(names, image, dockerfile):
        yield Problem(
            f"the healthcheck of `{service.name}` runs `{tool}`, which its image does not have",
            check.test,
            help=f"ask with a program that is there, or install `{tool}` in the image",
            note="the check cannot succeed",
        )


def _may_install(service: Service) -> bool:
    """Whether the service gets itself programs before it starts, or runs who knows what."""
    return any(_INSTALLING.search(word) for word in (*service.entrypoint, *service.command))


def _wrong_times(service: Service, check: Healthcheck) -> Iterator[Problem]:
    interval, timeout = check.interval, check.timeout
    if interval is not None and timeout is not None and 0 < interval <= timeout:
        yield Problem(
            f"a check of `{service.name}` may take {timeout:g} s, longer than the {interval:g} s "
            "between two of them"
            if timeout > interval
            else f"a check of `{service.name}` may take as long as the {interval:g} s between two",
            check.node["timeout"],
            related=(Related(check.node["interval"].span, "the interval"),),
            help="make the timeout shorter than the interval",
            note="a server that hangs is noticed late",
        )
    if check.node["test"].exists and not check.node["start_period"].exists:
        yield Problem(
            f"failures count while `{service.name}` starts",
            check.node.head,
            help="add `start_period: 10s`",
            severity=Severity.WARNING,
        )


@rule("CO206", "error")
def waiting_for_no_healthcheck(workspace: Workspace, _settings: Settings) -> Iterator[Problem]:
    """A service waits until another one is healthy, and nobody asks that one.

    `docker compose up` stops with "has no healthcheck configured", and the waiting service is
    never started. The other way round is a warning: a database that has a healthcheck, and a
    service that does not wait for it, because the short form of `depends_on` waits only until the
    container has started.

    Bad::

        services:
          app:
            image: ghcr.io/example/app:1.2
            depends_on: {db: {condition: service_healthy}}
          db: {image: "postgres:18-alpine"}

    Good::

        services:
          app:
            image: ghcr.io/example/app:1.2
            depends_on: {db: {condition: service_healthy}}
          db:
            image: postgres:18-alpine
            healthcheck: {test: ["CMD", "pg_isready"], interval: 5s}
    """
    for service in workspace.services:
        for name, entry in service.node["depends_on"].entries.items():
            other = service.project.services.get(name)
            if other is None or not other.is_complete or entry.value["required"].value is False:
                continue
            check = other.healthcheck
            is_asked = check is not None and not check.is_disabled
            condition = entry.value["condition"]
            if filled(condition) == "service_healthy":
                if is_asked or (check is None and not _is_surely_unasked(other, workspace)):
                    continue
                yield Problem(
                    f"`{service.name}` waits until `{name}` is healthy, and `{name}` has no "
                    "healthcheck",
                    condition,
                    related=(Related(other.node.head, "no healthcheck here"),),
                    help=f"add `healthcheck:` to `{name}`",
                    note=f"`docker compose up` stops, and `{service.name}` is never started",
                    about=service.about,
                )
            elif is_asked and not condition.exists and _is_store(other):
                yield Problem(
                    f"`{service.name}` does not wait until `{name}` is healthy",
                    entry.key,
                    help=f"write `{name}: {{condition: service_healthy}}`",
                    note="it may start before the database accepts connections",
                    severity=Severity.WARNING,
                    about=service.about,
                )


def _is_store(service: Service) -> bool:
    image = service.image_parts
    return image is not None and image.name in STORES
