"""The secret that tokens are signed with: the configured one, or one of this machine's own."""

import contextlib
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from notifyctl.errors import SecretNeeded, SecretUnusable, SettingInvalid
from notifyd.auth import MIN_SECRET_BYTES
from notifyd.settings import Settings

FILE: Final = "secret"
# Long enough for the longest of the HMAC algorithms, whichever the settings allow.
GENERATED_BYTES: Final = 64


@dataclass(frozen=True)
class Secret:
    """A signing secret, and where it is from. It never shows its value in a log or an error."""

    value: bytes = field(repr=False)
    is_generated: bool
    warning: str | None = None


def secret_for(settings: Settings) -> Secret:
    """The secret of a server with these settings, created in its data directory if need be.

    Raises `SettingInvalid` for one that is too short, `SecretNeeded` when other machines could
    reach a server whose secret nobody chose, `SecretUnusable` when the file cannot be used.
    """
    if (chosen := configured_secret(settings)) is not None:
        return chosen
    if not settings.is_loopback and not settings.generate_secret:
        raise SecretNeeded(host=settings.host)
    return found_secret(settings) or _create(secret_path(settings))


def existing_secret(settings: Settings) -> Secret | None:
    """The secret of the server with these settings, if there is one; creates nothing."""
    return configured_secret(settings) or found_secret(settings)


def configured_secret(settings: Settings) -> Secret | None:
    """The secret that the settings name, if they do."""
    if settings.jwt_secret is None:
        return None
    value = settings.jwt_secret.encode()
    if len(value) < MIN_SECRET_BYTES:
        problem = f"it has {len(value)} bytes and needs at least {MIN_SECRET_BYTES}; "
        problem += "`notifyctl token keygen` prints a good one"
        raise SettingInvalid(name="jwt_secret", problem=problem)
    return Secret(value, is_generated=False)


def found_secret(settings: Settings) -> Secret | None:
    """The generated secret in the data directory, if a server left one there."""
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
    return Secret(value, is_generated=True, warning=exposed if mode & stat.S_IROTH else None)


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
    return Secret(value, is_generated=True)
