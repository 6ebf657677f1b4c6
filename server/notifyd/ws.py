"""Port 8001: frames in, effects out."""

import asyncio
import os
import time
from collections import deque
from collections.abc import Coroutine, Iterable
from typing import Final, assert_never

import msgspec
from websockets.http11 import Request

from notifyctl import wire
from notifyctl.errors import BadRequest, InternalError, StoreUnavailable
from notifyctl.wire import CloseCode
from notifyd import effects as ask
from notifyd.answers import mark_read, publish
from notifyd.logs import log
from notifyd.port import Port
from notifyd.rate import Pace
from notifyd.refusal import error_frame
from notifyd.session import Session, State
from notifyd.upgrade import Probe, Refusal, Upgrade, read_request
from notifyd.websocket import WebSocket, text_message

# How many requests of one connection may be under way before it is read no further.
MAX_UNDER_WAY: Final = 128
# A session is congested when this much waits in its socket; then replay waits, too.
HIGH_WATER: Final = 64 * 1024
SLOW_CLOSE_SECONDS: Final = 1.0
ANSWER_SECONDS: Final = 1.0
# Requests that the store or a signature has to be asked for cost as much as so many others.
COSTLY: Final = (wire.Subscribe, wire.MarkRead, wire.RefreshToken)
COSTLY_FRAMES: Final = 10
# Beyond `max_connections` so many are told why; the others only cost files that others need.
POLITELY_REFUSED: Final = 100


class Connection(WebSocket):
    """One session over one WebSocket: performs what the session asks for."""

    __slots__ = (
        "_is_loading",
        "_is_member",
        "_leaving",
        "_loads",
        "_pace",
        "_resting",
        "_timer",
        "_under_way",
        "port",
        "session",
    )

    def __init__(self, port: Port) -> None:
        super().__init__()
        self.port = port
        self.session = Session(
            os.urandom(8).hex(),
            server=port.server,
            verifier=port.verifier,
            timing=port.timing,
            now=time.monotonic(),
        )
        self._timer: asyncio.TimerHandle | None = None
        self._pace = Pace(port.frame_rate, port.frame_burst, time.monotonic())
        self._resting: asyncio.TimerHandle | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._loads: deque[ask.Load] = deque()
        self._is_loading = False
        self._is_member = False
        self._leaving: asyncio.Task[None] | None = None

    @property
    def waiting_bytes(self) -> int:
        """How many bytes wait in this connection's socket."""
        return self.transport.get_write_buffer_size() if self.transport else 0

    # The socket's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A socket was accepted."""
        super().connection_made(transport)
        assert self.transport is not None
        self.transport.set_write_buffer_limits(high=HIGH_WATER)
        self.port.connections.add(self)
        self.port.metrics.connection_opened()
        if len(self.port.connections) > self.port.max_connections + POLITELY_REFUSED:
            self.port.metrics.refused("max_connections")
            self.abort()
        self._arm()

    def on_request(self, request: Request) -> None:
        """A probe is answered; an upgrade becomes a session, or a close code that says why not."""
        allowed = self.port.settings.allowed_origins
        match read_request(request.path, request.headers.get_all, allowed):
            case Probe(path):
                self._spawn(self._probe(path, has_body=request.method != "HEAD"))
            case Refusal(status, sentence):
                self.port.metrics.refused(str(status))
                self.respond(self.protocol.reject(status, sentence))
            case Upgrade() as upgrade:
                self.respond(self.protocol.accept(request))
                if self.is_open:
                    self._admit(upgrade)

    def _admit(self, upgrade: Upgrade) -> None:
        if self.port.is_draining:
            self.end(CloseCode.DRAINING, self.port.retry_ms())
        elif len(self.port.connections) > self.port.max_connections:
            self.port.metrics.refused("max_connections")
            self.end(CloseCode.TRY_AGAIN_LATER, self.port.retry_ms())
        elif not upgrade.speaks_our_version:
            self.end(CloseCode.UNSUPPORTED_VERSION)
        elif upgrade.has_token_in_url:
            error = BadRequest(detail="a token in the URL ends up in logs; send it in hello")
            self._perform(self.session.refuse(error, None))
        elif upgrade.token is not None:
            self.session.authorize(upgrade.token)
            if upgrade.says_hello:
                self._perform(self.session.receive(wire.Hello(), time.time()))

    def on_data(self) -> None:
        """Bytes arrived."""
        self.session.keepalive.heard(time.monotonic())

    def on_text(self, message: bytes) -> None:
        """A frame arrived."""
        try:
            frame = wire.decode_client(message)
        except BadRequest as error:
            self._perform(self.session.refuse(error, wire.frame_id(message)))
            return
        if isinstance(frame, COSTLY):
            self.on_frames(COSTLY_FRAMES)
        self._perform(self.session.receive(frame, time.time()))
        if isinstance(frame, wire.RefreshToken):
            self._arm()

    def on_frames(self, count: int) -> None:
        """Frames are to be handled. Who sends too many is not closed, but read more slowly."""
        now = time.monotonic()
        self.session.keepalive.heard(now)  # However long it had to wait for being read.
        wait = self._pace.spend(count, now)
        if wait > 0 and self._resting is None:
            self._resting = asyncio.get_running_loop().call_later(wait, self._rested)

    def _rested(self) -> None:
        self._resting = None
        self.read_on()

    @property
    def is_ready(self) -> bool:
        """Whether the next frame may come: not while the session attaches or does too much."""
        return (
            self._resting is None
            and self.session.state is not State.ATTACHING
            and len(self._under_way) < MAX_UNDER_WAY
        )

    def on_binary(self, _message: bytes) -> None:
        """There are no binary frames in this protocol."""
        self.end(CloseCode.UNSUPPORTED_DATA)

    def on_room(self) -> None:
        """The socket takes data again: go on with replay."""
        self.session.keepalive.heard(time.monotonic())  # Who reads slowly is there, too.
        self._load_next()

    def on_backlog(self) -> None:
        """The other side does not read what is written: bear with it up to a limit."""
        if self.waiting_bytes > self.port.settings.queue_bytes:
            self.end(CloseCode.SLOW_CONSUMER)

    def on_end(self) -> None:
        """The connection is gone."""
        self.port.connections.discard(self)
        self.port.metrics.connection_closed()
        self.session.lost()
        self._leave(self.protocol.close_code or 1006)
        for task in self._under_way:
            task.cancel()
        if self._leaving is not None:
            self._leaving.cancel()
        if self._resting is not None:
            self._resting.cancel()

    # The hub's side

    def catch_up(self, stream: str) -> None:
        """Read what is missing from the store."""
        self._perform(self.session.catch_up(stream))

    def end(self, code: CloseCode, retry_ms: int | None = None) -> None:
        """Close the session."""
        self._perform(self.session.close(code, retry_ms))

    def go_away(self, seconds: float) -> None:
        """Announce the end, and bring it about at this connection's own time.

        Who was not welcomed yet has nothing to finish, and is sent away at once.
        """
        if self.session.state is not State.OPEN:
            self.end(CloseCode.DRAINING, self.port.retry_ms())
        elif self._leaving is None:
            goaway = wire.Goaway(reason="draining", retry_ms=int(seconds * 1000))
            self._perform([ask.Send(goaway)])
            self._leaving = asyncio.get_running_loop().create_task(self._go_away(seconds))

    async def _go_away(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        if self._under_way:  # What was asked is answered, so that nobody has to ask again.
            await asyncio.wait(set(self._under_way), timeout=ANSWER_SECONDS)
        self.end(CloseCode.DRAINING, self.port.retry_ms())

    # The session's side

    def _perform(self, effects: Iterable[ask.Effect]) -> None:
        for effect in effects:
            match effect:
                case ask.Send(frame):
                    self.write(text_message(wire.encode(frame)))
                    if isinstance(frame, wire.Gap):
                        self.port.metrics.gap(frame.reason)
                case ask.SendPage(name, epoch, live, bodies):
                    payload = wire.encode_events(name, epoch, live=live, bodies=bodies)
                    self.write(text_message(payload))
                    self.port.metrics.replayed(len(bodies))
                case ask.Attach():
                    self._enter(effect)
                case ask.Join(_, _, request):
                    self.port.hub.follow(self, request.stream)
                    self._spawn(self._join(effect))
                case ask.Leave(stream):
                    self.port.hub.unfollow(self, stream)
                case ask.Load():
                    self._loads.append(effect)
                    self._load_next()
                case ask.Advance(cursor):
                    self.port.delivery.acknowledge(cursor)
                case ask.Publish(caller, request):
                    seconds = self.port.settings.dedup_window
                    answer = publish(request, caller, self.port.delivery, seconds)
                    self._spawn(self._answer(request.id, answer))
                case ask.MarkRead(caller, request):
                    answer = mark_read(request, caller, self.port.delivery)
                    self._spawn(self._answer(request.id, answer))
                case ask.PingSocket():
                    self.ping()
                case ask.Close(code, retry_ms):
                    self._leave(code)
                    within = SLOW_CLOSE_SECONDS if code is CloseCode.SLOW_CONSUMER else 5.0
                    self.close(code, wire.close_reason(code, retry_ms), within=within)
                case ask.Abort():
                    self.abort()
                case _:
                    assert_never(effect)

    def _enter(self, effect: ask.Attach) -> None:
        if self.port.is_draining:
            self.end(CloseCode.DRAINING, self.port.retry_ms())
            return
        if not self.port.hub.join(self, effect.user, effect.device):
            self.end(CloseCode.TOO_MANY_SESSIONS)
            return
        self._is_member = True
        self.port.metrics.session_opened()
        # Followed before they are looked up: what is committed in between is known to exist.
        for stream in effect.streams:
            self.port.hub.follow(self, stream)
        self._spawn(self._attach(effect))

    async def _attach(self, effect: ask.Attach) -> None:
        port = self.port
        attachment = await port.cursors.attach(effect.user, effect.device, effect.streams)
        if self.session.state is not State.ATTACHING:
            return  # It ended meanwhile, and must not take the device from a session that lives.
        if effect.device is not None and not port.hub.take_over(
            self, effect.user, effect.device, attachment.generation
        ):
            self.end(CloseCode.REPLACED)
            return
        if newcomer := self.session.newcomer(attachment):
            await port.cursors.create(newcomer)
        if self.session.state is State.ATTACHING:
            self._perform(self.session.attached(attachment, time.time()))
            self._arm()

    async def _join(self, effect: ask.Join) -> None:
        attachment = await self.port.cursors.attach(
            effect.user, effect.device, [effect.request.stream]
        )
        if newcomer := self.session.newcomer(attachment):
            await self.port.cursors.create(newcomer)
        self._perform(self.session.subscribed(effect.request, attachment))

    def _load_next(self) -> None:
        """One page at a time, and none while the socket is congested: replay costs one page."""
        if self._loads and not self._is_loading and not self.is_congested:
            self._is_loading = True
            self._spawn(self._load(self._loads.popleft()))

    async def _load(self, load: ask.Load) -> None:
        try:
            page = await self.port.store.page(load.stream, load.after)
        finally:
            self._is_loading = False
        self._perform(self.session.loaded(load.stream, load.after, page))
        self._load_next()

    async def _answer(
        self, request: wire.FrameId, answer: Coroutine[None, None, msgspec.Struct]
    ) -> None:
        try:
            frame = await answer
        except Exception:
            log.exception("a request failed")
            frame = error_frame(InternalError(), request)
        self._perform([ask.Send(frame)])

    async def _probe(self, path: str, *, has_body: bool) -> None:
        status, body = 200, wire.encode(wire.Health())
        if path == "/readyz":
            readiness = await self.port.health.readiness()
            status, body = 200 if readiness.ready else 503, wire.encode(readiness)
        response = self.protocol.reject(status, body.decode())
        # Assigned alone, it would be a second header of that name.
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "application/json"
        if not has_body:
            response.body = b""
        self.respond(response)

    # Within

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            if not isinstance(error, StoreUnavailable):
                log.error("a session failed", exc_info=error)
            self.end(CloseCode.TRY_AGAIN_LATER, self.port.retry_ms())
        self.read_on()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        delay = self.session.wake_in(time.monotonic(), time.time())
        self._timer = asyncio.get_running_loop().call_later(delay, self._wake)

    def _wake(self) -> None:
        if not self.is_ready:
            # Nothing is read now, so that its silence means nothing.
            self.session.keepalive.heard(time.monotonic())
        self._perform(self.session.wake(time.monotonic(), time.time()))
        if self.session.state is not State.CLOSED:
            self._arm()

    def _leave(self, code: int) -> None:
        """The session is over, whoever ended it: nothing is offered to it any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._is_member:
            self._is_member = False
            self.port.hub.leave(self)
            self.port.metrics.session_closed(code)
