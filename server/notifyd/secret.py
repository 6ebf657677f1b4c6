"""The secret of this machine's own, for a server whose settings name no key."""

import contextlib
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from notifyctl.errors import SecretNeeded, SecretUnusable
from notifyd.keys import MIN_SECRET_BYTES
from notifyd.settings import Settings

FILE: Final = "secret"
# Long enough for the longest of the HMAC algorithms, whichever the settings allow.
GENERATED_BYTES: Final = 64


@dataclass(frozen=True)
class Secret:
    """A generated secret. It never shows its value in a log or an error."""

    value: bytes = field(repr=False)
    warning: str | None = None


def secret_for(settings: Settings) -> Secret:
    """The secret in the data directory, created there if need be.

    Raises `SecretNeeded` when other machines could reach a server whose secret nobody chose,
    and `SecretUnusable` when the file cannot be used.
    """
    if not settings.is_loopback and not settings.generate_secret:
        raise SecretNeeded(host=settings.host)
    return found_secret(settings) or _create(secret_path(settings))


def found_secret(settings: Settings) -> Secret | None:
    """The secret in the data directory, if a server left one there; creates nothing."""
    path = secret_path(settings)
    try:
        value = path.read_bytes().strip()
        mode = path.stat().st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SecretUnusable(path=path, reason=error.strerror) from None
    if len(value) < MIN_SECRET_BYTES:
        raise SecretUnusable(path=path, reason="it is too short; remove it to get a new one")
    exposed = f"Everybody on this machine can read {path}; run: chmod 600 {path}"
    return Secret(value, warning=exposed if mode & stat.S_IROTH else None)


def secret_path(settings: Settings) -> Path:
    """Where the generated secret is kept."""
    return Path(settings.data_dir).expanduser() / FILE


def new_secret(size: int = GENERATED_BYTES) -> str:
    """A random secret of at least `size` bytes, as text that fits into a variable or a file."""
    return secrets.token_urlsafe(size)


def _create(path: Path) -> Secret:
    """Write a new secret, unless another process was faster: then theirs is the secret."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Readable by the owner alone from its first byte on, and whole from its first instant:
        # a link to a finished file appears at once, and fails when the name is taken.
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{FILE}-")
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(new_secret() + "\n")
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(temporary, path)
        finally:
            os.unlink(temporary)
        value = path.read_bytes().strip()
    except OSError as error:
        raise SecretUnusable(path=path, reason=error.strerror) from None
    return Secret(value)
