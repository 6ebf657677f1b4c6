"""The link: keeps a session connected, and comes back when the connection breaks."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from notifyctl.client.backlog import Backlog
from notifyctl.client.keepalive import Pulse
from notifyctl.client.requests import Answer, Request, Requests, pack
from notifyctl.client.session import PING_ID, Session
from notifyctl.client.states import Online, State, Stopped, Waiting, unreachable
from notifyctl.client.tokens import SourceFailed, Tokens
from notifyctl.errors import BadRequest, NotifyError, Unreadable
from notifyctl.wire import (
    SUBPROTOCOL,
    AnyServerFrame,
    Error,
    FrameId,
    Ok,
    Ping,
    RefreshToken,
    Subscribe,
    Subscribed,
    TokenAccepted,
    Unsubscribe,
    Welcome,
    decode_server,
)

_CLOSE_SECONDS: Final = 2.0
_WELCOME_SECONDS: Final = 10.0
_LOST: Final = 1006

log = logging.getLogger(__name__)


class Link:
    """Carries frames between a session and its server, over one connection after another.

    `on_state` is told of every change; `on_positions` is called when the session's positions
    changed by what the server said.
    """

    def __init__(
        self,
        url: str,
        session: Session,
        tokens: Tokens,
        *,
        on_state: Callable[[State], None],
        on_positions: Callable[[], None],
    ) -> None:
        self.backlog = Backlog()
        self.requests = Requests()
        self._url = url
        self._session = session
        self._tokens = tokens
        self._on_state = on_state
        self._on_positions = on_positions
        self._socket: ClientConnection | None = None
        self._welcomed = asyncio.Event()
        self._ack_wanted = asyncio.Event()
        self._reading = True

    async def run(self) -> None:
        """Connect, converse, and come back, until the session stops."""
        while True:
            self._session.connect()
            self._on_state(self._session.state)
            state = await self._attempt()
            self._on_state(state)
            if isinstance(state, Stopped):
                return
            await asyncio.sleep(state.seconds_left(time.time()))

    async def ask(self, request: Request, answer: type[Answer]) -> Answer:
        """The answer to a request, however many connections it takes.

        Raises the error that the server answers with, `TooLarge` for a request that it would
        refuse unread, and what ends the session.
        """
        message = pack(request)
        if self._session.error is not None:
            raise self._session.error
        future = self.requests.add(request, answer)
        self.backlog.hurry()
        try:
            if self._socket is not None and isinstance(self._session.state, Online):
                with suppress(ConnectionClosed):
                    await self._socket.send(message)
            return await future
        finally:
            self.requests.remove(request)

    def want_acks(self) -> None:
        """Something was handled: acknowledge it soon, together with what follows at once."""
        self._ack_wanted.set()

    async def flush(self) -> None:
        """Acknowledge now what was handled, if there is a connection."""
        if self._socket is not None:
            with suppress(ConnectionClosed, TimeoutError):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await self._send_acks(self._socket)

    def end(self) -> None:
        """Nothing more will come: let go of everybody who waits."""
        self.backlog.end()
        if self._session.error is not None:
            self.requests.fail(self._session.error)

    # One connection

    async def _attempt(self) -> Waiting | Stopped:
        """Hold one connection, if there is a server; what follows its end."""
        try:
            if self._session.renewal.wanted(time.time()):
                await self._tokens.fetch()
                self._session.renewal.fetched()
            self._socket = socket = await self._open()
        except SourceFailed as failure:
            return self._session.lost(str(failure), time.time())
        except NotifyError as error:
            return self._session.stop(error)
        except (OSError, WebSocketException) as error:
            return self._session.lost(str(unreachable(self._url, error)), time.time())
        try:
            await self._converse(socket)
        except NotifyError as error:
            return self._session.stop(error)
        finally:
            self._socket = None
            await socket.close()
        code, reason = socket.close_code or _LOST, socket.close_reason or ""
        return self._session.closed(code, reason, time.time())

    async def _open(self) -> ClientConnection:
        return await connect(
            self._url,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,
            max_size=None,
            ping_interval=None,
            close_timeout=_CLOSE_SECONDS,
            proxy=None,
        )

    async def _converse(self, socket: ClientConnection) -> None:
        """Do all that a connection needs, side by side, until it ends."""
        self._welcomed.clear()
        self._reading = True
        works = (
            self._read(socket),
            _until_closed(self._acknowledge(socket)),
            _until_closed(self._keep_alive(socket)),
            _until_closed(self._renew()),
        )
        tasks = [asyncio.create_task(work) for work in works]
        try:
            # Reading ends it: what arrived before the close, such as its reason, is read first.
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                with suppress(ConnectionClosed):
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, socket: ClientConnection) -> None:
        await socket.send(pack(self._session.hello(self._tokens.current, time.time())))
        while True:
            raw = await socket.recv()
            frame = _decoded(raw)
            if frame is None:
                continue
            self.backlog.put(self._session.receive(frame, time.time()))
            await self._follow_up(frame, raw, socket)
            # While somebody waits for an answer, that may stand behind any number of events.
            while self.backlog.full and not self.requests:
                self._reading = False
                await self.backlog.relief()
            self._reading = True

    async def _follow_up(
        self, frame: AnyServerFrame, raw: bytes | str, socket: ClientConnection
    ) -> None:
        """What a frame means for those who wait: for the connection, for an answer, to ack."""
        match frame:
            case Welcome():
                self._welcomed.set()
                self._on_positions()
                self._on_state(self._session.state)
                for request in self.requests.unanswered():
                    await socket.send(pack(request))
            case Ok(id=id_):
                self._take_answer(id_, raw)
            case Error() if not self.requests.refused(frame):
                log.warning("The server says: %s", frame.message)
            case _:
                pass
        self.want_acks()  # A repeat may be what an ack had to wait for.

    def _take_answer(self, id_: FrameId, raw: bytes | str) -> None:
        match self.requests.answered(id_, raw):
            case Subscribe(stream=topic), Subscribed() as state:
                self.backlog.put(self._session.subscribed(topic, state))
                self._on_positions()
            case Unsubscribe(stream=topic), _:
                self._session.unsubscribed(topic)
                self._on_positions()
            case _:
                pass

    async def _acknowledge(self, socket: ClientConnection) -> None:
        while True:
            await self._ack_wanted.wait()
            self._ack_wanted.clear()
            await self._send_acks(socket)

    async def _send_acks(self, socket: ClientConnection) -> None:
        for ack in self._session.acks():
            await socket.send(pack(ack))

    async def _keep_alive(self, socket: ClientConnection) -> None:
        try:
            async with asyncio.timeout(_WELCOME_SECONDS):
                await self._welcomed.wait()
        except TimeoutError:
            socket.transport.abort()
            return
        while True:
            await asyncio.sleep(max(0.0, self._session.check_at - time.time()))
            if not self._reading:
                self._session.busy(time.time())
                continue
            match self._session.check(time.time()):
                case Pulse.FINE:
                    pass
                case Pulse.PING:
                    await socket.send(pack(Ping(id=PING_ID)))
                case Pulse.DEAD:
                    socket.transport.abort()
                    return

    async def _renew(self) -> None:
        renewal = self._session.renewal
        await self._welcomed.wait()
        while True:
            await asyncio.sleep(renewal.check_in(time.time()))
            if renewal.wanted(time.time()):
                renewal.postpone(time.time())
                await self._renew_once()

    async def _renew_once(self) -> None:
        try:
            token = await self._tokens.fetch()
        except SourceFailed as failure:
            log.warning("%s The present token serves on; the next attempt follows.", failure)
            return
        request = RefreshToken(id=self.requests.number(), token=token)
        try:
            accepted = await self.ask(request, TokenAccepted)
        except NotifyError as error:
            log.warning("The server refused the fresh token: %s", error)
            return
        self._session.renewal.accepted(accepted.expires_in_ms, time.time())


async def _until_closed(work: Coroutine[None, None, None]) -> None:
    with suppress(ConnectionClosed):
        await work


def _decoded(raw: bytes | str) -> AnyServerFrame | None:
    try:
        return decode_server(raw)
    except BadRequest as error:
        raise Unreadable(**error.details) from None
