"""The command line: which commands there are, and how every error ends.

Nothing slow is imported here: `--help` shall answer at once. What a command needs, it
imports itself.
"""

import io
import os
import sys
import traceback
from typing import Annotated, Any, Final, TextIO

import typer
from typer.core import TyperGroup

from notifyctl.cli import inbox, init, load, send, serve, status, tail, token, validate
from notifyctl.errors import FAILED, INTERRUPTED, NotifyError, OutputLost

DEBUG_OPTION: Final = "--debug"
DEBUG_VARIABLE: Final = "NOTIFYCTL_DEBUG"

HELP: Final = """Notifications in real time: the server, and the tools around it.

\b
  notifyctl serve                              start a server on this machine
  notifyctl tail alice                         see what arrives for a user
  notifyctl send alice "The build is green"    send something, from another terminal

Each command has its own --help. For your shell: --install-completion.
"""


class Commands(TyperGroup):
    """Lists the commands by what they are for, before the options.

    Typer can do the like with Rich, which takes longer to load than all the rest.
    """

    def list_commands(self, _ctx: Any) -> list[str]:
        """In the order of their definition."""
        return list(self.commands)

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """The description, then one section per group."""
        super().format_help_text(ctx, formatter)
        sections: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            command: Any = self.get_command(ctx, name)
            row = (name, command.get_short_help_str(limit=60))
            sections.setdefault(str(command.rich_help_panel), []).append(row)
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl(rows)

    def format_commands(self, _ctx: Any, _formatter: Any) -> None:
        """Nothing: they are listed already."""


app = typer.Typer(
    cls=Commands,
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)
app.command("serve", rich_help_panel="Try")(serve.serve)
app.add_typer(token.app, name="token", rich_help_panel="Try")
app.command("send", cls=send.SendCommand, rich_help_panel="Try")(send.send)
app.command("tail", rich_help_panel="Try")(tail.tail)
app.command("inbox", rich_help_panel="Try")(inbox.inbox)
app.command("validate", rich_help_panel="Check")(validate.validate)
app.add_typer(load.app, name="load", rich_help_panel="Check")
app.command("init", rich_help_panel="Check")(init.init)
app.command("status", rich_help_panel="Operate")(status.status)


def show_version(wanted: bool) -> None:
    """Print the version and end, if it was asked for."""
    if wanted:
        from importlib.metadata import version

        typer.echo(f"notifyctl {version('notifyctl')}")
        raise typer.Exit


@app.callback()
def options(
    debug: Annotated[
        bool, typer.Option(DEBUG_OPTION, envvar=DEBUG_VARIABLE, help="Show tracebacks.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """What holds for every command; `main` looks for --debug before anything can go wrong."""


def main() -> None:
    """Run the command line. Every error becomes one sentence and an exit status."""
    arguments, debug = without_debug(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that lacks a letter shows a question mark in its place.
            stream.reconfigure(errors="replace")
    try:
        try:
            app(arguments)
        finally:
            if sys.stdout is not None:  # Closed by the shell: `>&-`.
                _flush(sys.stdout)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough. What is still buffered goes nowhere.
        _discard(sys.stdout)
        sys.exit(FAILED)
    except Exception as error:
        if debug:
            traceback.print_exception(error)
        typer.echo(f"notifyctl: {sentence(error)}", err=True)
        sys.exit(error.exit_status if isinstance(error, NotifyError) else FAILED)


def _flush(stream: TextIO) -> None:
    """Write what is still buffered. Raises `OutputLost`, and `BrokenPipeError` as it is."""
    try:
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _discard(stream)
        raise OutputLost(reason=error.strerror or error) from None


def _discard(stream: TextIO) -> None:
    """Let what is still buffered go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def without_debug(arguments: list[str]) -> tuple[list[str], bool]:
    """The arguments without `--debug`, which may stand anywhere before `--`; and if it did."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    head = [argument for argument in arguments[:end] if argument != DEBUG_OPTION]
    debug = len(head) < end or bool(os.environ.get(DEBUG_VARIABLE))
    return head + arguments[end:], debug


def sentence(error: Exception) -> str:
    """What a person is told about an error."""
    if isinstance(error, NotifyError):
        return str(error)
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"Something unexpected happened ({what}); run it again with --debug and report it."
