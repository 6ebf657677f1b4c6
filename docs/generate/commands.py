"""`commands.md`: the command line, in its own words."""

from collections.abc import Iterator
from typing import Any, Final

import typer
from typer.testing import CliRunner

from docs.generate.page import block, page
from notifyctl.cli import app

PROGRAM: Final = "notifyctl"
COLUMNS: Final = 96

INTRODUCTION = """\
This is what `--help` prints. Results go to standard output, everything else to standard error;
`--json` prints one object per line. Colour appears only on a terminal, and never with `NO_COLOR`.
The [exit statuses](errors.md#exit-statuses) are the same for every command."""


def commands() -> str:
    """The page."""
    return page(
        "Commands",
        "`notifyctl/cli/`",
        INTRODUCTION,
        *(
            f"## {' '.join([PROGRAM, *names])}\n\n{block('text', manual(names))}"
            for names in every_command(typer.main.get_command(app))
        ),
    )


def every_command(group: Any, *before: str) -> Iterator[list[str]]:
    """The words of each command: `[]` for the program itself, `["token", "issue"]`."""
    yield [*before]
    for name, command in getattr(group, "commands", {}).items():
        yield from every_command(command, *before, name)


def manual(names: list[str]) -> str:
    """What a command prints about itself, on a terminal of always the same width."""
    result = CliRunner().invoke(
        app, [*names, "--help"], prog_name=PROGRAM, terminal_width=COLUMNS, env={"NO_COLOR": "1"}
    )
    assert result.exit_code == 0, result.output
    return "\n".join(line.rstrip() for line in result.output.strip().splitlines())
