"""What a token says, and what the server of this machine would say to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

import jwt

from notifyctl.cli.output import as_json, in_words
from notifyctl.cli.target import local_settings
from notifyctl.errors import TokenExpired, TokenInvalid, UsageError
from notifyd.auth import LEEWAY_SECONDS, Verifier, identity_from
from notifyd.secret import existing_secret

EXPIRED: Final = "it has expired"


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


def look_into(token: str, verifier: Verifier | None, now: float) -> Findings:
    """What a token says. Raises `UsageError` for what is no token at all."""
    header, claims = unverified(token)
    expiry = claims.get("exp")
    left = expiry - now if isinstance(expiry, int | float) and isfinite(expiry) else None
    try:
        if verifier is not None:
            verifier.verify(token, now)
        elif identity_from(claims, token).expires_at + LEEWAY_SECONDS <= now:
            return Findings(header, claims, left, False, EXPIRED)
    except TokenInvalid as error:
        reason = str(error.details["reason"])
        return Findings(header, claims, left, verifier is not None, reason)
    except TokenExpired:
        return Findings(header, claims, left, True, EXPIRED)
    return Findings(header, claims, left, verifier is not None, None)


def local_verifier() -> Verifier | None:
    """What checks tokens in the server of this machine, if its secret is found."""
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
    try:
        parts = jwt.decode_complete(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        reason = str(error).rstrip(".").lower()
        raise UsageError(problem=f"This is not a JSON Web Token: {reason}.") from None
    return parts["header"], parts["payload"]


def user_of(token: str) -> str | None:
    """Whose token it says it is; None if that cannot be read."""
    try:
        owner = unverified(token)[1].get("sub")
    except UsageError:
        return None
    return owner if isinstance(owner, str) else None
