"""What `notifyctl` signs tokens with: the secret of the server on this machine, or a key file."""

from pathlib import Path
from typing import TYPE_CHECKING

from notifyctl.errors import SecretMissing, SigningKeyMissing, UsageError

if TYPE_CHECKING:
    from notifyd.keys import Key
    from notifyd.settings import Settings


def local_key(settings: "Settings") -> "Key":
    """What the server with these settings signs with.

    Raises `SecretMissing` where no server left a secret, and `SigningKeyMissing` where all
    keys are public.
    """
    from notifyd.keyring import existing_keyring
    from notifyd.secret import secret_path

    keyring = existing_keyring(settings)
    if keyring is None:
        raise SecretMissing(path=secret_path(settings))
    if keyring.signer is None:
        raise SigningKeyMissing
    return keyring.signer


def key_in(path: Path, key_id: str | None) -> "Key":
    """The private key, or the secret, in a file. Raises `UsageError` for what cannot sign."""
    from notifyd.keys import private_key, secret_key

    try:
        text = path.read_text().strip()
        if "-----BEGIN " in text:
            return private_key(text, key_id)
        return secret_key(text.encode(), key_id)
    except OSError as error:
        raise UsageError(problem=f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeError:
        raise UsageError(problem=f"{path} is no text, and so no key in PEM form.") from None
    except ValueError as error:
        raise UsageError(problem=f"{path} cannot sign a token: {error}.") from None


def only_for(key: "Key", algorithm: str) -> "Key":
    """The key, for this one algorithm. Raises `UsageError` if it is not for it."""
    from dataclasses import replace

    if algorithm not in key.algorithms:
        own = ", ".join(key.algorithms)
        raise UsageError(problem=f"{key} cannot sign with {algorithm}; choose one of {own}.")
    return replace(key, algorithms=(algorithm,))
