"""Rules about every file: whether it can be read, and whether its exceptions are in order."""

from collections.abc import Iterator
from datetime import date

from notifyctl.validate.finding import Problem, Related
from notifyctl.validate.ignoring import Judged
from notifyctl.validate.rule import RULES, rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Flaw
from notifyctl.validate.spelling import closest


@rule("NV001", "error")
def unreadable_file(flaw: Flaw, _settings: Settings) -> Iterator[Problem]:
    """A file cannot be read, or does not mean what its author thinks.

    A key that is there twice is the worst of these: most programs keep the last one and say
    nothing, and a probe or a port that somebody wrote is not there. The other documents of the
    file, and all other files, are checked as usual.

    Bad::

        # file: service.yaml
        apiVersion: v1
        kind: Service
        metadata: {name: notify}
        spec:
          ports: [{port: 8000}]
          ports: [{port: 8001}]

    Good::

        # file: service.yaml
        apiVersion: v1
        kind: Service
        metadata: {name: notify}
        spec:
          ports: [{name: http, port: 8000}, {name: ws, port: 8001}]
    """
    related = (Related(flaw.first, "first here"),) if flaw.first else ()
    yield Problem(flaw.message, flaw.span, related=related, help=flaw.help)


@rule("NV005", "warning")
def ignore_without_reason(judged: Judged, _settings: Settings) -> Iterator[Problem]:
    """An exception names no rule or no reason, and so it makes no exception.

    Whoever meets it in a year wants to know whether it can go.

    Bad::

        # file: Dockerfile
        # notifyctl: ignore[DF108]
        FROM python
        USER 10001

    Good::

        # file: Dockerfile
        # notifyctl: ignore[DF108] reason="rebuilt every night, and tested"
        FROM python
        USER 10001
    """
    waiver = judged.waiver
    if not waiver.rules:
        yield Problem(
            "the exception names no rule",
            waiver.span,
            help='write `# notifyctl: ignore[RULE] reason="…"`',
        )
    elif not waiver.reason:
        yield Problem(
            "the exception gives no reason, so it does not count",
            waiver.span,
            help='add `reason="…"`',
        )


@rule("NV006", "warning")
def ignore_of_unknown_rule(judged: Judged, _settings: Settings) -> Iterator[Problem]:
    """An exception is for a rule that there is not.

    Bad::

        # file: Dockerfile
        # notifyctl: ignore[DF999] reason="rebuilt every night, and tested"
        FROM python:3.13-slim
        USER 10001

    Good::

        # file: Dockerfile
        FROM python:3.13-slim
        USER 10001
    """
    for name in judged.waiver.rules:
        if name not in RULES:
            guess = closest(name, RULES)
            yield Problem(
                f"there is no rule {name}",
                judged.waiver.span,
                help=f"did you mean {guess}?" if guess else "see `notifyctl validate --list-rules`",
            )


@rule("NV007", "warning")
def ignore_past_its_day(judged: Judged, _settings: Settings) -> Iterator[Problem]:
    """The last day of an exception has passed, or is no date.

    Bad::

        # file: Dockerfile
        # notifyctl: ignore[DF108] reason="until the registry has tags" until=2024-06-30
        FROM python
        USER 10001

    Good::

        # file: Dockerfile
        # notifyctl: ignore[DF108] reason="until the registry has tags" until=2999-06-30
        FROM python
        USER 10001
    """
    if not judged.over:
        return
    until = judged.waiver.until
    try:
        date.fromisoformat(until)
    except ValueError:
        message = f"`{until}` is no date, so the exception does not count"
    else:
        message = f"the exception ended with {until}"
    yield Problem(
        message,
        judged.waiver.span,
        help="put right what it was for, or give it another day, as in `until=2027-01-31`",
    )


@rule("NV008", "warning")
def unused_ignore(judged: Judged, _settings: Settings) -> Iterator[Problem]:
    """An exception is for something that nothing complains about.

    It hides the next problem of its kind, at a place where nobody expects one.

    Bad::

        # file: Dockerfile
        # notifyctl: ignore[DF108] reason="rebuilt every night, and tested"
        FROM python:3.13-slim
        USER 10001

    Good::

        # file: Dockerfile
        FROM python:3.13-slim
        USER 10001
    """
    if judged.unused:
        yield Problem(
            f"nothing here goes against {' or '.join(judged.unused)}",
            judged.waiver.span,
            help="remove the exception",
        )
