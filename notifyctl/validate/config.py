"""Finds and reads the settings: `notifyctl.toml`, or `[tool.notifyctl.validate]`."""

import re
import tomllib
from pathlib import Path
from typing import Any, Final

import msgspec

from notifyctl.errors import SettingInvalid
from notifyctl.validate.schema.pack import problem_with
from notifyctl.validate.settings import Settings
from notifyctl.validate.spelling import closest

FILE: Final = "notifyctl.toml"
PROJECT_FILE: Final = "pyproject.toml"
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.+)`")
_WRONG: Final = re.compile(r"(.+) - at `\$\.?(.*)`")


def find_config(folder: Path) -> Path | None:
    """The configuration for a folder: there, or in the nearest folder above it.

    The search ends at the root of a repository.
    """
    for each in (folder, *folder.parents):
        if (each / FILE).is_file():
            return each / FILE
        project = each / PROJECT_FILE
        if project.is_file() and "[tool.notifyctl.validate" in project.read_text(errors="replace"):
            return project
        if (each / ".git").exists():
            break
    return None


def read_config(path: Path) -> Settings:
    """The settings of a file. Raises `SettingInvalid` with what is wrong, and where.

    `notifyctl.toml` has the settings at its top level or in a table `[validate]`.
    """
    try:
        content = tomllib.loads(path.read_text())
    except OSError as error:
        raise SettingInvalid(name=str(path), problem=error.strerror or str(error)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingInvalid(name=str(path), problem=f"not TOML: {error}") from None
    if path.name == PROJECT_FILE:
        content = content.get("tool", {}).get("notifyctl", {})
    table = content.get("validate", {} if path.name == PROJECT_FILE else content)
    return convert(table, str(path))


def convert(table: Any, place: str) -> Settings:
    """Settings from a table with their names; hyphens and underscores mean the same."""
    if isinstance(table, dict):
        table = {name.replace("-", "_"): value for name, value in table.items()}
    try:
        settings = msgspec.convert(table, Settings)
    except msgspec.ValidationError as error:
        raise _explained(error, place) from None
    if problem := problem_with(settings.kubernetes_version):
        raise SettingInvalid(name=f"'kubernetes_version' in {place}", problem=problem)
    return settings


def _explained(error: msgspec.ValidationError, place: str) -> SettingInvalid:
    text = str(error)
    if unknown := _UNKNOWN.match(text):
        name = unknown[1]
        guess = closest(name, Settings.__struct_fields__)
        problem = "there is no such setting" + (f"; perhaps {guess!r} was meant" if guess else "")
        return SettingInvalid(name=f"{name!r} in {place}", problem=problem)
    if wrong := _WRONG.match(text):
        return SettingInvalid(name=f"{wrong[2]!r} in {place}", problem=wrong[1])
    return SettingInvalid(name=place, problem=text)
