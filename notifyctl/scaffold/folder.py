"""Writing many files at once: all of them, or none."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from notifyctl.errors import UsageError

NAMED: Final = 5


def write(folder: Path, files: Mapping[str, str], *, force: bool) -> None:
    """Write the files into a folder, which is made if need be.

    Raises `UsageError`, before anything is written, if that would change a file that is there,
    unless it is `force`d to; and whenever one cannot be written.
    """
    if not force and (
        taken := [name for name in files if _would_change(folder / name, files[name])]
    ):
        rest = f" and {len(taken) - NAMED} more" if len(taken) > NAMED else ""
        raise UsageError(
            problem=f"{folder} has files already that would be overwritten "
            f"({', '.join(taken[:NAMED])}{rest}); choose another folder, or add --force."
        )
    for name, text in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        except OSError as error:
            raise UsageError(problem=f"{path} cannot be written: {error.strerror}.") from None


def _would_change(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() != text.encode()
    except (FileNotFoundError, NotADirectoryError):
        return path.is_symlink()
    except OSError:  # Whatever it is, it is there.
        return True
