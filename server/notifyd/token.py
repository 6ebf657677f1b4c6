"""A token taken apart: what it says, before anybody believes it."""

import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn

import jwt
import msgspec

from notifyctl.errors import TokenInvalid
from notifyd.keys import shown

MAX_TOKEN_BYTES: Final = 8192

_JWS: Final = jwt.PyJWS()
# Of another token within this one.
_NESTED: Final = frozenset({"JWT", "APPLICATION/JWT"})


class Parts(msgspec.Struct, frozen=True):
    """A token's header, what was signed, the claims as they travelled, and the signature."""

    header: Mapping[str, Any]
    signed: bytes
    payload: bytes
    signature: bytes


def take_apart(token: str) -> Parts:
    """The parts of a token, whoever signed it. Raises `TokenInvalid` for what is no token."""
    if len(token) > MAX_TOKEN_BYTES:
        raise TokenInvalid(reason="it is larger than 8 KiB")
    if not token.isascii():
        raise TokenInvalid(reason="it contains characters that no token has")
    count = token.count(".") + 1
    if count == 5:
        raise TokenInvalid(reason="it is encrypted (a JWE), and only signed tokens are read")
    if count != 3:
        reason = f"a token has three parts, and this has {count}; perhaps it was cut off"
        raise TokenInvalid(reason=reason)
    try:
        # The signature is checked by the key that the header leads to: `Verifier`.
        parts = _JWS.decode_complete(token, options={"verify_signature": False})
    except jwt.DecodeError as error:
        raise TokenInvalid(reason=f"it is damaged or cut off ({_words(error)})") from None
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise TokenInvalid(reason=f"its header is not in order ({_words(error)})") from None
    _require_plain(parts["header"])
    signed = token.rpartition(".")[0].encode()
    return Parts(parts["header"], signed, parts["payload"], parts["signature"])


def read_claims(payload: bytes) -> Mapping[str, Any]:
    """The claims. Raises `TokenInvalid` for what is no object of JSON, or names a thing twice."""
    try:
        claims = _CLAIMS.decode(payload.decode())
    except (ValueError, RecursionError):
        raise TokenInvalid(reason="its claims are not valid JSON") from None
    if not isinstance(claims, dict):
        raise TokenInvalid(reason="its claims are not an object of JSON")
    return claims


def _require_plain(header: Mapping[str, Any]) -> None:
    if "crit" in header:
        raise TokenInvalid(reason="its header asks for what this server does not do (`crit`)")
    if str(header.get("cty", "")).upper() in _NESTED:
        raise TokenInvalid(reason="it holds another token (`cty`), and nested tokens are not read")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Two readers of one token must not see two different users in it.
    claims = dict(pairs)
    if len(claims) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise TokenInvalid(reason=f"its claims name {shown(twice)!r} twice")
    return claims


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


_CLAIMS: Final = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_number)


def _words(error: Exception) -> str:
    return shown(str(error).strip().rstrip(".").lower())
