"""Tokens: who is calling, and what it may do."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypedDict, get_args

import jwt
import msgspec

from notifyctl.errors import Forbidden, TokenExpired, TokenInvalid
from notifyctl.wire import ME, TOPIC, Level, is_name
from notifyd.keys import Key, Keys, PrivateKey
from notifyd.settings import Settings
from notifyd.token import read_claims, take_apart

SCOPES: Final = ("subscribe", "publish", "admin")
MAX_TOKEN_ID: Final = 256
REMEMBERED_TOKENS: Final = 1024
LEEWAY_SECONDS: Final = 10.0


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """The caller, as its token names it. Times are seconds since 1970."""

    user: str
    scopes: frozenset[str]
    topics: tuple[str, ...]
    max_level: Level
    issued_at: float
    expires_at: float
    token_id: str

    @property
    def is_admin(self) -> bool:
        """Whether the token may act for everybody."""
        return "admin" in self.scopes

    def may(self, scope: str) -> bool:
        """Whether the token carries the scope; `admin` carries all."""
        return scope in self.scopes or self.is_admin

    def left_ms(self, now: float) -> int:
        """How many milliseconds the token is good for, without the leeway: no more than travel."""
        return min(2**53 - 1, max(0, int((self.expires_at - now) * 1000)))

    def require(self, scope: str) -> None:
        """Raise `Forbidden` unless the token carries the scope."""
        if not self.may(scope):
            raise Forbidden(reason=f"it needs the scope {scope!r}")

    def require_topic(self, stream: str) -> None:
        """Raise `Forbidden` unless the token's `topics` allow this `topic:<name>`."""
        name = stream.removeprefix(TOPIC)
        if not any(matches(glob, name) for glob in self.topics):
            raise Forbidden(reason=f"its topics do not include {name!r}")

    def require_user(self, user: str) -> None:
        """Raise `Forbidden` unless the caller is this user with `subscribe`, or an admin."""
        if user != self.user and not self.is_admin:
            raise Forbidden(reason=f"it is not a token of {user!r}")
        self.require("subscribe")


def matches(glob: str, name: str) -> bool:
    """Whether a topic name fits a glob, in which `*` stands for any characters."""
    return _pattern(glob).fullmatch(name) is not None


@lru_cache(maxsize=4096)
def _pattern(glob: str) -> re.Pattern[str]:
    first, *rest = map(re.escape, glob.split("*"))
    if not rest:
        return re.compile(first)
    # Each part is taken where it first occurs and for good (an atomic group): with
    # backtracking, a few stars would keep the server busy for minutes.
    between = "".join(f"(?>.*?{part})" for part in rest[:-1])
    return re.compile(f"{first}{between}.*{rest[-1]}", re.DOTALL)


class Checked(msgspec.Struct, frozen=True):
    """Whom a token names, and since when it holds, in seconds since 1970."""

    identity: Identity
    not_before: float

    def at(self, now: float) -> Identity:
        """The identity. Raises `TokenExpired` after its time, and `TokenInvalid` before it."""
        if self.identity.expires_at + LEEWAY_SECONDS <= now:
            raise TokenExpired
        if self.not_before > now + LEEWAY_SECONDS:
            raise TokenInvalid(reason="it is not valid yet")
        return self.identity


class Verifier:
    """Checks tokens against the keys of one server."""

    def __init__(
        self, keys: Iterable[Key], *, audience: str | None = None, issuer: str | None = None
    ) -> None:
        self._keys = Keys(keys)
        self._audience = audience
        self._issuer = issuer
        # Remembered, because a backend sends one token with each of its thousand requests a
        # second, and to check a signature costs more than all the rest of a small request.
        self._remembered = lru_cache(REMEMBERED_TOKENS)(self._check)

    def verify(self, token: str, now: float) -> Identity:
        """The token's identity. Raises `TokenInvalid` with the reason, or `TokenExpired`."""
        return self._remembered(token).at(now)

    def key_for(self, token: str) -> Key:
        """The key that a token is held against. Raises `TokenInvalid` if there is none."""
        return self._keys.choose(take_apart(token).header)[0]

    def _check(self, token: str) -> Checked:
        parts = take_apart(token)
        # The key is chosen first, and only among its own algorithms: a token that says HS256
        # is never held against a public key, which everybody may know.
        key, algorithm = self._keys.choose(parts.header)
        if not parts.signature:
            raise TokenInvalid(reason="it carries no signature; perhaps it was cut off")
        if not key.made(parts.signature, parts.signed, algorithm):
            name = "" if key.id is None else f" {key.id!r}"
            raise TokenInvalid(reason=f"its signature is not from this server's key{name}")
        claims = read_claims(parts.payload)
        self._require_addressee(claims)
        return checked(claims, parts.payload)

    def _require_addressee(self, claims: Mapping[str, Any]) -> None:
        audience = claims.get("aud")
        meant = audience if isinstance(audience, list) else [audience]
        if self._audience is not None and self._audience not in meant:
            raise TokenInvalid(reason=f"its `aud` is not {self._audience!r}")
        if self._issuer is not None and claims.get("iss") != self._issuer:
            raise TokenInvalid(reason=f"its `iss` is not {self._issuer!r}")


def checked(claims: Mapping[str, Any], payload: bytes) -> Checked:
    """What claims say, which stand in this payload. Raises `TokenInvalid` for a malformed one."""
    for name in ("sub", "exp"):
        if claims.get(name) is None:
            raise TokenInvalid(reason=f"it has no `{name}`")
    return Checked(_identity(claims, payload), _seconds(claims, "nbf"))


def _identity(claims: Mapping[str, Any], payload: bytes) -> Identity:
    user = claims["sub"]
    if not isinstance(user, str) or not is_name(user):
        raise TokenInvalid(reason="`sub` must be 1-128 bytes without control characters")
    if user == ME or user.startswith(TOPIC):
        raise TokenInvalid(reason=f"`sub` may not be {ME!r} or start with {TOPIC!r}")
    level = claims.get("max_level", "high")
    if level not in get_args(Level):
        raise TokenInvalid(reason="`max_level` must be low, normal, high or critical")
    topics = claims.get("topics", [])
    if not isinstance(topics, list) or not all(isinstance(topic, str) for topic in topics):
        raise TokenInvalid(reason="`topics` must be a list of strings")
    scope = claims.get("scope", "")
    if not isinstance(scope, str):
        raise TokenInvalid(reason="`scope` must be a string of words")
    return Identity(
        user=user,
        scopes=frozenset(scope.split()),
        topics=tuple(topics),
        max_level=level,
        issued_at=_seconds(claims, "iat"),
        expires_at=_seconds(claims, "exp"),
        # Of the claims, not of the whole token: its signature can be written in several ways.
        token_id=_token_id(claims) or hashlib.sha256(payload).hexdigest()[:16],
    )


def _token_id(claims: Mapping[str, Any]) -> str:
    token_id = claims.get("jti", "")
    if not isinstance(token_id, str) or len(token_id) > MAX_TOKEN_ID:
        raise TokenInvalid(reason=f"`jti` must be text of at most {MAX_TOKEN_ID} letters")
    return token_id


def issue(
    key: Key,
    user: str,
    *,
    scopes: Sequence[str],
    now: float,
    ttl_seconds: float,
    token_id: str,
    topics: Sequence[str] = (),
    max_level: Level | None = None,
    audience: str | None = None,
    issuer: str | None = None,
) -> str:
    """A token, signed with the first of the key's algorithms. What is not given is left out."""
    claims: dict[str, Any] = {
        "sub": user,
        "scope": " ".join(scopes),
        "iat": int(now),
        "exp": int(now + ttl_seconds),
        "jti": token_id,
    }
    if topics:
        claims["topics"] = list(topics)
    if max_level is not None:
        claims["max_level"] = max_level
    if audience is not None:
        claims["aud"] = audience
    if issuer is not None:
        claims["iss"] = issuer
    headers = None if key.id is None else {"kid": key.id}
    return jwt.encode(claims, _for_signing(key), algorithm=key.algorithms[0], headers=headers)


class Addressee(TypedDict):
    """For whom tokens are meant and who says so; arguments of `issue` and of `Verifier`."""

    audience: str | None
    issuer: str | None


def addressee(settings: Settings) -> Addressee:
    """What the tokens of a server with these settings must carry."""
    return Addressee(audience=settings.jwt_audience, issuer=settings.jwt_issuer)


def _for_signing(key: Key) -> bytes | PrivateKey:
    match key.material:
        case bytes(secret):
            # HMAC fills a key up with zeros by itself. Filled up here, 32 bytes are enough for
            # HS512 in the eyes of PyJWT too, which would otherwise print a warning.
            return secret.ljust(64, b"\0")
        case material if isinstance(material, PrivateKey):
            return material
    raise ValueError(f"{key} signs no tokens")


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**53:
        raise TokenInvalid(reason=f"`{name}` must be a number of seconds since 1970")
    return float(value)
