"""One connection of port 8000: what a client may take of it, in time and in memory."""

import asyncio
from collections.abc import Callable
from typing import Any, Final, cast

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong

from notifyctl.errors import BadRequest, NotifyError, RequestTimeout
from notifyd.http_api.reply import last_words, problem, response

# From the first byte of a request to the end of its head.
HEAD_SECONDS: Final = 10.0
# How long an answer may wait for a client that does not read it.
UNREAD_SECONDS: Final = 60.0

_OPTIONS: Final[dict[str, Any]] = {
    "access_log": None,
    # A small compressed body could be a huge one.
    "auto_decompress": False,
    # Proxies keep idle connections for a minute, usually: theirs must end first.
    "keepalive_timeout": 75.0,
    # So long the rest of a refused body is thrown away: who is still sending hears no answer.
    "lingering_time": 2.0,
}


class Connection(web.RequestHandler):
    """aiohttp's connection, which ends when nothing comes of it.

    `refused` hears of every error that is no answer to a request of some route.
    """

    def __init__(self, manager: web.Server, refused: Callable[[NotifyError], None]) -> None:
        super().__init__(manager, loop=asyncio.get_running_loop(), **_OPTIONS)
        self._refused = refused
        self._socket: asyncio.Transport | None = None
        self._head_timer: asyncio.TimerHandle | None = None
        self._unread_timer: asyncio.TimerHandle | None = None
        # When a body must have come that is a stranger's, or the rest of one that was refused.
        self.body_due: float | None = None

    @property
    def is_idle(self) -> bool:
        """Whether it waits for a request, of which a part may have come."""
        return self._waiter is not None and not self._waiter.done()

    @property
    def waits_until(self) -> float | None:
        """When it will have waited for its client for too long, on the loop's clock.

        None while it works for its client, or reads what somebody with a token sends.
        """
        if self._unread_timer is not None:
            return self._unread_timer.when()
        return self._next_keepalive_close_time if self.is_idle else self.body_due

    def give_way(self) -> None:
        """End it for somebody else's sake, and keep nothing that its client does not read."""
        if self._socket is not None:
            self._socket.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client connected."""
        # uvloop's transports are no subclasses of asyncio's.
        self._socket = cast(asyncio.Transport, transport)
        # Whatever a client leaves unread counts, lest the end of an answer wait for ever.
        self._socket.set_write_buffer_limits(high=0)
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """It is over."""
        _cancel(self._head_timer)
        _cancel(self._unread_timer)
        self._head_timer = self._unread_timer = self._socket = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes arrived. Those that are not yet a whole head have a time to become one."""
        super().data_received(data)
        if self.is_idle:
            if self._head_timer is None:
                self._head_timer = self._loop.call_later(HEAD_SECONDS, self._head_is_late)
        elif self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def pause_writing(self) -> None:
        """The client does not read as fast as it is answered."""
        super().pause_writing()
        if self._socket is not None:
            self._unread_timer = self._loop.call_later(UNREAD_SECONDS, self._socket.abort)

    def resume_writing(self) -> None:
        """The client has read everything."""
        _cancel(self._unread_timer)
        self._unread_timer = None
        super().resume_writing()

    def refuse(self, error: NotifyError) -> None:
        """Say what is wrong, and end it. Nothing else is being answered here."""
        self._refused(error)
        if self._socket is not None:
            self._socket.write(last_words(error))
        self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,  # noqa: ARG002
        status: int = 500,  # noqa: ARG002
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002
    ) -> web.StreamResponse:
        """Called by aiohttp for a request that it could not read; the connection ends."""
        is_long = isinstance(exc, LineTooLong)
        error = BadRequest(
            detail="a line of its head is too long"
            if is_long
            else "it is not HTTP/1.1, or has more than 128 headers"
        )
        self._refused(error)
        reply = response(problem(error))
        reply.force_close()
        return reply

    def _head_is_late(self) -> None:
        self._head_timer = None
        if self.is_idle:
            self.refuse(RequestTimeout(part="head", seconds=HEAD_SECONDS))


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
