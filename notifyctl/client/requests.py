"""Requests of the application: each is sent again after every reconnect until it is answered."""

import asyncio
from typing import Any, TypeVar

import msgspec

from notifyctl.errors import BadRequest, TooLarge, Unreadable, named
from notifyctl.wire import (
    MAX_FRAME,
    Error,
    FrameId,
    MarkRead,
    Publish,
    RefreshToken,
    Subscribe,
    Unsubscribe,
    decode_answer,
    encode,
)

Request = Publish | MarkRead | Subscribe | Unsubscribe | RefreshToken
Answer = TypeVar("Answer", bound=msgspec.Struct)


class Pending(msgspec.Struct):
    """A request on its way, the shape of its answer, and who waits for it."""

    frame: Request
    answer: type[msgspec.Struct]
    future: asyncio.Future[Any]


class Requests:
    """Numbers requests, and brings each answer to the one who asked.

    When a connection breaks before the answer came, the server gets the request twice. Each
    is therefore made so that a repeat changes nothing: a key, an `op_id`, or a wished state.
    """

    def __init__(self) -> None:
        self._last = 0
        self._pending: dict[FrameId, Pending] = {}

    def __bool__(self) -> bool:
        """Whether anybody waits for an answer."""
        return bool(self._pending)

    def number(self) -> int:
        """An id that no other request of this client has."""
        self._last += 1
        return self._last

    def add(self, frame: Request, answer: type[Answer]) -> "asyncio.Future[Answer]":
        """Expect an answer of this shape."""
        future = asyncio.get_running_loop().create_future()
        self._pending[frame.id] = Pending(frame, answer, future)
        return future

    def remove(self, frame: Request) -> None:
        """Nobody waits for this answer any more."""
        self._pending.pop(frame.id, None)

    def unanswered(self) -> list[Request]:
        """What to send again on a new connection, in the order in which it was asked."""
        return [pending.frame for pending in self._pending.values()]

    def answered(self, id_: FrameId, raw: bytes | str) -> tuple[Request, msgspec.Struct] | None:
        """A request and its answer; None for one that nobody waits for, or cannot be read."""
        pending = self._pending.pop(id_, None)
        if pending is None or pending.future.done():
            return None
        try:
            answer = decode_answer(raw, pending.answer)
        except BadRequest as error:
            pending.future.set_exception(Unreadable(**error.details))
            return None
        pending.future.set_result(answer)
        return pending.frame, answer

    def refused(self, error: Error) -> bool:
        """Whether the error was the answer to a request; whoever asked now has it."""
        pending = None if error.id is None else self._pending.pop(error.id, None)
        if pending is None:
            return False
        if not pending.future.done():
            refusal = named(error.code).quoted(error.message, retry_ms=error.retry_ms)
            pending.future.set_exception(refusal)
        return True

    def fail(self, error: Exception) -> None:
        """The client ends: nobody gets an answer any more."""
        for pending in self._pending.values():
            if not pending.future.done():
                pending.future.set_exception(error)
        self._pending.clear()


def pack(frame: msgspec.Struct) -> str:
    """A frame as one text message. Raises `TooLarge` for one that the server would refuse."""
    data = encode(frame)
    if len(data) > MAX_FRAME:
        raise TooLarge(limit_bytes=MAX_FRAME)
    return data.decode()
