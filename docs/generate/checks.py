"""`checks.md`: every setting of `notifyctl validate`."""

from typing import Any

from msgspec import inspect

from docs.generate.page import block, code, page, table
from docs.generate.shapes import kind
from notifyctl.validate.settings import Settings

INTRODUCTION = """\
`notifyctl validate` takes its settings from `notifyctl.toml`, or from `[tool.notifyctl.validate]`
in `pyproject.toml`, of the current folder or of the nearest one above it within the repository. An
option of the command line goes before both. A name that is not known is an error, with the one that
was probably meant. The defaults describe notifyd; change them for a service of your own."""

EXAMPLE = """\
service = ["chat"]
ws_port = 9001
health_path = "/alive"
per_file_ignores = {"examples/*" = ["DF108"]}"""


def checks() -> str:
    """The page."""
    shape = inspect.type_info(Settings)
    assert isinstance(shape, inspect.StructType)
    rows = [
        (code(field.name), default(field), kind(bare(field.type)), description(field.type))
        for field in shape.fields
    ]
    return page(
        "Settings of the checks",
        "`notifyctl/validate/settings.py`",
        INTRODUCTION,
        block("toml", EXAMPLE),
        table(("setting", "default", "kind", "meaning"), rows),
    )


def bare(shape: inspect.Type) -> inspect.Type:
    """A type without what is said about it."""
    return shape.type if isinstance(shape, inspect.Metadata) else shape


def description(shape: inspect.Type) -> str:
    """What is said about a type."""
    extra: dict[str, Any] = (
        (shape.extra_json_schema or {}) if isinstance(shape, inspect.Metadata) else {}
    )
    return str(extra["description"])


def default(field: inspect.Field) -> str:
    """The default as a person would write it."""
    value = getattr(Settings(), field.name)
    if value in ("", (), {}):
        return "-"
    return code(str(value).lower() if isinstance(value, bool) else value)
