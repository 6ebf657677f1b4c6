"""`notifyctl token`: issue tokens, look into them, and make the secret that signs them."""

import sys
from dataclasses import asdict
from typing import Annotated, Final

import typer

from notifyctl.cli.options import Json, to_level, to_seconds
from notifyctl.cli.output import as_json, emit
from notifyctl.cli.target import local_settings
from notifyctl.errors import FAILED, SecretMissing, UsageError

app = typer.Typer(help="Issue and inspect tokens.", no_args_is_help=True)

# As long as the hash: more adds nothing, less is what RFC 7518 forbids.
KEY_BYTES: Final = {"HS256": 32, "HS384": 48, "HS512": 64}


@app.command()
def issue(
    user: Annotated[str, typer.Argument(metavar="USER", help="Whom the token stands for.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(metavar="SCOPE", help="subscribe, publish or admin; repeatable. [subscribe]"),
    ] = None,
    ttl: Annotated[
        str, typer.Option(metavar="TIME", help="How long it is valid: 90s, 15m, 365d.")
    ] = "1h",
    topic: Annotated[
        list[str] | None,
        typer.Option(metavar="GLOB", help="Topics to follow and to send to; repeatable. [none]"),
    ] = None,
    max_level: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="The highest level to send. [high]")
    ] = None,
) -> None:
    """Print a new token, and nothing else.

    It is signed with the secret of the server on this machine: NOTIFYD_JWT_SECRET, or the
    one in its data directory. An API key is a token that lasts:

    \b
      notifyctl token issue backend --scope publish --ttl 365d
    """
    import secrets
    import time

    from notifyctl.wire import TOPIC, is_user
    from notifyd import auth
    from notifyd.secret import existing_secret, secret_path

    if not is_user(user):
        raise UsageError(problem=f"{user!r} cannot be a user; choose a name such as alice.")
    scopes = " ".join(scope or ["subscribe"]).split()
    if unknown := [word for word in scopes if word not in auth.SCOPES]:
        known = ", ".join(auth.SCOPES)
        raise UsageError(problem=f"There is no scope {unknown[0]!r}; scopes are {known}.")
    settings = local_settings()
    secret = existing_secret(settings)
    if secret is None:
        raise SecretMissing(path=secret_path(settings))
    token = auth.issue(
        secret.value,
        user,
        scopes=scopes,
        topics=[glob.removeprefix(TOPIC) for glob in topic or []],
        max_level=None if max_level is None else to_level(max_level),
        now=time.time(),
        ttl_seconds=to_seconds(ttl),
        token_id=secrets.token_hex(8),
        **auth.signing(settings),
    )
    emit(token)


@app.command()
def keygen(
    algorithm: Annotated[
        str, typer.Option(metavar="NAME", help="HS256, HS384 or HS512. [HS256]")
    ] = "HS256",
) -> None:
    """Print a new secret for NOTIFYD_JWT_SECRET.

    \b
      export NOTIFYD_JWT_SECRET="$(notifyctl token keygen)"
    """
    from notifyd.secret import new_secret

    if algorithm not in KEY_BYTES:
        known = ", ".join(KEY_BYTES)
        raise UsageError(problem=f"There is no algorithm {algorithm!r}; choose one of {known}.")
    emit(new_secret(KEY_BYTES[algorithm]))


@app.command()
def inspect(
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="The token, or - to read it.")],
    json: Json = False,
) -> None:
    """Show what a token says, and why it would be refused.

    It is held against the secret of the server on this machine, if there is one. Ends with
    status 1 for a token that would be refused.
    """
    import time

    from notifyctl.cli.inspection import local_verifier, look_into

    given = sys.stdin.readline() if token == "-" else token  # noqa: S105 - the name of stdin
    findings = look_into(given.strip(), local_verifier(), time.time())
    if json:
        emit(as_json(asdict(findings)))
    else:
        for line in findings.lines():
            emit(line)
    if findings.refused is not None:
        raise typer.Exit(FAILED)
