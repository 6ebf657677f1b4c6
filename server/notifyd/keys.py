"""Keys: what tokens are signed and checked with, each bound to the algorithms it is for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey, Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from jwt import InvalidKeyError
from jwt.algorithms import HMACAlgorithm, get_default_algorithms

from notifyctl.errors import TokenInvalid

PublicKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey | Ed448PublicKey
PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey | Ed448PrivateKey

HMAC: Final = ("HS256", "HS384", "HS512")
RSA: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
CURVES: Final = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
EDWARDS: Final = ("EdDSA",)
ALGORITHMS: Final = (*HMAC, *RSA, *CURVES.values(), *EDWARDS)

KINDS: Final = "it is none of the kinds that sign tokens: RSA, P-256, P-384, P-521, Ed25519, Ed448"

MIN_SECRET_BYTES: Final = 32
MIN_RSA_BITS: Final = 2048
SHOWN_LETTERS: Final = 40

_LABEL: Final = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")
_CHECKS: Final = get_default_algorithms()


@dataclass(frozen=True)
class Key:
    """A secret, a public or a private key. What it is decides what it can do, never a token.

    The `id` is the `kid` in the header of its tokens. The material is never shown.
    """

    kind: str
    algorithms: tuple[str, ...]
    material: bytes | PublicKey | PrivateKey = field(repr=False)
    id: str | None = None

    def __str__(self) -> str:
        return self.kind if self.id is None else f"{self.kind} {self.id!r}"

    @property
    def can_sign(self) -> bool:
        """Whether tokens can be signed with it."""
        return isinstance(self.material, bytes | PrivateKey)

    def made(self, signature: bytes, signed: bytes, algorithm: str) -> bool:
        """Whether this key made the signature; `algorithm` is one of the key's own."""
        return _CHECKS[algorithm].verify(signed, self.material, signature)


def secret_key(secret: bytes, key_id: str | None = None) -> Key:
    """A shared secret as a key. Raises `ValueError` with what is wrong with it."""
    try:
        HMACAlgorithm(HMACAlgorithm.SHA256).prepare_key(secret or b"?")
    except InvalidKeyError:
        # Whoever knows a public key could sign with it, were it taken for a secret.
        raise ValueError(
            "it looks like a key pair's key, not like a secret; a public key belongs into "
            "NOTIFYD_JWT_PUBLIC_KEY or into a file KID.pem of NOTIFYD_JWT_KEYS_DIR"
        ) from None
    if len(secret) < MIN_SECRET_BYTES:
        raise ValueError(
            f"it has {len(secret)} bytes and needs at least {MIN_SECRET_BYTES}; "
            "`notifyctl token keygen` prints a good one"
        )
    return Key("HMAC secret", HMAC, secret, key_id)


def public_key(pem: str, key_id: str | None = None) -> Key:
    """A public key from its PEM text. Raises `ValueError` with what is wrong with it."""
    labels = _LABEL.findall(pem)
    if any(label.endswith("PRIVATE KEY") for label in labels):
        raise ValueError(
            "it is a private key, which could sign tokens and does not belong on this server; "
            "give it what `openssl pkey -in FILE -pubout` prints"
        )
    if "CERTIFICATE" in labels:
        raise ValueError(
            "it is a certificate; give the key that `openssl x509 -in FILE -pubkey -noout` prints"
        )
    if not labels:
        raise ValueError("it is no PEM text, which begins with -----BEGIN PUBLIC KEY-----")
    if len(labels) > 1:
        raise ValueError(
            f"it holds {len(labels)} keys; put each into a file of its own, KID.pem, "
            "and name their directory in NOTIFYD_JWT_KEYS_DIR"
        )
    try:
        # In a variable, the lines of a PEM text often stand with \n between them.
        material = load_pem_public_key(pem.replace("\\n", "\n").encode())
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("it cannot be read as a public key; perhaps it was cut off") from None
    if not isinstance(material, PublicKey):
        raise ValueError(KINDS)  # noqa: TRY004 - it is the value of a setting
    kind, algorithms = _family(material)
    return Key(f"{kind} public key", algorithms, material, key_id)


def private_key(pem: str, key_id: str | None = None) -> Key:
    """A private key from its PEM text. Raises `ValueError` with what is wrong with it."""
    if not any(label.endswith("PRIVATE KEY") for label in _LABEL.findall(pem)):
        raise ValueError("only a private key signs, and it begins with -----BEGIN PRIVATE KEY-----")
    try:
        material = load_pem_private_key(pem.encode(), password=None)
    except TypeError:
        raise ValueError(
            "it is encrypted; `openssl pkey -in FILE` asks for its password and prints it"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("it cannot be read as a private key; perhaps it was cut off") from None
    if not isinstance(material, PrivateKey):
        raise ValueError(KINDS)  # noqa: TRY004 - it is what stands in a file
    kind, algorithms = _family(material.public_key())
    return Key(f"{kind} private key", algorithms, material, key_id)


def _family(public: PublicKey) -> tuple[str, tuple[str, ...]]:
    match public:
        case RSAPublicKey(key_size=bits) if bits < MIN_RSA_BITS:
            raise ValueError(f"it has {bits} bits, and RSA needs at least {MIN_RSA_BITS}")
        case RSAPublicKey():
            return "RSA", RSA
        case Ed25519PublicKey():
            return "Ed25519", EDWARDS
        case Ed448PublicKey():
            return "Ed448", EDWARDS
        case EllipticCurvePublicKey(curve=curve) if curve.name in CURVES:
            return f"P-{curve.key_size}", (CURVES[curve.name],)
    raise ValueError(KINDS)


def limited(keys: Sequence[Key], algorithms: Sequence[str]) -> tuple[Key, ...]:
    """The keys, each only for those of its algorithms that are in the list; an empty one is all.

    Raises `ValueError` when a key is left with none, or an algorithm has no key.
    """
    if not algorithms:
        return tuple(keys)
    for algorithm in algorithms:
        if not any(algorithm in key.algorithms for key in keys):
            have = " and ".join(str(key) for key in keys)
            raise ValueError(f"no key is for {algorithm}; there is: {have}")
    chosen = [
        replace(key, algorithms=tuple(name for name in algorithms if name in key.algorithms))
        for key in keys
    ]
    for key, before in zip(chosen, keys, strict=True):
        if not key.algorithms:
            rest = ", ".join(before.algorithms)
            raise ValueError(f"{key} could not be used; add one of {rest}, or remove the key")
    return tuple(chosen)


class Keys:
    """The keys of one server. The token's header says which one to hold it against."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._keys = tuple(keys)
        self._named = {key.id: key for key in self._keys if key.id is not None}
        self._for: dict[str, list[Key]] = {}
        for key in self._keys:
            for algorithm in key.algorithms:
                self._for.setdefault(algorithm, []).append(key)

    def choose(self, header: Mapping[str, Any]) -> tuple[Key, str]:
        """The one key for a token with this header, and its algorithm.

        A key without an id stands for tokens that name none, and for all tokens where no key
        has an id. Raises `TokenInvalid` when there is no such key, or more than one.
        """
        algorithm, key_id = header.get("alg"), header.get("kid")
        if not isinstance(algorithm, str) or algorithm not in self._for:
            raise TokenInvalid(reason=f"its algorithm is not one of {', '.join(self._for)}")
        if key_id is not None and self._named:
            return self._called(key_id, algorithm), algorithm
        fitting = self._for[algorithm]
        only = next((key for key in fitting if key.id is None), fitting[0])
        if only.id is not None and len(fitting) > 1:
            reason = f"it names no key (`kid`), and {len(fitting)} keys are for {algorithm}"
            raise TokenInvalid(reason=reason)
        return only, algorithm

    def _called(self, key_id: str, algorithm: str) -> Key:
        key = self._named.get(key_id)
        if key is None:
            raise TokenInvalid(reason=f"there is no key {shown(key_id)!r} (`kid`) on this server")
        if algorithm not in key.algorithms:
            own = ", ".join(key.algorithms)
            raise TokenInvalid(reason=f"its algorithm is {algorithm}, and {key} is for {own}")
        return key


def shown(text: str) -> str:
    """What a stranger wrote, as it may be repeated: a few letters, and none that are not seen."""
    return "".join(letter for letter in text if letter.isprintable())[:SHOWN_LETTERS]
