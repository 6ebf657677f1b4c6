"""`--fix` and `--diff`: writes what can safely be put right, or shows it."""

import sys
from codecs import BOM_UTF8
from pathlib import Path
from typing import TYPE_CHECKING, Final

from notifyctl.cli.output import say
from notifyctl.cli.reporting import today
from notifyctl.errors import NotFixable

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifyctl.validate.reading import Survey

# A fix may have to wait for another one at the same place.
_MOST_ROUNDS: Final = 10


def show_fixes(surveyed: "Survey") -> None:
    """Print what `--fix` would change, as a patch."""
    from notifyctl.cli.reporting import look
    from notifyctl.validate.check import check
    from notifyctl.validate.fixing import diff, fix
    from notifyctl.validate.report.diff import painted

    fixed = fix(check(surveyed.workspace, today()))
    sources = {source.name: source for source in surveyed.workspace.sources}
    for name, text in sorted(fixed.texts.items()):
        if name not in surveyed.damaged:
            patch = diff(sources[name].text, text, name)
            # A terminal gets colours and nothing that it would obey; everybody else the patch.
            sys.stdout.write(painted(patch, look(True)) if sys.stdout.isatty() else patch)


def write_fixes(look_around: "Callable[[], Survey]") -> "Survey":
    """Put right what can be, and read the files again. Raises `NotFixable`."""
    from notifyctl.validate.check import check
    from notifyctl.validate.fixing import fix

    count = 0
    surveyed = look_around()
    for _ in range(_MOST_ROUNDS):
        fixed = fix(check(surveyed.workspace, today()))
        texts = {name: text for name, text in fixed.texts.items() if name not in surveyed.damaged}
        if not texts:
            break
        for name, text in sorted(texts.items()):
            write(Path(name), text)
        count += len(fixed.applied)
        surveyed = look_around()
    say(f"{count} {'problem' if count == 1 else 'problems'} fixed")
    return surveyed


def write(path: Path, text: str) -> None:
    """Write a file anew; a mark at its beginning stays. Raises `NotFixable`."""
    try:
        mark = BOM_UTF8 if path.read_bytes().startswith(BOM_UTF8) else b""
        path.write_bytes(mark + text.encode())
    except OSError as error:
        raise NotFixable(path=path, reason=error.strerror or error) from None
