"""A notification on its way: what a publisher asked for, before a store gives it its place."""

import hashlib
from typing import Final
from uuid import UUID

import msgspec
from msgspec import UNSET

from notifyctl.wire import Content, Level

KEY_SECONDS: Final = 7 * 86_400.0
OP_SECONDS: Final = 86_400.0

_canonical = msgspec.json.Encoder(order="deterministic")


class Key(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What makes a change repeatable: within its scope and stream, one name means one change."""

    scope: str
    name: str
    fingerprint: bytes
    seconds: float = KEY_SECONDS


class Draft(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An accepted notification for one stream, its level already within the token's limit."""

    stream: str
    sender: str
    level: Level
    content: Content
    key: Key | None = None
    op_id: UUID | None = None


class ReadDraft(msgspec.Struct, frozen=True, kw_only=True):
    """Notifications of an inbox were read: the listed `ids`, or all up to `through`."""

    stream: str
    ids: tuple[str, ...] | None = None
    through: int | None = None
    key: Key | None = None
    op_id: UUID | None = None


AnyDraft = Draft | ReadDraft


def fingerprint(content: msgspec.Struct) -> bytes:
    """A digest of what was asked, before defaults: the same request gives the same bytes."""
    fields = {
        name: value
        for name, value in msgspec.structs.asdict(content).items()
        if value is not UNSET and value is not None
    }
    for name in ("to", "key", "id", "op_id"):
        fields.pop(name, None)
    return hashlib.sha256(_canonical.encode(fields)).digest()
