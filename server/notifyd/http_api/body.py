"""The bodies of requests: read within bounds of size, of time and, together, of memory."""

import asyncio
from typing import Final

from aiohttp import web

from notifyctl.errors import BadRequest, RequestTimeout, ServerBusy, TooLarge

BODY_SECONDS: Final = 60.0
# What all large bodies may hold together: sixteen of the largest.
MAX_HELD_BYTES: Final = 256 * 1024**2
# A smaller body is always read: how many there are at once, the connections bound.
SMALL_BYTES: Final = 64 * 1024

_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class Bodies:
    """The large bodies of one server, from their first bytes until their requests are answered."""

    def __init__(self, max_held_bytes: int = MAX_HELD_BYTES) -> None:
        self._max_held_bytes = max_held_bytes
        self.held_bytes = 0

    async def read(self, request: web.BaseRequest, limit_bytes: int) -> bytes:
        """The whole body; `release` it when it is of no more use.

        Raises `TooLarge`, `RequestTimeout`, `BadRequest`, or `ServerBusy` when all that are
        being read would take too much memory.
        """
        if encoding := request.headers.get("Content-Encoding"):
            raise BadRequest(detail=f"its body is encoded ({encoding}); send it as it is")
        length = request.content_length
        if length is not None and length > limit_bytes:
            raise TooLarge(limit_bytes=limit_bytes)
        if request.headers.get("Expect", "").lower() == "100-continue":
            await request.writer.write(_CONTINUE)
        body = bytearray()
        content = request.content
        # Nearly always it is here already.
        seconds = None if content.is_eof() else BODY_SECONDS
        try:
            async with asyncio.timeout(seconds):
                while not content.at_eof():
                    self._append(body, await content.readany(), limit_bytes)
        except BaseException as error:
            self.release(len(body))
            match error:
                case TimeoutError():
                    raise RequestTimeout(part="body", seconds=BODY_SECONDS) from None
                case web.RequestPayloadError() | ConnectionError():
                    raise BadRequest(detail="its body ended early or is broken") from None
            raise
        return bytes(body)

    def release(self, size: int) -> None:
        """A body of this size is of no more use."""
        self.held_bytes -= _counted(size)

    def _append(self, body: bytearray, more: bytes, limit_bytes: int) -> None:
        size = len(body) + len(more)
        if size > limit_bytes:
            raise TooLarge(limit_bytes=limit_bytes)
        held = self.held_bytes + _counted(size) - _counted(len(body))
        if held > self._max_held_bytes:
            raise ServerBusy
        self.held_bytes = held
        body += more


def _counted(size: int) -> int:
    return size if size > SMALL_BYTES else 0
