"""One session: a device's conversation with the server, from `hello` to the close."""

from enum import Enum, auto
from typing import Final, assert_never

import msgspec

from notifyctl import wire
from notifyctl.errors import (
    BadAck,
    BadRequest,
    Forbidden,
    NotifyError,
)
from notifyctl.wire import INBOX, CloseCode
from notifyd.auth import LEEWAY_SECONDS, Identity, Verifier
from notifyd.effects import (
    Abort,
    Advance,
    Attach,
    Close,
    Effect,
    Join,
    Leave,
    Load,
    MarkRead,
    PingSocket,
    Publish,
    Send,
    SendPage,
)
from notifyd.greeting import greet, require_room, require_topic
from notifyd.keepalive import Keepalive, Pulse, Timing
from notifyd.refusal import close_code, error_frame
from notifyd.resume import Start, start
from notifyd.standing import Standing
from notifyd.stream import Attachment, Cursor, Page, full_name, inbox_of

RETRY: Final = wire.Retry(base_ms=500, cap_ms=20_000)


class State(Enum):
    """A session's life."""

    GREETING = auto()
    ATTACHING = auto()
    OPEN = auto()
    CLOSED = auto()


class Session:
    """One device's conversation with the server. Knows no socket, no clock, no store.

    `now` is monotonic seconds, for waiting; `wall` is seconds since 1970, for tokens, which
    expire by the calendar even while a machine is suspended.
    """

    __slots__ = (
        "_hello_by",
        "_timing",
        "_token",
        "_verifier",
        "device",
        "id",
        "identity",
        "keepalive",
        "server",
        "standings",
        "state",
    )

    def __init__(
        self,
        session_id: str,
        *,
        server: str,
        verifier: Verifier,
        timing: Timing,
        now: float,
    ) -> None:
        self.id = session_id
        self.server = server
        self.state = State.GREETING
        self.identity: Identity | None = None
        self.device: str | None = None
        self.standings: dict[str, Standing] = {}
        self._verifier = verifier
        self._timing = timing
        self._token: str | None = None
        self._hello_by = now + timing.hello
        self.keepalive = Keepalive(timing, now)

    # What the client says

    def authorize(self, token: str) -> None:
        """Use the token of the upgrade's headers when `hello` brings none."""
        self._token = token

    def receive(self, frame: wire.AnyClientFrame, wall: float) -> list[Effect]:
        """Answer a frame. Never raises for anything that a client can say."""
        if self.state is State.CLOSED:
            return []
        try:
            if self.identity is None:
                return self._greet(frame, wall)
            return self._answer(frame, self.identity, wall)
        except NotifyError as error:
            request = None if isinstance(frame, wire.Hello | wire.Ack) else frame.id
            return self.refuse(error, request)

    def refuse(self, error: NotifyError, request: wire.FrameId | None) -> list[Effect]:
        """Say what was wrong. Before `hello` succeeded, that is also the end."""
        if self.identity is not None:
            return [Send(error_frame(error, request))]
        return [Send(error_frame(error, request, fatal=True)), *self.close(close_code(error))]

    def _greet(self, frame: wire.AnyClientFrame, wall: float) -> list[Effect]:
        if not isinstance(frame, wire.Hello):
            raise BadRequest(detail="the first frame must be hello")
        greeting = greet(frame, self._token, self._verifier, wall)
        identity = self.identity = greeting.identity
        self.device, self._token = greeting.device, None
        self.state = State.ATTACHING
        self.standings = {
            full_name(name, identity.user): Standing(name, claim)
            for name, claim in greeting.claims.items()
        }
        return [Attach(identity.user, self.device, list(self.standings))]

    def _answer(self, frame: wire.AnyClientFrame, identity: Identity, wall: float) -> list[Effect]:
        match frame:
            case wire.Ack():
                return self._ack(frame, identity)
            case wire.Ping():
                return [Send(wire.Pong(id=frame.id, at=wire.timestamp(wall)))]
            case wire.Publish():
                return [Publish(identity, frame)]
            case wire.MarkRead():
                identity.require("subscribe")
                return [MarkRead(identity, frame)]
            case wire.Subscribe():
                return self._subscribe(frame, identity)
            case wire.Unsubscribe():
                self.standings.pop(require_topic(frame.stream, identity), None)
                return [Leave(frame.stream), Send(wire.Ok(id=frame.id))]
            case wire.RefreshToken():
                return self._refresh(frame, identity, wall)
            case wire.Hello():
                raise BadRequest(detail="hello was said already")
            case _:
                assert_never(frame)

    def _ack(self, ack: wire.Ack, identity: Identity) -> list[Effect]:
        stream = full_name(ack.stream, identity.user)
        standing = self.standings.get(stream)
        if standing is None or standing.epoch != ack.epoch or ack.seq > standing.sent:
            raise BadAck(stream=ack.stream, seq=ack.seq)
        if ack.seq <= standing.acked or self.device is None:
            return []  # A device repeats its ack after coming back; one without a name only looks.
        standing.acked = ack.seq
        return [Advance(self._cursor(stream, standing.epoch, ack.seq))]

    def _subscribe(self, request: wire.Subscribe, identity: Identity) -> list[Effect]:
        stream = require_topic(request.stream, identity)
        require_room(len(self.standings) + 1)
        claim = wire.Claim(epoch=request.epoch, after=request.after)
        self.standings[stream] = Standing(stream, claim)
        return [Join(identity.user, self.device, request)]

    def _refresh(self, request: wire.RefreshToken, identity: Identity, wall: float) -> list[Effect]:
        fresh = self._verifier.verify(request.token, wall)
        if fresh.user != identity.user:
            raise Forbidden(reason="a session keeps its user; connect again to change it")
        if self.standings:
            fresh.require("subscribe")
        for stream in self.standings.keys() - {inbox_of(identity.user)}:
            fresh.require_topic(stream)
        self.identity = fresh
        return [Send(wire.TokenAccepted(id=request.id, expires_in_ms=fresh.left_ms(wall)))]

    # What the store says

    def newcomer(self, attachment: Attachment) -> list[Cursor]:
        """The first cursors of a device that is new; store them before `attached` welcomes it.

        Otherwise a crash could make the device a newcomer twice, and what it was sent but
        did not acknowledge could be skipped the second time.
        """
        if self.device is None:
            return []
        return [
            self._cursor(stream, attachment.positions[stream].epoch, begin.acked)
            for stream, standing in self.standings.items()
            if stream in attachment.positions and stream not in attachment.cursors
            for begin in [self._start(stream, standing, attachment)]
        ]

    def attached(self, attachment: Attachment, wall: float) -> list[Effect]:
        """The positions are known: welcome the client, tell it of holes, begin to replay."""
        if self.state is not State.ATTACHING or self.identity is None:
            return []
        self.state = State.OPEN
        states: dict[str, wire.StreamState] = {}
        effects: list[Effect] = []
        for stream, standing in self.standings.items():
            states[standing.name], then = self._begin(stream, standing, attachment)
            effects += then
        welcome = wire.Welcome(
            session=self.id,
            user=self.identity.user,
            device=self.device,
            server=self.server,
            ping_s=self._timing.ping,
            token_expires_in_ms=self.identity.left_ms(wall),
            streams=states,
            unread=attachment.unread if INBOX in states else 0,
            focus=None,
            retry=RETRY,
        )
        return [Send(welcome), *effects]

    def subscribed(self, request: wire.Subscribe, attachment: Attachment) -> list[Effect]:
        """The topic's position is known: answer, and begin to replay."""
        standing = self.standings.get(request.stream)
        if standing is None or self.state is State.CLOSED:
            return [Send(wire.Ok(id=request.id))]  # Unsubscribed again meanwhile.
        state, then = self._begin(request.stream, standing, attachment)
        answer = wire.Subscribed(id=request.id, **msgspec.structs.asdict(state))
        return [Send(answer), *then]

    def _start(self, stream: str, standing: Standing, attachment: Attachment) -> Start:
        position = attachment.positions[stream]
        is_device = self.device is not None and standing.name == INBOX
        return start(
            position,
            claim=standing.claim,
            cursor=attachment.cursors.get(stream),
            newcomer=attachment.acknowledged if is_device else position.head,
        )

    def _begin(
        self, stream: str, standing: Standing, attachment: Attachment
    ) -> tuple[wire.StreamState, list[Effect]]:
        position = attachment.positions[stream]
        begin = self._start(stream, standing, attachment)
        standing.begin(position, begin)
        state = wire.StreamState(
            epoch=position.epoch, head=position.head, after=begin.after, resume=begin.resume
        )
        effects: list[Effect] = []
        if self.device is not None and stream in attachment.cursors:
            # A claim beyond the stored cursor counts as an ack; any other shows it is in use.
            effects.append(Advance(self._cursor(stream, position.epoch, begin.acked)))
        if begin.hole is not None:
            effects.append(Send(standing.gap(begin.hole)))
        if standing.replaying:
            effects.append(Load(stream, standing.sent))
        return state, effects

    def loaded(self, stream: str, after: int, page: Page) -> list[Effect]:
        """A page came from the store: send it, and ask for the next one until none is left."""
        standing = self.standings.get(stream)
        if standing is None or standing.sent != after or self.state is not State.OPEN:
            return []  # Unsubscribed, or subscribed anew, while the store was reading.
        epoch = standing.epoch
        hole = standing.turn(page)
        effects: list[Effect] = []
        if hole is not None:
            effects.append(Send(standing.gap(hole)))
        if page.bodies and standing.epoch == epoch:
            effects.append(SendPage(standing.name, epoch, live=False, bodies=page.bodies))
        if standing.replaying:
            effects.append(Load(stream, standing.sent))
        return effects

    # What happens elsewhere

    def catch_up(self, stream: str) -> list[Effect]:
        """After a push that was not the next one: read what is missing from the store."""
        standing = self.standings.get(stream)
        if standing is None or not standing.fell_behind():
            return []
        return [Load(stream, standing.sent)]

    def close(self, code: CloseCode, retry_ms: int | None = None) -> list[Effect]:
        """End the session; nothing is sent or done for it any more."""
        if self.state is State.CLOSED:
            return []
        self.state = State.CLOSED
        return [Close(code, retry_ms)]

    def lost(self) -> None:
        """The connection is gone: nothing can be said any more."""
        self.state = State.CLOSED

    # What time does

    def wake(self, now: float, wall: float) -> list[Effect]:
        """Do what is due: a hello that never came, an expired token, a ping, a silent peer."""
        if self.state is State.CLOSED:
            return []
        if self.identity is None:
            return self.close(CloseCode.HELLO_TIMEOUT) if now >= self._hello_by else []
        if self.identity.expires_at + LEEWAY_SECONDS <= wall:
            return self.close(CloseCode.TOKEN_EXPIRED)
        match self.keepalive.wake(now):
            case Pulse.FINE:
                return []
            case Pulse.PING:
                return [PingSocket()]
            case Pulse.DEAD:
                self.state = State.CLOSED
                return [Abort()]

    def wake_in(self, now: float, wall: float) -> float:
        """In how many seconds to call `wake` again."""
        if self.identity is None:
            return max(0.0, self._hello_by - now)
        until_expiry = self.identity.expires_at + LEEWAY_SECONDS - wall
        return max(0.0, min(self.keepalive.due - now, until_expiry))

    def _cursor(self, stream: str, epoch: str, seq: int) -> Cursor:
        assert self.identity is not None
        assert self.device is not None
        return Cursor(
            user=self.identity.user, device=self.device, stream=stream, epoch=epoch, seq=seq
        )
