"""Every setting of the server: one definition for option, environment, file and manual."""

import difflib
import re
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from typing import Annotated, Any, Final, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta
from msgspec.structs import asdict

from notifyctl.errors import SettingInvalid
from notifyctl.wire.decoding import in_words

PREFIX: Final = "NOTIFYD_"

Port = Annotated[int, Meta(ge=0, le=65535)]
Seconds = Annotated[float, Meta(ge=0, le=100 * 366 * 86_400, extra={"unit": "seconds"})]
Bytes = Annotated[int, Meta(ge=1, extra={"unit": "bytes"})]
# A socket holds a little and one page of replay; less than this would close healthy sessions.
QueueBytes = Annotated[int, Meta(ge=512 * 1024, extra={"unit": "bytes"})]
Count = Annotated[int, Meta(ge=1)]
Secret = Annotated[str, Meta(extra={"secret": True, "file": True})]
Pem = Annotated[str, Meta(extra={"file": True})]
Words = tuple[str, ...]
Algorithm = Literal[
    "HS256",
    "HS384",
    "HS512",
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
]
Algorithms = Annotated[tuple[Algorithm, ...], Meta(min_length=1)]

_UNITS: Final[dict[str, dict[str, float]]] = {
    "seconds": {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0},
    "bytes": {"": 1, "b": 1, "kib": 1024, "mib": 1024**2, "gib": 1024**3},
}
# More digits than any time or size has: a float that is not infinite.
_QUANTITY: Final = re.compile(r"\s*(\d{1,15}(?:\.\d{1,9})?)\s*([a-z]*)\s*", re.IGNORECASE)
# Kubernetes sets these for Services called `notifyd`, `notifyd-http` and the like, and a
# `..._PORT=tcp://10.0.0.1:8000` beside them: they are addresses, no settings.
_SERVICE_LINK: Final = re.compile(
    r"NOTIFYD_(.*_)?(SERVICE_(HOST|PORT)|PORT_\d+_(TCP|UDP|SCTP))(_.*)?"
)
_TRUE: Final = frozenset({"true", "yes", "on", "1"})
_FALSE: Final = frozenset({"false", "no", "off", "0"})


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings, with their defaults. The text after each one is its manual page."""

    host: Annotated[str, Meta(description="The address both ports are bound to.")] = "127.0.0.1"
    http_port: Annotated[Port, Meta(description="The HTTP API; 0 takes a free port.")] = 8000
    ws_port: Annotated[Port, Meta(description="The WebSocket; 0 takes a free port.")] = 8001
    store: Annotated[
        str,
        Meta(description="`sqlite:PATH`, `sqlite:` for a file in `data_dir`, or `memory:`."),
    ] = "sqlite:"
    data_dir: Annotated[
        str, Meta(description="Where the database and the generated secret are kept.")
    ] = "~/.local/state/notifyd"
    public_ws_url: Annotated[
        str | None,
        Meta(description="The WebSocket URL that clients are told, when a proxy stands before it."),
    ] = None

    jwt_secret: Annotated[
        Secret | None,
        Meta(description="The HMAC secret of the tokens, at least 32 bytes."),
    ] = None
    jwt_public_key: Annotated[
        Pem | None,
        Meta(description="The public key of the tokens, as PEM: RSA, P-256 to P-521, Ed25519."),
    ] = None
    jwt_keys_dir: Annotated[
        str | None,
        Meta(description="A directory of keys by `kid`: `KID.pem` (public) and `KID.secret`."),
    ] = None
    jwt_algorithms: Annotated[
        Algorithms,
        Meta(description="The algorithms of the tokens; by default all that the keys are for."),
    ] = ()
    jwt_audience: Annotated[
        str | None, Meta(description="The `aud` a token must carry, if set.")
    ] = None
    jwt_issuer: Annotated[str | None, Meta(description="The `iss` a token must carry, if set.")] = (
        None
    )
    generate_secret: Annotated[
        bool,
        Meta(description="Allow a generated secret on any address, for development containers."),
    ] = False
    allowed_origins: Annotated[
        Words,
        Meta(
            description="Origins of web pages besides the same hostname and loopback; `*` is all."
        ),
    ] = ()

    max_connections: Annotated[
        Count | None,
        Meta(description="Most WebSocket connections; by default what the file limit allows."),
    ] = None
    max_sessions_per_user: Annotated[Count, Meta(description="Most sessions of one user.")] = 20
    queue_bytes: Annotated[
        QueueBytes, Meta(description="What may wait for a slow session before it is closed (4402).")
    ] = 1024**2
    publish_rate: Annotated[
        Count, Meta(description="Events per second that one token may publish.")
    ] = 1_000
    publish_burst: Annotated[
        Count, Meta(description="Events that one token may publish at once.")
    ] = 10_000

    inbox_max_events: Annotated[
        Count, Meta(description="Notifications kept in each inbox and topic.")
    ] = 10_000
    inbox_max_age: Annotated[Seconds, Meta(description="How long events are kept.")] = 30 * 86_400.0
    device_max_idle: Annotated[
        Seconds, Meta(description="How long the cursor of a device that stays away is kept.")
    ] = 30 * 86_400.0
    dedup_window: Annotated[
        Seconds, Meta(description="How long an idempotency key is remembered.")
    ] = 7 * 86_400.0

    hello_seconds: Annotated[
        Seconds, Meta(description="How long a connection may take to say `hello`.")
    ] = 10.0
    ping_seconds: Annotated[Seconds, Meta(description="How often a session is pinged.")] = 25.0
    pong_seconds: Annotated[
        Seconds, Meta(description="How long after a ping silence means a dead connection.")
    ] = 10.0
    drain_seconds: Annotated[
        Seconds, Meta(description="How long sessions are spread over after SIGTERM.")
    ] = 20.0

    log_format: Annotated[
        Literal["auto", "console", "json"],
        Meta(description="`auto` is console on a terminal and JSON elsewhere."),
    ] = "auto"
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="The least severe lines that are logged."),
    ] = "info"

    def __repr__(self) -> str:
        # What can come from a file may be a private key, by mistake.
        shown = {name: value for name, value in asdict(self).items() if not has_file(name)}
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in shown.items())})"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


FIELDS: Final = {field.name: field for field in msgspec.structs.fields(Settings)}


def load_settings(
    options: Mapping[str, Any],
    environ: Mapping[str, str],
    table: Mapping[str, Any],
    read_file: Callable[[str], str],
) -> Settings:
    """Settings from command-line options, then the environment, then a TOML table, then defaults.

    An option of None was not given. `NOTIFYD_<SECRET or KEY>_FILE` names a file that
    `read_file` reads. Raises `SettingInvalid` with the setting's name and what is wrong with it.
    """
    values: dict[str, Any] = {}
    for name, value in table.items():
        values[_known(name)] = _parsed(name, value)
    for variable, text in environ.items():
        if variable.startswith(PREFIX) and not _is_service_link(variable, text):
            name, text = _from_environment(variable, environ, read_file)
            values[name] = _parsed(name, text)
    for name, value in options.items():
        if value is not None:
            values[_known(name)] = _parsed(name, value)
    try:
        return msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at `$.")
        name = re.split(r"[\[`]", path)[0]
        raise SettingInvalid(name=name, problem=in_words(problem)) from None


def _is_service_link(variable: str, text: str) -> bool:
    return _SERVICE_LINK.fullmatch(variable) is not None or (
        variable.endswith("_PORT") and "://" in text
    )


def _from_environment(
    variable: str, environ: Mapping[str, str], read_file: Callable[[str], str]
) -> tuple[str, str]:
    name = variable.removeprefix(PREFIX).lower()
    of_file = name.removesuffix("_file")
    if not (name.endswith("_file") and of_file in FIELDS and has_file(of_file)):
        return _known(name), environ[variable]
    if variable.removesuffix("_FILE") in environ:
        problem = "it is set twice, as a variable and as a file; keep one of them"
        raise SettingInvalid(name=of_file, problem=problem)
    try:
        return of_file, read_file(environ[variable]).strip()
    except (OSError, ValueError) as error:
        raise SettingInvalid(name=of_file, problem=f"its file cannot be read ({error})") from None


def is_secret(name: str) -> bool:
    """Whether a setting's value must never be shown."""
    return bool(_extra(name).get("secret"))


def has_file(name: str) -> bool:
    """Whether a setting may stand in a file that `NOTIFYD_<NAME>_FILE` names."""
    return bool(_extra(name).get("file"))


def unit(name: str) -> str | None:
    """The unit of a setting that accepts one: `seconds` (`20s`, `7d`) or `bytes` (`1 MiB`)."""
    return _extra(name).get("unit")


def _known(name: str) -> str:
    if name in FIELDS:
        return name
    close = difflib.get_close_matches(name, FIELDS, n=1)
    hint = f"perhaps {close[0]} was meant" if close else "see the settings reference"
    raise SettingInvalid(name=name, problem=f"there is no such setting; {hint}")


def _parsed(name: str, value: Any) -> Any:
    """A value that came as text, in the setting's own type; other values pass unchanged."""
    if not isinstance(value, str):
        return value
    hints = _flat(_HINTS[name])
    if (units := unit(name)) is not None:
        try:
            return quantity(value, units)
        except ValueError as error:
            raise SettingInvalid(name=name, problem=str(error)) from None
    if bool in hints:
        if value.lower() in _TRUE | _FALSE:
            return value.lower() in _TRUE
        raise SettingInvalid(name=name, problem="it must be true or false")
    if int in hints:
        try:
            return int(value)
        except ValueError:
            raise SettingInvalid(name=name, problem="it must be a whole number") from None
    if tuple in hints:
        return tuple(word.strip() for word in value.split(",") if word.strip())
    return value


def quantity(text: str, units: str) -> float:
    """A number with a unit of `seconds` (`90`, `15m`, `365d`) or of `bytes` (`1 MiB`).

    Raises `ValueError` with the known units.
    """
    match = _QUANTITY.fullmatch(text)
    factor = _UNITS[units].get(match[2].lower()) if match else None
    if match is None or factor is None:
        known = ", ".join(unit_name for unit_name in _UNITS[units] if unit_name)
        raise ValueError(f"it must be a number of {units} ({known})")
    number = float(match[1]) * factor
    return int(number) if units == "bytes" else number


_HINTS: Final = get_type_hints(Settings, include_extras=True)


def _flat(hint: Any) -> set[Any]:
    """The plain types in a type hint: `Annotated[int | None, ...]` gives int and NoneType."""
    if not get_args(hint) or get_origin(hint) is Literal:
        return {get_origin(hint) or hint}
    if get_origin(hint) is tuple:
        return {tuple}
    parts = get_args(hint)[:1] if hasattr(hint, "__metadata__") else get_args(hint)
    return set().union(*map(_flat, parts))


def _metas(hint: Any) -> list[Meta]:
    nested = [meta for part in get_args(hint) for meta in _metas(part)]
    return nested + [meta for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, Meta)]


def _extra(name: str) -> dict[str, Any]:
    return {
        key: value for meta in _metas(_HINTS[name]) for key, value in (meta.extra or {}).items()
    }


def describe(name: str) -> str:
    """The manual page of a setting."""
    return next(meta.description for meta in _metas(_HINTS[name]) if meta.description)
