"""`errors.md`: everything that can go wrong."""

import inspect
import re
from collections.abc import Iterator

from docs.generate.page import code, page, table
from notifyctl.errors import (
    FAILED,
    INTERRUPTED,
    UNAUTHORIZED,
    UNREACHABLE,
    USAGE,
    NotifyError,
)

INTRODUCTION = """\
Every error has a `code` that stays the same, and a sentence for a person. Over HTTP it is an
`application/problem+json` body (RFC 9457) with the status below; on the WebSocket it is an
[`error`](frames.md#error) frame; a command prints the sentence and ends with the exit status.
What stands in *italics* is filled in."""

STATUSES = (
    (0, "done"),
    (FAILED, "failed, or timed out"),
    (USAGE, "the command was called wrongly"),
    (UNREACHABLE, "the server cannot be reached, or cannot say"),
    (UNAUTHORIZED, "not authorized"),
    (INTERRUPTED, "interrupted"),
)


def errors() -> str:
    """The page."""
    rows = [
        (code(error.code), status(error), str(error.exit_status), sentence(error))
        for error in every_error(NotifyError)
    ]
    return page(
        "Errors",
        "`notifyctl/errors.py`",
        INTRODUCTION,
        table(("code", "HTTP", "exit", "sentence"), rows),
        "## Exit statuses",
        table(("exit status", "meaning"), [(str(number), why) for number, why in STATUSES]),
    )


def every_error(kind: type[NotifyError]) -> Iterator[type[NotifyError]]:
    """An error and all that are kinds of it, in the order of their definition."""
    yield kind
    for more in kind.__subclasses__():
        yield from every_error(more)


def status(error: type[NotifyError]) -> str:
    """The HTTP status, if a server answers with this error."""
    is_answer = error.http_status != NotifyError.http_status or error.code == NotifyError.code
    return str(error.http_status) if is_answer else "-"


def sentence(error: type[NotifyError]) -> str:
    """What a person is told, with the details' names in italics."""
    text = inspect.cleandoc(error.__doc__ or "").replace("\n", " ")
    return re.sub(r"\{(\w+)[^}]*\}", r"*\1*", text)
