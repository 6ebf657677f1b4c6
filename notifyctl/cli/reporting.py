"""Where the findings of `notifyctl validate` go: which formats, and to which files."""

import os
import sys
from datetime import date, datetime
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Final, NamedTuple

from notifyctl.cli.output import say
from notifyctl.errors import NotWritable, OutputLost, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifyctl.validate.outcome import Outcome
    from notifyctl.validate.report import Format
    from notifyctl.validate.report.look import Look

# Set by the runner of GitHub's workflows; it shows findings beside the lines of a change.
_ON_GITHUB: Final = "GITHUB_ACTIONS"


class Destination(NamedTuple):
    """One format, and the file it goes to; None is stdout."""

    form: "Format"
    path: Path | None = None


def destinations(formats: "Sequence[str]", *, json: bool) -> "list[Destination]":
    """What `--format` and `--json` ask for. Raises `UsageError`.

    Stdout takes one document; GitHub's lines may stand below what people read.
    """
    wanted = [_destination(each) for each in [*formats, *(["json"] if json else [])]]
    on_stdout = [each.form for each in wanted if each.path is None]
    if len(on_stdout) > 1:
        forms = " and ".join(on_stdout)
        raise UsageError(
            problem=f"Only one of {forms} can go to stdout; give the others a file, "
            f"as in --format {on_stdout[-1]}:FILE."
        )
    if not on_stdout:
        wanted.append(Destination("full"))
        if os.environ.get(_ON_GITHUB) == "true":
            wanted.append(Destination("github"))
    return wanted


def _destination(text: str) -> Destination:
    from notifyctl.validate.report import FORMATS

    name, _, path = text.partition(":")
    for form in FORMATS:
        if form == name:
            return Destination(form, Path(path) if path else None)
    raise UsageError(problem=f"There is no format {name!r}; formats are {', '.join(FORMATS)}.")


def deliver(outcome: "Outcome", wanted: "Sequence[Destination]") -> None:
    """Write the outcome in each format to where it goes. Raises `NotWritable`.

    Beside a document for programs, what could not be checked is told on stderr.
    """
    from notifyctl.validate.report import render

    for each in wanted:
        if each.path is None:
            _print(each.form, outcome)
            continue
        try:
            each.path.write_text(render(each.form, outcome))
        except OSError as error:
            raise NotWritable(path=each.path, reason=error.strerror or error) from None
    if not is_for_people(wanted):
        for unchecked in outcome.unchecked:
            say(unchecked.sentence)


def _print(form: "Format", outcome: "Outcome") -> None:
    """Write the outcome to stdout. Raises `OutputLost`, and `BrokenPipeError` as it is."""
    from notifyctl.validate.report import render

    if sys.stdout is None:  # Closed by the shell: `>&-`.
        raise OutputLost(reason="it is closed")
    text = render(form, outcome, look(sys.stdout.isatty()))
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputLost(reason=error.strerror or error) from None


def is_for_people(wanted: "Sequence[Destination]") -> bool:
    """Whether stdout is for somebody to read, not for a program."""
    from notifyctl.validate.report import FOR_PEOPLE

    return any(each.path is None and each.form in FOR_PEOPLE for each in wanted)


def today() -> date:
    """The day here, by which exceptions end."""
    return datetime.now().astimezone().date()


def look(is_terminal: bool) -> "Look":
    """Colours and width for what stdout is."""
    from notifyctl.validate.report.look import Look

    if not is_terminal:
        return Look()
    return Look(color=not os.environ.get("NO_COLOR"), columns=get_terminal_size().columns)
