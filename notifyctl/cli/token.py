"""`notifyctl token`: issue tokens, look into them, and make the secret that signs them."""

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from notifyctl.cli.options import Json, to_level, to_seconds
from notifyctl.cli.output import as_json, emit
from notifyctl.cli.target import local_settings
from notifyctl.errors import FAILED, SecretMissing, TokenExpired, TokenInvalid, UsageError

if TYPE_CHECKING:
    from notifyd.auth import Verifier

app = typer.Typer(help="Issue and inspect tokens.", no_args_is_help=True)

# As long as the hash: more adds nothing, less is what RFC 7518 forbids.
KEY_BYTES: Final = {"HS256": 32, "HS384": 48, "HS512": 64}
UNITS: Final = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


@app.command()
def issue(
    user: Annotated[str, typer.Argument(metavar="USER", help="Whom the token stands for.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(metavar="SCOPE", help="subscribe, publish or admin; repeatable. [subscribe]"),
    ] = None,
    ttl: Annotated[
        str, typer.Option(metavar="TIME", help="How long it is valid: 90s, 15m, 365d. [1h]")
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

    from notifyctl.wire import ME, TOPIC, is_name
    from notifyd import auth
    from notifyd.secret import existing_secret, secret_path

    if not is_name(user) or user == ME or user.startswith(TOPIC):
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
        algorithm=settings.jwt_algorithms[0],
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
    """Show what a token says, and whether the server of this machine would refuse it.

    Ends with status 1 if it would. The signature is checked if the server's secret is found.
    """
    import time

    text = (sys.stdin.readline() if token == "-" else token).strip()
    findings = look_into(text, local_verifier(), time.time())
    if json:
        emit(as_json(asdict(findings)))
    else:
        for line in findings.lines():
            emit(line)
    if findings.refused is not None:
        raise typer.Exit(FAILED)


@dataclass(frozen=True)
class Findings:
    """What a token says, and what a server says to it. `expires_in_s` is negative afterwards."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    expires_in_s: float | None
    signature_checked: bool
    refused: str | None

    def lines(self) -> list[str]:
        """The findings for people."""
        verdict = "accepted" if self.refused is None else f"refused: {self.refused}"
        if not self.signature_checked:
            verdict += " (the signature was not checked: there is no secret here)"
        return [
            f"header   {as_json(self.header)}",
            f"claims   {as_json(self.claims)}",
            f"expires  {'never' if self.expires_in_s is None else in_words(self.expires_in_s)}",
            f"verdict  {verdict}",
        ]


def look_into(token: str, verifier: "Verifier | None", now: float) -> Findings:
    """What a token says. Raises `UsageError` for what is no token at all."""
    from notifyd import auth

    header, claims = unverified(token)
    refused = None
    try:
        if verifier is not None:
            verifier.verify(token, now)
        elif auth.identity_from(claims, token).expires_at + auth.LEEWAY_SECONDS <= now:
            raise TokenExpired
    except TokenInvalid as error:
        refused = str(error.details["reason"])
    except TokenExpired:
        refused = "it has expired"
    expiry = claims.get("exp")
    left = expiry - now if isinstance(expiry, int | float) and isfinite(expiry) else None
    return Findings(header, claims, left, verifier is not None, refused)


def local_verifier() -> "Verifier | None":
    """What checks tokens in the server of this machine, if its secret is found."""
    from notifyd.auth import Verifier
    from notifyd.secret import existing_secret

    settings = local_settings()
    secret = existing_secret(settings)
    if secret is None:
        return None
    return Verifier(
        secret.value,
        algorithms=settings.jwt_algorithms,
        audience=settings.jwt_audience,
        issuer=settings.jwt_issuer,
    )


def unverified(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """A token's header and claims, whoever signed it. Raises `UsageError` for anything else."""
    import jwt

    try:
        parts = jwt.decode_complete(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        reason = str(error).rstrip(".").lower()
        raise UsageError(problem=f"This is not a JSON Web Token: {reason}.") from None
    return parts["header"], parts["payload"]


def in_words(seconds: float) -> str:
    """`in 59 minutes`, `3 days ago`: the largest unit that fits, rounded down."""
    size, name = next((unit for unit in UNITS if abs(seconds) >= unit[0]), UNITS[-1])
    count = int(abs(seconds) // size)
    words = f"{count} {name}{'' if count == 1 else 's'}"
    return f"in {words}" if seconds >= 0 else f"{words} ago"
