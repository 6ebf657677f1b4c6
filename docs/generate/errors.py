"""`errors.md`: everything that can go wrong."""

import inspect
import re
from collections.abc import Iterator

from docs.generate.page import code, page, table
from notifyctl.errors import NotifyError

INTRODUCTION = """\
Every error has a `code` that stays the same, and a sentence for a person. Over HTTP it is an
`application/problem+json` body (RFC 9457) with the status below; on the WebSocket it is an
[`error`](frames.md#error) frame; a command prints the sentence and ends with the exit status.
What stands in ‹…› is filled in."""

STATUSES = """\
| exit status | meaning |
| --- | --- |
| 0 | done |
| 1 | failed, or timed out |
| 2 | the command was called wrongly |
| 3 | the server cannot be reached, or cannot say |
| 4 | not authorized |
| 130 | interrupted |"""


def errors() -> str:
    """The page."""
    rows = [
        (code(error.code), str(error.http_status), str(error.exit_status), sentence(error))
        for error in every_error(NotifyError)
    ]
    return page(
        "Errors",
        "`notifyctl/errors.py`",
        INTRODUCTION,
        table(("code", "HTTP", "exit", "sentence"), rows),
        "## Exit statuses",
        STATUSES,
    )


def every_error(kind: type[NotifyError]) -> Iterator[type[NotifyError]]:
    """An error and all that are kinds of it, in the order of their definition."""
    yield kind
    for more in kind.__subclasses__():
        yield from every_error(more)


def sentence(error: type[NotifyError]) -> str:
    """What a person is told, with `‹name›` where the details go."""
    text = inspect.cleandoc(error.__doc__ or "").replace("\n", " ")
    return re.sub(r"\{(\w+)[^}]*\}", r"‹\1›", text)
