"""Routes that publish: one notification, or a batch of them."""

import asyncio
from collections.abc import Iterable
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Raw

from notifyctl.errors import BadRequest, NotifyError, TooLarge
from notifyctl.wire import MAX_BATCH, BatchItem, PublishBody, Results
from notifyctl.wire.decoding import decode
from notifyd.accept import accept
from notifyd.answers import in_results
from notifyd.delivery import Outcome
from notifyd.http_api.node import Node
from notifyd.http_api.route import MIB, Answer, Call, answer
from notifyd.notification import Draft

# So many items are taken before everybody else on the loop gets a turn (some milliseconds).
_TURN: Final = 250
# A comma or an end of line can be all there is of an item. To split a body full of them would
# stop everybody for a second, and take hundreds of megabytes.
MAX_SEPARATORS: Final = 64 * MAX_BATCH

Batch = Annotated[list[BatchItem], Meta(min_length=1, max_length=MAX_BATCH)]

_bodies = msgspec.json.Decoder(PublishBody)
_items = msgspec.json.Decoder(BatchItem)
_values: msgspec.json.Decoder[Raw] = msgspec.json.Decoder(Raw)
_arrays: msgspec.json.Decoder[list[Raw]] = msgspec.json.Decoder(list[Raw])


async def publish(node: Node, call: Call) -> Answer:
    """Commit one notification; to several recipients, one result each."""
    body = decode(call.body, _bodies)
    drafts = accept(
        body, call.caller, key_seconds=node.settings.dedup_window, key=call.idempotency_key
    )
    outcomes = await node.delivery.publish(drafts, call.caller)
    if not isinstance(body.to, str):
        return _results(outcomes)
    ((outcome, replayed),) = outcomes
    if isinstance(outcome, NotifyError):
        raise outcome
    return answer(outcome, 201, {"Idempotent-Replayed": "true"} if replayed else {})


async def publish_batch(node: Node, call: Call) -> Answer:
    """Commit many notifications at once; one result each, in their order."""
    items = _split(call.body)
    if not 1 <= len(items) <= MAX_BATCH:
        raise BadRequest(detail=f"a batch has 1-{MAX_BATCH} notifications, not {len(items)}")
    drafts: list[Draft | NotifyError] = []
    key = call.idempotency_key
    for index, item in enumerate(items):
        if index % _TURN == 0:
            await asyncio.sleep(0)
        drafts.append(_accept_item(item, node, call, f"{key}#{index}" if key else None))
    return _results(await node.delivery.publish(drafts, call.caller))


def _split(body: bytes) -> list[bytes | Raw]:
    """The items of a JSON array, or the lines of NDJSON, each still to be read."""
    if max(body.count(b","), body.count(b"\n")) > MAX_SEPARATORS:
        raise BadRequest(
            detail=f"it has more than {MAX_SEPARATORS} commas or lines; send less at a time"
        )
    match body.lstrip()[:1]:
        case b"[":
            return [*decode(body, _arrays)]
        case b"{":
            lines = [line for line in body.split(b"\n") if line and not line.isspace()]
            if len(lines) == 1:
                decode(lines[0], _values)  # One line that is no JSON is no batch at all.
            return [*lines]
        case _:
            raise BadRequest(detail="a batch is a JSON array or one JSON object a line")


def _accept_item(item: bytes | Raw, node: Node, call: Call, key: str | None) -> Draft | NotifyError:
    try:
        if len(item) > MIB:
            raise TooLarge(limit_bytes=MIB)
        body = decode(item, _items)
        (draft,) = accept(body, call.caller, key_seconds=node.settings.dedup_window, key=key)
    except NotifyError as error:
        return error
    return draft


def _results(outcomes: Iterable[tuple[Outcome, bool]]) -> Answer:
    return answer(Results(results=[in_results(outcome) for outcome, _ in outcomes]), 201)
