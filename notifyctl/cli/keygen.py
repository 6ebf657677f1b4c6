"""New keys for tokens: made here, and kept from the eyes of others."""

import os
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from notifyctl.errors import UsageError
from notifyd.keys import HMAC, MIN_RSA_BITS, RSA, PrivateKey
from notifyd.secret import new_secret

CURVES: Final = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}


def new_key(algorithm: str) -> tuple[str, str | None]:
    """A new secret, or a private key and its public key, as text that ends its last line."""
    if algorithm in HMAC:
        # As long as the hash: more adds nothing, less is what RFC 7518 forbids.
        return new_secret(int(algorithm[2:]) // 8) + "\n", None
    private = _private_key(algorithm)
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return secret.decode(), public.decode()


def _private_key(algorithm: str) -> PrivateKey:
    if algorithm in RSA:
        return rsa.generate_private_key(public_exponent=65537, key_size=MIN_RSA_BITS)
    if algorithm in CURVES:
        return ec.generate_private_key(CURVES[algorithm])
    return ed25519.Ed25519PrivateKey.generate()


def public_path(path: Path) -> Path:
    """Where the public key is kept: `login.pub.pem` beside `login.pem`."""
    return path.with_name(f"{path.name.removesuffix('.pem')}.pub.pem")


def keep(path: Path, secret: str, public: str | None) -> None:
    """Write a new key, readable by its owner alone, and its public key beside it.

    Raises `UsageError` rather than overwrite a file: what a lost key has signed is lost, too.
    """
    if not path.name:
        raise UsageError(problem=f"{path} is a directory; name a file in it.")
    beside = public_path(path)
    if public is not None and os.path.lexists(beside):
        raise UsageError(problem=f"{beside} is there already; choose another name.")
    _write(path, secret, 0o600)
    if public is not None:
        _write(beside, public, 0o644)


def _write(path: Path, text: str, mode: int) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(problem=f"{path} is there already; choose another name.") from None
    except OSError as error:
        raise UsageError(problem=f"{path} cannot be written: {error.strerror}.") from None
