"""What a token says, and what the server of this machine would say to it."""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from notifyctl.cli.output import as_json, in_words
from notifyctl.cli.target import local_settings
from notifyctl.errors import TokenExpired, TokenInvalid
from notifyd.auth import Verifier, addressee, checked
from notifyd.keyring import existing_keyring
from notifyd.token import read_claims, take_apart

EXPIRED: Final = "it has expired"
# Later, in seconds, than any time that a server takes.
FOREVER: Final = 2**53


@dataclass(frozen=True)
class Findings:
    """What a token says, and what a server says to it.

    A part that cannot be read is None, `expires_in_s` is negative afterwards, and `key` is the
    one that the token was held against.
    """

    header: Mapping[str, Any] | None
    claims: Mapping[str, Any] | None
    expires_in_s: float | None
    key: str | None
    signature_checked: bool
    refused: str | None

    def lines(self) -> list[str]:
        """The findings for people."""
        verdict = "accepted" if self.refused is None else f"refused: {self.refused}"
        if not self.signature_checked:
            verdict += " (the signature was not checked: there is no key here)"
        return [
            f"header   {_part(self.header)}",
            f"claims   {_part(self.claims)}",
            f"expires  {'never' if self.expires_in_s is None else in_words(self.expires_in_s)}",
            f"key      {self.key or '-'}",
            f"verdict  {verdict}",
        ]


def look_into(token: str, verifier: Verifier | None, now: float) -> Findings:
    """What a token says, and why it would be refused, if it would."""
    claims = _glimpse(token, 1)
    expiry = claims.get("exp") if claims is not None else None
    left = expiry - now if isinstance(expiry, int | float) and abs(expiry) < FOREVER else None
    return Findings(
        header=_glimpse(token, 0),
        claims=claims,
        expires_in_s=left,
        key=None if verifier is None else _key(token, verifier),
        signature_checked=verifier is not None,
        refused=_refusal(token, verifier, now),
    )


def local_verifier() -> Verifier | None:
    """What checks tokens in the server of this machine, if its keys are found."""
    settings = local_settings()
    keyring = existing_keyring(settings)
    return None if keyring is None else Verifier(keyring.keys, **addressee(settings))


def user_of(token: str) -> str | None:
    """Whose token it says it is; None if that cannot be read."""
    claims = _glimpse(token, 1)
    owner = None if claims is None else claims.get("sub")
    return owner if isinstance(owner, str) else None


def _refusal(token: str, verifier: Verifier | None, now: float) -> str | None:
    try:
        if verifier is not None:
            verifier.verify(token, now)
        else:
            payload = take_apart(token).payload
            checked(read_claims(payload), payload).at(now)
    except TokenInvalid as error:
        return str(error.details["reason"])
    except TokenExpired:
        return EXPIRED
    return None


def _key(token: str, verifier: Verifier) -> str | None:
    try:
        return str(verifier.key_for(token))
    except TokenInvalid:
        return None


def _glimpse(token: str, place: int) -> Mapping[str, Any] | None:
    """The header or the claims, as far as they can be read: also of a token that is damaged."""
    parts = token.split(".")
    try:
        said = msgspec.json.decode(urlsafe_b64decode(parts[place] + "=" * (-len(parts[place]) % 4)))
    except (IndexError, ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _part(said: Mapping[str, Any] | None) -> str:
    return "cannot be read" if said is None else as_json(said)
