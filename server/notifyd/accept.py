"""Accept: from what a caller asks for to drafts that a store may keep, or to a clear refusal."""

from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from msgspec import UNSET

from notifyctl.errors import BadRequest, NotifyError
from notifyctl.wire import (
    ME,
    TOPIC,
    Level,
    MarkRead,
    PublishBody,
    ReadBody,
    is_name,
    is_topic,
    lower_level,
)
from notifyd.auth import Identity
from notifyd.notification import OP_SECONDS, Draft, Key, ReadDraft, fingerprint
from notifyd.stream import inbox_of

MAX_DATA_BYTES: Final = 16 * 1024
# What some reader's JSON library cannot read is no use to anybody.
MAX_DATA_DEPTH: Final = 64


def accept(
    body: PublishBody,
    caller: Identity,
    *,
    key_seconds: float,
    key: str | None = None,
    op_id: UUID | None = None,
) -> list[Draft | NotifyError]:
    """One draft per recipient, in their order, or the reason why that recipient gets none.

    `key` is the request's own, unless the body has one; without either an `op_id` makes the
    request repeatable. Raises `Forbidden` or `BadRequest` when nobody may get it.
    """
    caller.require("publish")
    _check(body)
    name = body.key or key
    level = "normal" if body.level is UNSET else body.level
    digest = fingerprint(body) if name or op_id else b""
    known = _key(caller, name, op_id, digest, key_seconds)
    level = lower_level(level, caller.max_level)
    if isinstance(body.to, str):
        return [_draft_for(body.to, body, caller, known, op_id, level)]
    if len({caller.user if one == ME else one for one in body.to}) < len(body.to):
        raise BadRequest(detail="to: a recipient is named twice")
    return [_draft_for(one, body, caller, known, op_id, level) for one in body.to]


def accept_read(body: ReadBody | MarkRead, user: str, *, op_id: UUID | None = None) -> ReadDraft:
    """The draft that marks notifications of the user's inbox read. Raises `BadRequest`."""
    if (body.ids is None) == (body.through is None):
        raise BadRequest(detail="give either ids or through")
    draft = ReadDraft(
        stream=inbox_of(user),
        ids=None if body.ids is None else tuple(body.ids),
        through=body.through,
        op_id=op_id,
    )
    if op_id is None:
        return draft
    key = Key(
        scope=f"op:{user}", name=str(op_id), fingerprint=fingerprint(body), seconds=OP_SECONDS
    )
    return msgspec.structs.replace(draft, key=key)


def _check(body: PublishBody) -> None:
    if body.url is not UNSET and not _is_link(body.url):
        raise BadRequest(detail="url: it must be an http(s) or a relative URL")
    if body.data is not UNSET:
        if not _is_shallow(body.data, MAX_DATA_DEPTH):
            raise BadRequest(detail=f"data: it is nested more than {MAX_DATA_DEPTH} levels deep")
        if len(msgspec.json.encode(body.data)) > MAX_DATA_BYTES:
            raise BadRequest(detail=f"data: it is larger than {MAX_DATA_BYTES} bytes")


def _is_link(url: str) -> bool:
    if any(character <= " " or character in '\\"<>`' for character in url):
        return False
    try:
        return urlsplit(url).scheme in {"", "http", "https"}
    except ValueError:
        return False


def _is_shallow(value: object, levels: int) -> bool:
    if isinstance(value, dict):
        return levels > 0 and all(_is_shallow(inner, levels - 1) for inner in value.values())
    if isinstance(value, list):
        return levels > 0 and all(_is_shallow(inner, levels - 1) for inner in value)
    return True


def _key(
    caller: Identity, name: str | None, op_id: UUID | None, digest: bytes, seconds: float
) -> Key | None:
    if name is not None:
        return Key(scope=f"key:{caller.user}", name=name, fingerprint=digest, seconds=seconds)
    if op_id is not None:
        scope = f"op:{caller.user}"
        return Key(scope=scope, name=str(op_id), fingerprint=digest, seconds=OP_SECONDS)
    return None


def _draft_for(
    recipient: str,
    body: PublishBody,
    caller: Identity,
    key: Key | None,
    op_id: UUID | None,
    level: Level,
) -> Draft | NotifyError:
    try:
        stream = _stream_for(recipient, caller)
    except NotifyError as error:
        return error
    return Draft(stream=stream, sender=caller.user, level=level, content=body, key=key, op_id=op_id)


def _stream_for(recipient: str, caller: Identity) -> str:
    if recipient.startswith(TOPIC):
        if not is_topic(recipient):
            raise BadRequest(detail="to: a topic's name is 1-128 bytes without control characters")
        caller.require_topic(recipient)
        return recipient
    if not is_name(recipient):
        raise BadRequest(detail="to: a user id is 1-128 bytes without control characters")
    return inbox_of(caller.user if recipient == ME else recipient)
