"""`notifyctl serve`: start a server on this machine."""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from notifyctl.cli.output import say
from notifyctl.cli.target import beside, is_local, read_text
from notifyctl.errors import UsageError

if TYPE_CHECKING:
    from notifyd.app import Addresses
    from notifyd.keyring import Keyring
    from notifyd.settings import Settings

LOCAL_URL: Final = "http://127.0.0.1:8000"
TRIED: Final = (("alice", "subscribe"), ("bob", "publish"))


def serve(
    http_port: Annotated[
        int | None, typer.Option(metavar="PORT", help="The HTTP API; 0 takes a free port. [8000]")
    ] = None,
    ws_port: Annotated[
        int | None, typer.Option(metavar="PORT", help="The WebSocket; 0 takes a free port. [8001]")
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="The address both ports are bound to. [127.0.0.1]"),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="sqlite:PATH, sqlite: for a file in the data directory, or memory:. [sqlite:]",
        ),
    ] = None,
    data_dir: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            help="Where the database and the generated secret are kept. [~/.local/state/notifyd]",
        ),
    ] = None,
    drain_seconds: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="How long sessions are spread over after SIGTERM. [20.0]"
        ),
    ] = None,
    log_format: Annotated[
        str | None, typer.Option(metavar="auto|console|json", help="How the log looks. [auto]")
    ] = None,
    log_level: Annotated[
        str | None,
        typer.Option(
            metavar="debug|info|warning|error",
            help="The least severe lines that are logged. [info]",
        ),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A TOML file with any of the settings.")
    ] = None,
) -> None:
    """Start a server: HTTP on port 8000, WebSocket on port 8001.

    Every setting can also be a variable (NOTIFYD_HTTP_PORT=9000, NOTIFYD_JWT_SECRET_FILE=...)
    or a line of the TOML file. An option wins over a variable, a variable over the file.
    """
    from notifyd.app import run
    from notifyd.keyring import keyring_for
    from notifyd.logs import log, setup
    from notifyd.settings import load_settings

    options = {
        "http_port": http_port,
        "ws_port": ws_port,
        "host": host,
        "store": store,
        "data_dir": data_dir,
        "drain_seconds": drain_seconds,
        "log_format": log_format,
        "log_level": log_level,
    }
    settings = load_settings(options, os.environ, read_table(config), read_text)
    keyring = keyring_for(settings)
    # The log is what this command puts out. What greets a person goes to stderr, so that a
    # log that is kept or read by a program has nothing but its own lines.
    setup(settings, sys.stdout, keyring.secrets)
    if keyring.warning is not None:
        log.warning(keyring.warning)
    run(settings, keyring, lambda addresses: greet(addresses, settings, keyring))


def read_table(path: Path | None) -> Mapping[str, Any]:
    """The settings in a TOML file. Raises `UsageError` for one that cannot be read."""
    import tomllib

    if path is None:
        return {}
    try:
        return tomllib.loads(read_text(str(path)))
    except OSError as error:
        raise UsageError(problem=f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(problem=f"{path} is not valid TOML: {error}.") from None


def greet(addresses: "Addresses", settings: "Settings", keyring: "Keyring") -> None:
    """Tell the person at the terminal where the server is, and what to try."""
    for line in banner(addresses, settings, keyring, called_as(sys.argv[0])):
        say(line)


def banner(
    addresses: "Addresses", settings: "Settings", keyring: "Keyring", program: str
) -> list[str]:
    """Both URLs, and lines that work as they stand when pasted into another terminal."""
    http, ws = addresses.http_url, addresses.ws_url
    call = (_data_dir(settings) if keyring.is_generated else "") + program
    web = "" if http == LOCAL_URL else f" --url {http}"
    socket = "" if ws == beside(http) else f" --ws-url {ws}"
    tail_token, send_token = (_token(keyring, call, *caller) for caller in TRIED)
    # Elsewhere the command line asks for a token, also of who could sign one.
    tail_option, send_option = (
        "" if is_local(http) and keyring.signer is not None else f' --token "{token}"'
        for token in (tail_token, send_token)
    )
    return [
        "",
        f"  HTTP       {http}",
        f"  WebSocket  {ws}",
        "",
        f"Try it in another terminal{_needed(settings, keyring)}:",
        "",
        f"  {call} tail alice{web}{socket}{tail_option}",
        f'  {call} send alice "Hello"{web}{send_option}',
        f"  curl {http}/v1/notifications \\",
        f'    -H "Authorization: Bearer {send_token}" \\',
        '    -d \'{"to": "alice", "title": "Hello from curl"}\'',
        "",
    ]


def _token(keyring: "Keyring", call: str, user: str, scope: str) -> str:
    if keyring.signer is None:
        return f"${user.upper()}_TOKEN"
    return f"$({call} token issue {user} --scope {scope})"


def _needed(settings: "Settings", keyring: "Keyring") -> str:
    """What the other terminal must have, so that the lines work there."""
    if keyring.is_generated:
        return ""
    if keyring.signer is None:
        names = " and ".join(f"{user.upper()}_TOKEN ({scope})" for user, scope in TRIED)
        return f", with tokens of your login service in {names}"
    name = "NOTIFYD_JWT_KEYS_DIR" if settings.jwt_secret is None else "NOTIFYD_JWT_SECRET"
    return f", with the same {name}"


def _data_dir(settings: "Settings") -> str:
    from notifyd.settings import Settings as Defaults

    if settings.data_dir == Defaults().data_dir:
        return ""
    return f"NOTIFYD_DATA_DIR={shlex.quote(str(Path(settings.data_dir).expanduser().absolute()))} "


def called_as(program: str) -> str:
    """How to call this program again: by its name if the shell finds it, else as it was called."""
    from shutil import which

    path = Path(program)
    if path.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m notifyctl"
    found = which(path.name)
    if found is not None and Path(found).absolute() == path.absolute():
        return path.name
    return shlex.quote(program)
