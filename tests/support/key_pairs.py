"""Real key pairs of every kind, made once per run: an RSA key takes its time."""

from dataclasses import replace
from functools import cache
from typing import Final

from notifyctl.cli.keygen import new_key
from notifyd.keys import CURVES, EDWARDS, RSA, Key, private_key, public_key

ASYMMETRIC: Final = (*RSA, *CURVES.values(), *EDWARDS)


def key_pair(algorithm: str, number: int = 1) -> tuple[str, str]:
    """A private and a public key as PEM; another `number` is another pair."""
    # One RSA key is for all of the RSA algorithms.
    return _made(RSA[0] if algorithm in RSA else algorithm, number)


@cache
def _made(algorithm: str, _number: int) -> tuple[str, str]:
    private_pem, public_pem = new_key(algorithm)
    assert public_pem is not None
    return private_pem, public_pem


def private(algorithm: str, key_id: str | None = None, number: int = 1) -> Key:
    """What signs with this algorithm, and with no other."""
    return replace(private_key(key_pair(algorithm, number)[0], key_id), algorithms=(algorithm,))


def public(algorithm: str, key_id: str | None = None, number: int = 1) -> Key:
    """What a server checks such tokens with."""
    return public_key(key_pair(algorithm, number)[1], key_id)
