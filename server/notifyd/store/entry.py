"""What a draft becomes: an event with its place in a stream, encoded once."""

import os
from typing import Any, assert_never
from uuid import UUID

import msgspec
from msgspec import UNSET

from notifyctl.errors import BadRequest
from notifyctl.wire import Notification, Read, timestamp
from notifyd.attention import decide
from notifyd.notification import AnyDraft, Draft, ReadDraft
from notifyd.stream import Entry, owner_of

_encoder = msgspec.json.Encoder()


def compose(draft: AnyDraft, *, epoch: str, seq: int, now: float) -> Entry:
    """The draft's event at its place. Its `body` is what every reader gets, byte for byte.

    Raises `BadRequest` for a draft that no event can carry.
    """
    event: Notification | Read
    event_id = new_id(now)
    try:
        match draft:
            case Draft():
                event = _notification(draft, seq, event_id, now)
            case ReadDraft():
                event = _read(draft, seq, event_id, now)
            case _:
                assert_never(draft)
        body = _encoder.encode(event)
    except (ValueError, RecursionError) as error:
        raise BadRequest(detail=f"it cannot be stored ({error})") from None
    return Entry(
        stream=draft.stream,
        epoch=epoch,
        seq=seq,
        id=event_id,
        at=now,
        body=body,
        presentation=event.presentation if isinstance(event, Notification) else None,
        why=event.why if isinstance(event, Notification) else None,
    )


def new_id(now: float) -> str:
    """A new UUIDv7: ordered by time to a quarter of a microsecond, and random below that."""
    milliseconds, fraction = divmod(int(now * 4_096_000), 4096)
    random = int.from_bytes(os.urandom(8), "big") >> 2
    value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | random
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _notification(draft: Draft, seq: int, event_id: str, now: float) -> Notification:
    content = draft.content
    # A topic's event is one for all its subscribers: how to present it is up to each of them.
    verdict = None if owner_of(draft.stream) is None else decide(draft, now)
    return Notification(
        seq=seq,
        id=event_id,
        at=timestamp(now),
        title=content.title,
        sender=draft.sender,
        category="general" if content.category is UNSET else content.category,
        level=draft.level,
        presentation=verdict.presentation if verdict else None,
        why=verdict.why if verdict else None,
        body=_given(content.body),
        collapse_key=_given(content.collapse_key),
        url=_given(content.url),
        data=_given(content.data),
        expires_at=(
            None if content.expires_at is UNSET else timestamp(content.expires_at.timestamp())
        ),
        op_id=_text(draft.op_id),
    )


def _read(draft: ReadDraft, seq: int, event_id: str, now: float) -> Read:
    return Read(
        seq=seq,
        id=event_id,
        at=timestamp(now),
        ids=None if draft.ids is None else list(draft.ids),
        through=draft.through,
        op_id=_text(draft.op_id),
    )


def _given(value: Any) -> Any:
    return None if value is UNSET else value


def _text(op_id: UUID | None) -> str | None:
    return None if op_id is None else str(op_id)
