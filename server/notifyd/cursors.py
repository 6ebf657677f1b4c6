"""Cursors on their way to the store: acknowledgements of many devices, written together."""

import asyncio
import time
from collections.abc import Sequence

import msgspec

from notifyctl.errors import NotifyError
from notifyd.logs import fields, log
from notifyd.metrics import Metrics
from notifyd.store.store import Store
from notifyd.stream import Attachment, Cursor

Place = tuple[str, str, str]


class Cursors:
    """Gathers cursors while the ones before are being written, so that one commit serves many.

    Nobody waits for it: an ack that a crash loses only costs a repeat, which clients drop.
    """

    def __init__(self, store: Store, metrics: Metrics) -> None:
        self._store = store
        self._metrics = metrics
        self._waiting: dict[Place, Cursor] = {}
        self._being_written: dict[Place, Cursor] = {}
        self._writer: asyncio.Task[None] | None = None

    def move(self, cursor: Cursor) -> None:
        """Store the cursor soon; one that is further already stays."""
        place = cursor.user, cursor.device, cursor.stream
        self._waiting[place] = further(self._waiting.get(place), cursor)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())

    async def create(self, cursors: Sequence[Cursor]) -> None:
        """Store the first cursors of a device, and return when they are durable."""
        await self._store.advance(cursors, time.time())

    async def attach(self, user: str, device: str | None, streams: Sequence[str]) -> Attachment:
        """What the store says about a session, and what is still on its way there.

        A device that comes back at once is not sent again what it has just acknowledged.
        """
        known = [self._on_the_way((user, device, name)) for name in streams] if device else []
        attachment = await self._store.attach(user, device, streams)
        cursors = dict(attachment.cursors)
        for cursor in known:
            if cursor is not None and cursor.epoch == attachment.positions[cursor.stream].epoch:
                cursors[cursor.stream] = max(cursor.seq, cursors.get(cursor.stream, 0))
        return msgspec.structs.replace(attachment, cursors=cursors)

    async def settle(self) -> None:
        """Wait until every cursor that was moved is stored."""
        while self._writer is not None:
            await self._writer

    def _on_the_way(self, place: Place) -> Cursor | None:
        being_written = self._being_written.get(place)
        waiting = self._waiting.get(place)
        return further(being_written, waiting) if waiting else being_written

    async def _write(self) -> None:
        try:
            while self._waiting:
                self._being_written, self._waiting = self._waiting, {}
                await self._write_these(list(self._being_written.values()))
        finally:
            self._being_written = {}
            self._writer = None

    async def _write_these(self, cursors: list[Cursor]) -> None:
        try:
            await self._store.advance(cursors, time.time())
        except NotifyError as error:
            self._metrics.cursors_lost(error, len(cursors))
            log.warning("cursors were not stored", extra=fields(reason=error, cursors=len(cursors)))


def further(known: Cursor | None, cursor: Cursor) -> Cursor:
    """The cursor that is further on; one of another history replaces what was known."""
    if known is not None and known.epoch == cursor.epoch and known.seq > cursor.seq:
        return known
    return cursor
