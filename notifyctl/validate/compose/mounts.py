"""What a service mounts: `data:/data:ro`, `./src:/app`, and the long form."""

import re
from typing import Final, Literal

import msgspec

from notifyctl.validate.compose.interpolation import UNKNOWN, filled
from notifyctl.validate.source import Span
from notifyctl.validate.tree import Mapping, Node, Scalar

Kind = Literal["bind", "volume", "tmpfs", "other", "unknown"]
_KINDS: Final[dict[str, Kind]] = {"bind": "bind", "volume": "volume", "tmpfs": "tmpfs"}
# A colon behind a single letter belongs to a Windows drive.
_FIELD: Final = re.compile(r"((?:(?<![^:])[A-Za-z]:(?=[\\/]))?[^:]*)(?::|$)")
_PATH: Final = re.compile(r"[./~\\]|[A-Za-z]:[\\/]")


class Mount(msgspec.Struct, frozen=True):
    """One mount. `source` is a path of the host or the name of a volume, empty where there is
    none; source and target are None where they are not known."""

    kind: Kind
    source: str | None
    target: str | None
    is_read_only: bool
    span: Span


def read_mount(item: Node) -> Mount | None:
    """The mount of one entry of `volumes`; None if it cannot be read."""
    match item:
        case Mapping():
            kind = _KINDS.get(filled(item["type"]), "other")
            read_only = item["read_only"].is_true
            source, target = _known(filled(item["source"])), _known(filled(item["target"]))
            return Mount(kind, source, target, read_only, item.span)
        case Scalar() if item.exists:
            return _short(filled(item), item.span)
        case _:
            return None


def _short(text: str, span: Span) -> Mount | None:
    fields = [match[1] for match in _FIELD.finditer(text) if match[0]]
    if not fields or len(fields) > 3:
        return None
    if len(fields) == 1:
        kind: Kind = "unknown" if text.startswith(UNKNOWN) else "volume"
        return Mount(kind, "" if kind == "volume" else None, _known(text), False, span)
    source, target = fields[:2]
    read_only = "ro" in fields[2].split(",") if len(fields) > 2 else False
    return Mount(_kind(source), _known(source), _known(target), read_only, span)


def _kind(source: str) -> Kind:
    if source.startswith(UNKNOWN):
        return "unknown"
    return "bind" if _PATH.match(source) else "volume"


def _known(text: str) -> str | None:
    return None if UNKNOWN in text else text
