"""Answers to the requests of a session that change what is stored: publish and read."""

import msgspec

from notifyctl import wire
from notifyctl.errors import NotifyError
from notifyd.accept import accept, accept_read
from notifyd.auth import Identity
from notifyd.delivery import Delivery, Outcome
from notifyd.refusal import error_frame


async def publish(
    request: wire.Publish, caller: Identity, delivery: Delivery, key_seconds: float
) -> msgspec.Struct:
    """Publish what a session asks for; the `ok` or `error` frame to answer with."""
    try:
        drafts = accept(request, caller, key_seconds=key_seconds, op_id=request.op_id)
        outcomes = [outcome for outcome, _ in await delivery.publish(drafts, caller)]
    except NotifyError as error:
        return error_frame(error, request.id)
    if isinstance(request.to, str):
        return _one(outcomes[0], request.id)
    return wire.ManyPublishedOk(id=request.id, results=[in_results(one) for one in outcomes])


async def mark_read(request: wire.MarkRead, caller: Identity, delivery: Delivery) -> msgspec.Struct:
    """Mark notifications read; the `ok` or `error` frame to answer with."""
    try:
        seq = await delivery.mark_read(accept_read(request, caller.user, op_id=request.op_id))
    except NotifyError as error:
        return error_frame(error, request.id)
    return wire.ReadOk(id=request.id, seq=seq)


def in_results(outcome: Outcome) -> wire.Published | wire.Rejected:
    """An outcome among several: an error becomes a result of its own."""
    if isinstance(outcome, NotifyError):
        return wire.Rejected(code=outcome.code, message=str(outcome))
    return outcome


def _one(outcome: Outcome, request: wire.FrameId) -> msgspec.Struct:
    if isinstance(outcome, NotifyError):
        return error_frame(outcome, request)
    fields = msgspec.structs.asdict(outcome)
    # On the socket `id` is the frame's own, so that the event's id is called `event` there.
    return wire.PublishedOk(id=request, event=fields.pop("id"), **fields)
