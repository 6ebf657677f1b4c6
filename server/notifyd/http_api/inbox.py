"""Routes that read: an inbox, what was read in it, and what became of a notification."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Raw

from notifyctl.errors import Forbidden, NotFound
from notifyctl.wire import (
    INBOX,
    AnyEvent,
    InboxPage,
    Notification,
    ReadAnswer,
    ReadBody,
    Receipt,
    timestamp,
)
from notifyctl.wire.decoding import decode
from notifyctl.wire.frames import After
from notifyd.accept import accept_read
from notifyd.http_api.node import Node
from notifyd.http_api.route import Answer, Call, answer
from notifyd.stream import wire_name

MAX_PAGE: Final = 500
# A page ends early rather than wait, with many megabytes, for a client that reads slowly.
MAX_PAGE_BYTES: Final = 1024**2

_read_bodies = msgspec.json.Decoder(ReadBody)
_events: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


class InboxQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which part of an inbox is asked for."""

    after: Annotated[After, Meta(description="Only events after this position.")] = 0
    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE, description="Most events of the page.")] = 100
    unread: Annotated[bool, Meta(description="Only notifications that are unread.")] = False


async def inbox(node: Node, call: Call) -> Answer:
    """A page of events, oldest first."""
    user = call.user
    call.caller.require_user(user)
    query = call.query_as(InboxQuery)
    limit = query.limit
    found = await node.store.inbox(user, query.after, limit, query.unread)
    if (fitting := _fitting(found.entries)) < len(found.entries):
        limit = fitting
        found = await node.store.inbox(user, query.after, limit, query.unread)
    last = found.entries[-1][0] if found.entries else 0
    is_more = len(found.entries) == limit and last < found.position.head
    page = InboxPage(
        stream=INBOX,
        epoch=found.position.epoch,
        head=found.position.head,
        unread=found.unread,
        events=[Raw(body) for _, body in found.entries],
        unread_ids=found.unread_ids,
        next=last if is_more else None,
    )
    return answer(page)


def _fitting(entries: Sequence[tuple[int, bytes]]) -> int:
    """How many of the entries fit into one page; a large one has it to itself."""
    sizes = accumulate(len(body) for _, body in entries)
    return max(1, sum(size <= MAX_PAGE_BYTES for size in sizes))


async def mark_read(node: Node, call: Call) -> Answer:
    """Commit that notifications were read; every device hears of it."""
    user = call.user
    call.caller.require_user(user)
    draft = accept_read(decode(call.body, _read_bodies), user)
    return answer(ReadAnswer(seq=await node.delivery.mark_read(draft)))


async def receipt(node: Node, call: Call) -> Answer:
    """What became of a notification; for its sender and for admins."""
    event_id = call.path["id"]
    found = await node.store.find(event_id)
    event = decode(found.body, _events) if found else None
    if found is None or not isinstance(event, Notification):
        raise NotFound(what=f"notification {event_id}")
    caller = call.caller
    if event.sender != caller.user and not caller.is_admin:
        raise Forbidden(reason="a receipt is for the notification's sender and for admins")
    trace = node.receipts.of(event_id)
    devices = [f"{user}/{device}" for user, device in found.acknowledged_by]
    return answer(
        Receipt(
            id=event_id,
            stream=wire_name(found.stream),
            seq=found.seq,
            title=event.title,
            sender=event.sender,
            stored_at=timestamp(found.at),
            presentation=event.presentation,
            why=event.why,
            sent_at=_moment(trace.sent_at if trace else None),
            acknowledged_at=_moment(trace.acknowledged_at if trace else None),
            acknowledged_by=len(devices),
            read_at=_moment(found.read_at),
            devices=devices if caller.is_admin else None,
        )
    )


def _moment(at: float | None) -> str | None:
    return None if at is None else timestamp(at)
