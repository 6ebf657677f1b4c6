"""`notifyctl token`: issue tokens, look into them, and make the keys that sign them."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from notifyctl.cli.options import Json, to_level, to_seconds
from notifyctl.cli.output import as_json, emit, say
from notifyctl.cli.signing import key_in, local_key, only_for
from notifyctl.cli.target import local_settings
from notifyctl.errors import FAILED, UsageError

app = typer.Typer(help="Issue and inspect tokens.", no_args_is_help=True)


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
    key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Sign with this private key (PEM) or secret instead."),
    ] = None,
    kid: Annotated[
        str | None, typer.Option(metavar="ID", help="What the server calls the key of --key.")
    ] = None,
    algorithm: Annotated[
        str | None, typer.Option(metavar="NAME", help="One of the key's algorithms. [the first]")
    ] = None,
) -> None:
    """Print a new token, and nothing else.

    It is signed with the secret of the server on this machine: NOTIFYD_JWT_SECRET, or the
    one in its data directory. An API key is a token that lasts:

    \b
      notifyctl token issue backend --scope publish --ttl 365d

    A server that has only public keys signs nothing; whoever has the private key does:

    \b
      notifyctl token issue alice --key login.pem
    """
    import secrets
    import time

    from notifyctl.wire import TOPIC, is_user
    from notifyd import auth

    if not is_user(user):
        raise UsageError(problem=f"{user!r} cannot be a user; choose a name such as alice.")
    scopes = " ".join(scope or ["subscribe"]).split()
    if unknown := [word for word in scopes if word not in auth.SCOPES]:
        known = ", ".join(auth.SCOPES)
        raise UsageError(problem=f"There is no scope {unknown[0]!r}; scopes are {known}.")
    if kid is not None and key is None:
        raise UsageError(problem="--kid goes with --key; the server's own keys have their names.")
    settings = local_settings()
    signer = local_key(settings) if key is None else key_in(key, kid)
    token = auth.issue(
        signer if algorithm is None else only_for(signer, algorithm),
        user,
        scopes=scopes,
        topics=[glob.removeprefix(TOPIC) for glob in topic or []],
        max_level=None if max_level is None else to_level(max_level),
        now=time.time(),
        ttl_seconds=to_seconds(ttl),
        token_id=secrets.token_hex(8),
        **auth.addressee(settings),
    )
    emit(token)


@app.command()
def keygen(
    algorithm: Annotated[
        str,
        typer.Option(metavar="NAME", help="HS256, RS256, PS256, ES256, ... or EdDSA. [HS256]"),
    ] = "HS256",
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep it there, with its public key as .pub.pem."),
    ] = None,
) -> None:
    """Make a new secret, or a private key and its public key.

    A secret is for NOTIFYD_JWT_SECRET:

    \b
      export NOTIFYD_JWT_SECRET="$(notifyctl token keygen)"

    Of a key pair, the private key stays with whoever issues tokens, and the server gets
    the public key. A file that is there already is never overwritten:

    \b
      notifyctl token keygen --algorithm ES256 --out login.pem
      export NOTIFYD_JWT_PUBLIC_KEY_FILE=login.pub.pem
    """
    from notifyctl.cli.keygen import keep, new_key, public_path
    from notifyd.keys import ALGORITHMS

    if algorithm not in ALGORITHMS:
        known = ", ".join(ALGORITHMS)
        raise UsageError(problem=f"There is no algorithm {algorithm!r}; choose one of {known}.")
    secret, public = new_key(algorithm)
    if out is None:
        emit((secret + (public or "")).removesuffix("\n"))
        return
    keep(out, secret, public)
    if public is None:
        say(f"The secret is in {out}; the server finds it with NOTIFYD_JWT_SECRET_FILE={out}")
        return
    say(f"The private key is in {out}: whoever has it can issue tokens.")
    say(f"The public key is for the server: NOTIFYD_JWT_PUBLIC_KEY_FILE={public_path(out)}")


@app.command()
def inspect(
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="The token, or - to read it.")],
    json: Json = False,
) -> None:
    """Show what a token says, and why it would be refused.

    It is held against the keys of the server on this machine, if there are any. Ends with
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
