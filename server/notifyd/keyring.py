"""The keys of a server: those that its settings name, or one secret of this machine's own."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from notifyctl.errors import SettingInvalid
from notifyd.keys import Key, limited, public_key, secret_key
from notifyd.secret import Secret, found_secret, secret_for
from notifyd.settings import Settings


def _secret(text: str, key_id: str | None = None) -> Key:
    return secret_key(text.encode(), key_id)


# What follows the `kid` in the name of a key's file; the first one that fits counts.
SUFFIXES: Final[Mapping[str, Callable[[str, str], Key]]] = {
    ".pub.pem": public_key,
    ".pem": public_key,
    ".secret": _secret,
}


@dataclass(frozen=True)
class Keyring:
    """What tokens are checked with, and what operators should be told about it."""

    keys: tuple[Key, ...]
    is_generated: bool = False
    warning: str | None = None

    @property
    def signer(self) -> Key | None:
        """The secret that tokens are signed with here; None where all keys are public.

        Of several with an id it is the last by name, so that a date makes a good name.
        """
        secrets = [key for key in self.keys if key.can_sign]
        return max(secrets, key=lambda key: (key.id is None, key.id), default=None)

    @property
    def secrets(self) -> list[str]:
        """What must never be shown."""
        return [key.material.decode() for key in self.keys if isinstance(key.material, bytes)]


def keyring_for(settings: Settings) -> Keyring:
    """The keys of a server with these settings; without any, a secret is created for it.

    Raises `SettingInvalid` for a key that cannot be used, `SecretNeeded` when other machines
    could reach a server whose key nobody chose, `SecretUnusable` for a generated one.
    """
    return configured_keyring(settings) or _generated(secret_for(settings), settings)


def existing_keyring(settings: Settings) -> Keyring | None:
    """The keys of the server with these settings, if there are any; creates nothing."""
    configured = configured_keyring(settings)
    if configured is not None:
        return configured
    secret = found_secret(settings)
    return None if secret is None else _generated(secret, settings)


def configured_keyring(settings: Settings) -> Keyring | None:
    """The keys that the settings name, if they do."""
    keys: list[Key] = []
    if settings.jwt_secret is not None:
        keys.append(_key("jwt_secret", _secret, settings.jwt_secret))
    if settings.jwt_public_key is not None:
        keys.append(_key("jwt_public_key", public_key, settings.jwt_public_key))
    if settings.jwt_keys_dir is not None:
        keys += _in_directory(Path(settings.jwt_keys_dir).expanduser())
    return Keyring(_limited(keys, settings)) if keys else None


def _generated(secret: Secret, settings: Settings) -> Keyring:
    keys = _limited([secret_key(secret.value)], settings)
    return Keyring(keys, is_generated=True, warning=secret.warning)


def _limited(keys: list[Key], settings: Settings) -> tuple[Key, ...]:
    try:
        return limited(keys, settings.jwt_algorithms)
    except ValueError as error:
        raise SettingInvalid(name="jwt_algorithms", problem=error) from None


def _key(setting: str, kind: Callable[[str], Key], text: str) -> Key:
    try:
        return kind(text)
    except ValueError as error:
        raise SettingInvalid(name=setting, problem=error) from None


def _in_directory(directory: Path) -> Iterator[Key]:
    """The keys in the files of a directory. What begins with a dot is none of ours."""
    seen: set[str | None] = set()
    try:
        paths = sorted(path for path in directory.iterdir() if not path.name.startswith("."))
        for path in paths:
            key = _in_file(path)
            if key.id in seen:
                raise _unusable(path, f"another file holds the key {key.id!r}; keep one of them")
            seen.add(key.id)
            yield key
    except OSError as error:
        raise _unusable(directory, f"it cannot be read ({error.strerror})") from None
    if not seen:
        raise _unusable(directory, "it holds no key, which would be called KID.pem or KID.secret")


def _in_file(path: Path) -> Key:
    suffix = next((suffix for suffix in SUFFIXES if path.name.endswith(suffix)), None)
    if suffix is None or not path.name.removesuffix(suffix).isprintable():
        raise _unusable(path, "a key's file is called KID.pem or KID.secret; move others away")
    try:
        return SUFFIXES[suffix](path.read_text().strip(), path.name.removesuffix(suffix))
    except ValueError as error:
        # Of a file that is no text, Python's own words would show a part.
        reason = "it is no text" if isinstance(error, UnicodeError) else str(error)
        raise _unusable(path, reason) from None


def _unusable(path: Path, reason: str) -> SettingInvalid:
    return SettingInvalid(name="jwt_keys_dir", problem=f"{path}: {reason}")
