"""`settings.md`: every setting of the server."""

from msgspec import inspect as types

from docs.generate.page import block, code, page, table
from docs.generate.shapes import OR_NULL, kind
from notifyd.settings import FIELDS, PREFIX, Settings, describe, has_file, is_secret, unit

INTRODUCTION = """\
`notifyctl serve` takes its settings from, in this order: an option (`--http-port 9000`), a
variable of the environment, a TOML file (`--config notifyd.toml`), the default.

A time may carry a unit: `500ms`, `20s`, `15m`, `12h`, `30d`; a plain number counts seconds. A
size may, too: `64KiB`, `1MiB`. A list is separated by commas in a variable. A secret and a key can
also be read from a file: `NOTIFYD_JWT_SECRET_FILE` names the file of `jwt_secret`."""

EXAMPLE = """\
http_port = 9000
jwt_audience = "notifications"
allowed_origins = ["https://app.example.org"]
drain_seconds = "30s\""""

SECONDS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
BYTES = (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024))


def settings() -> str:
    """The page."""
    shapes = {field.name: field for field in _shape().fields}
    rows = [
        (code(name), code(variable(name)), default(name), sort(name, shapes[name]), describe(name))
        for name in FIELDS
    ]
    return page(
        "Settings",
        "`server/notifyd/settings.py`",
        INTRODUCTION,
        table(("setting", "variable", "default", "kind", "meaning"), rows),
        "## As a file",
        block("toml", EXAMPLE),
    )


def variable(name: str) -> str:
    """The variable of the environment that a setting is read from."""
    return f"{PREFIX}{name.upper()}"


def sort(name: str, field: types.Field) -> str:
    """What kind of value a setting takes."""
    if is_secret(name):
        return "secret"
    if has_file(name):
        return "PEM text"
    named = {"seconds": "time", "bytes": "size"}.get(unit(name) or "")
    return named or kind(field.type).removesuffix(OR_NULL)


def default(name: str) -> str:
    """The default as a person would write it."""
    value = FIELDS[name].default
    match value:
        case None | ():
            return "-"
        case tuple():
            return code(",".join(value))
        case bool():
            return code(str(value).lower())
        case int() | float():
            return code(quantity(value, unit(name)))
        case _:
            return code(value)


def quantity(value: float, units: str | None) -> str:
    """A number in the largest unit that it fills: 604,800 seconds are `7d`."""
    scale = {"seconds": SECONDS, "bytes": BYTES}.get(units or "", ())
    for name, size in scale:
        if value >= size and value % size == 0:
            return f"{value / size:g}{name}"
    return f"{value:g}" if units else str(value)


def _shape() -> types.StructType:
    info = types.type_info(Settings)
    assert isinstance(info, types.StructType)
    return info
