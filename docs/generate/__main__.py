"""`python -m docs.generate` writes the reference pages; with `--check` it only compares."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from docs.generate.checks import checks
from docs.generate.close_codes import close_codes
from docs.generate.commands import commands
from docs.generate.errors import errors
from docs.generate.events import events
from docs.generate.frames import frames
from docs.generate.http import http
from docs.generate.metrics import metrics
from docs.generate.rules import rules
from docs.generate.settings import settings

FOLDER: Final = Path(__file__).parents[1] / "reference"

PAGES: Final[dict[str, Callable[[], str]]] = {
    "commands.md": commands,
    "settings.md": settings,
    "http.md": http,
    "frames.md": frames,
    "events.md": events,
    "close-codes.md": close_codes,
    "errors.md": errors,
    "metrics.md": metrics,
    "rules.md": rules,
    "checks.md": checks,
}


def main(arguments: list[str]) -> int:
    """Write or compare the pages; the exit status."""
    match arguments:
        case []:
            write()
            return 0
        case ["--check"]:
            stale = outdated()
            for name in stale:
                print(f"docs/reference/{name} is not what the code says; run `make docs`.")  # noqa: T201
            return 1 if stale else 0
        case _:
            print("usage: python -m docs.generate [--check]", file=sys.stderr)  # noqa: T201
            return 2


def write() -> None:
    """Write every page whose text has changed."""
    for name in outdated():
        (FOLDER / name).write_text(PAGES[name]())


def outdated() -> list[str]:
    """The pages that are missing or say something else than the code."""
    return [name for name, text in PAGES.items() if _present(FOLDER / name) != text()]


def _present(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
