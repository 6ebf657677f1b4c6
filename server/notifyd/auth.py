"""Tokens: who is calling, and what it may do."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypedDict, get_args

import jwt
import msgspec

from notifyctl.errors import Forbidden, TokenExpired, TokenInvalid
from notifyctl.wire import ME, TOPIC, Level, is_name
from notifyd.settings import Settings

HMAC: Final = ("HS256", "HS384", "HS512")
SCOPES: Final = ("subscribe", "publish", "admin")
MIN_SECRET_BYTES: Final = 32
MAX_TOKEN_BYTES: Final = 8192
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
        """How many milliseconds the token is good for, without the leeway."""
        return max(0, int((self.expires_at - now) * 1000))

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


class Verifier:
    """Checks tokens against one secret and a fixed list of algorithms."""

    def __init__(
        self,
        secret: bytes,
        *,
        algorithms: Sequence[str] = HMAC,
        audience: str | None = None,
        issuer: str | None = None,
    ) -> None:
        self._key = _hmac_key(secret)
        self._algorithms = list(algorithms)
        self._audience = audience
        self._issuer = issuer
        self._known: dict[str, tuple[Identity, float]] = {}

    def verify(self, token: str, now: float) -> Identity:
        """The token's identity. Raises `TokenInvalid` with the reason, or `TokenExpired`."""
        identity, not_before = self._known.get(token) or self._check(token)
        if identity.expires_at + LEEWAY_SECONDS <= now:
            raise TokenExpired
        if not_before > now + LEEWAY_SECONDS:
            raise TokenInvalid(reason="it is not valid yet")
        return identity

    def _check(self, token: str) -> tuple[Identity, float]:
        claims = self.claims(token)
        checked = identity_from(claims, token), _seconds(claims, "nbf")
        # Remembered, because a backend sends one token with each of its thousand requests a
        # second, and to check a signature costs more than all the rest of a small request.
        if len(self._known) >= REMEMBERED_TOKENS:
            del self._known[next(iter(self._known))]
        self._known[token] = checked
        return checked

    def claims(self, token: str) -> Mapping[str, Any]:
        """The claims of a token whose signature, audience and issuer are right."""
        if len(token) > MAX_TOKEN_BYTES:
            raise TokenInvalid(reason="it is larger than 8 KiB")
        try:
            return jwt.decode(
                token,
                self._key,
                algorithms=self._algorithms,
                audience=self._audience,
                issuer=self._issuer,
                # Time is the caller's: `verify` checks against its `now`.
                options={
                    "require": ["sub", "exp"],
                    "verify_aud": self._audience is not None,
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except jwt.InvalidSignatureError:
            raise TokenInvalid(reason="its signature is not from this server's key") from None
        except jwt.InvalidAlgorithmError:
            allowed = ", ".join(self._algorithms)
            raise TokenInvalid(reason=f"its algorithm is not one of {allowed}") from None
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise TokenInvalid(reason=_one_line(error)) from None


def identity_from(claims: Mapping[str, Any], token: str) -> Identity:
    """The identity that verified claims describe. Raises `TokenInvalid` for a malformed claim."""
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
        token_id=str(claims.get("jti") or hashlib.sha256(token.encode()).hexdigest()[:16]),
    )


def issue(
    secret: bytes,
    user: str,
    *,
    scopes: Sequence[str],
    now: float,
    ttl_seconds: float,
    token_id: str,
    topics: Sequence[str] = (),
    max_level: Level | None = None,
    algorithm: str = "HS256",
    audience: str | None = None,
    issuer: str | None = None,
) -> str:
    """A signed token. The scopes are joined by spaces; what is not given is left out."""
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
    return jwt.encode(claims, _hmac_key(secret), algorithm=algorithm)


class Signing(TypedDict):
    """How a server's tokens are signed, and for whom; arguments of `issue`."""

    algorithm: str
    audience: str | None
    issuer: str | None


def signing(settings: Settings) -> Signing:
    """What makes a server with these settings accept a token that is signed with its secret."""
    return Signing(
        algorithm=settings.jwt_algorithms[0],
        audience=settings.jwt_audience,
        issuer=settings.jwt_issuer,
    )


def _hmac_key(secret: bytes) -> bytes:
    # HMAC fills a key up with zeros by itself. Filled up here, 32 bytes are enough for HS512
    # in the eyes of PyJWT too, which would otherwise print a warning for every token.
    return secret.ljust(64, b"\0")


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**53:
        raise TokenInvalid(reason=f"`{name}` must be a number of seconds since 1970")
    return float(value)


def _one_line(error: Exception) -> str:
    return str(error).strip().rstrip(".").lower() or "it is not a JSON Web Token"
