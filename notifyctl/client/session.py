"""The client's side of a conversation: what is new, what to acknowledge, what follows a close."""

from collections.abc import Iterable, Mapping
from typing import Final, assert_never

import msgspec

from notifyctl.client.backoff import Backoff, Jitter
from notifyctl.client.keepalive import Keepalive, Pulse
from notifyctl.client.renewal import Renewal
from notifyctl.client.standing import Standing
from notifyctl.client.states import (
    Connecting,
    Online,
    State,
    Stopped,
    Waiting,
    ending,
)
from notifyctl.errors import BadRequest
from notifyctl.wire import (
    INBOX,
    Ack,
    AnyEvent,
    AnyServerFrame,
    Claim,
    CloseCode,
    CloseReason,
    Error,
    Events,
    Gap,
    Goaway,
    Hello,
    Ok,
    StreamState,
    Subscribe,
    Welcome,
    comes_back,
    decode_answer,
    explain,
)

# The client's own request; those that somebody waits for carry numbers.
PING_ID: Final = "ping"
STABLE_SECONDS: Final = 10.0


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """An event, and where it stands. `live` is false for what happened while the client was away.

    `stream` is `inbox` or `topic:<name>`; `epoch` tells histories of a stream apart, should
    one be lost.
    """

    stream: str
    epoch: str
    live: bool
    event: AnyEvent


Item = Received | Gap
"""What an application gets: an event, or the news that some can never be delivered."""


class Session:
    """A client's conversation with the server, over any number of connections.

    Knows no socket, no clock, no log: `now` is seconds since 1970, chance comes from `jitter`.
    `start` says where the application stands in its streams, if it kept that; topics are
    named `topic:<name>`, and the inbox is always followed.
    """

    def __init__(
        self,
        *,
        device: str | None,
        topics: Iterable[str],
        start: Mapping[str, Claim],
        jitter: Jitter,
        renewable: bool,
    ) -> None:
        self.device = device
        self.state: State = Connecting()
        self.error: Exception | None = None
        self.renewal = Renewal(renewable=renewable)
        self._backoff = Backoff(jitter)
        self._keepalive = Keepalive(now=0.0)
        self._online_since: float | None = None
        self._refusal: Error | None = None
        self._followed = {INBOX, *topics}
        self._standings: dict[str, Standing] = {}
        for stream, claim in start.items():
            # Without its epoch a position means nothing, except the very first.
            if claim.after is not None and (claim.epoch is not None or claim.after == 0):
                self._standings[stream] = Standing(claim.epoch, claim.after)

    # A connection's life

    def connect(self) -> None:
        """A connection is being opened."""
        self.state = Connecting()

    def hello(self, token: str, now: float) -> Hello:
        """The first frame on a new connection."""
        self._keepalive = Keepalive(now)
        self._refusal = None
        for standing in self._standings.values():
            standing.begin()
        return Hello(
            token=token,
            device=self.device,
            streams={stream: self._claim(stream) for stream in sorted(self._followed)},
            client="notifyctl-python",
        )

    def closed(self, code: int, reason: str, now: float) -> Waiting | Stopped:
        """The connection ended with a close code: whether and when to come back."""
        if code == CloseCode.TOKEN_EXPIRED:
            self.renewal.expired()
        if not comes_back(code) or (code == CloseCode.TOKEN_EXPIRED and not self.renewal.renewable):
            return self.stop(ending(code, self._refusal), code)
        why = explain(code) if code in set(CloseCode) else "The connection was lost."
        return self.lost(why, now, _retry_ms(reason))

    def lost(self, reason: str, now: float, retry_ms: int | None = None) -> Waiting:
        """There is no connection, or none could be made: when to try again."""
        if self._online_since is not None and now - self._online_since >= STABLE_SECONDS:
            self._backoff.reset()
        self._online_since = None
        waiting = Waiting(until=now + self._backoff.delay(retry_ms), reason=reason)
        self.state = waiting
        return waiting

    def stop(self, error: Exception, code: int | None = None) -> Stopped:
        """The client ends for good, with this error."""
        self.error = error
        self.state = Stopped(reason=str(error), code=code)
        return self.state

    # What the server says

    def receive(self, frame: AnyServerFrame, now: float) -> list[Item]:
        """What a frame brings for the application: events not seen before, and gaps."""
        self._keepalive.heard(now)
        match frame:
            case Welcome():
                return self._welcomed(frame, now)
            case Events(stream=stream, epoch=epoch, live=live):
                standing = self._standings.get(stream)
                if standing is None or standing.epoch != epoch:
                    standing = self._standings[stream] = Standing(epoch, 0)
                return [
                    Received(stream=stream, epoch=epoch, live=live, event=event)
                    for event in standing.take(frame.events)
                ]
            case Gap():
                return self._missed(frame)
            case Error(fatal=True):
                self._refusal = frame
                return []
            case Error() | Ok() | Goaway():
                return []  # Delivery goes on until a close, which says when to come back.
            case _:
                assert_never(frame)

    def _welcomed(self, welcome: Welcome, now: float) -> list[Item]:
        self.state = Online(session=welcome.session, user=welcome.user, unread=welcome.unread)
        self._online_since = now
        self._backoff.retry = welcome.retry
        self._keepalive = Keepalive(now, welcome.ping_s)
        self.renewal.accepted(welcome.token_expires_in_ms, now)
        gaps = [self._start(stream, state) for stream, state in welcome.streams.items()]
        return [gap for gap in gaps if gap is not None]

    def _start(self, stream: str, state: StreamState) -> Gap | None:
        if state.resume == "gap":
            return None  # The server's own `gap` frame follows, and is told of first.
        standing = self._standings.get(stream)
        if standing is not None and standing.epoch is None:
            standing.epoch = state.epoch
            return None
        if standing is None or standing.epoch != state.epoch:
            self._standings[stream] = Standing(state.epoch, state.after)
            return None
        # Position 0 asks for all that is retained, and a server tells of no gap before that.
        # This client was there before, so what retention took since then is one.
        return standing.miss(
            Gap(stream=stream, epoch=state.epoch, first=1, last=state.after, reason="retention")
        )

    def _missed(self, gap: Gap) -> list[Item]:
        standing = self._standings.get(gap.stream)
        if standing is None or standing.epoch != gap.epoch or gap.reason == "epoch":
            standing = self._standings[gap.stream] = Standing(gap.epoch, gap.first - 1)
            standing.miss(gap)
            return [gap]  # Even one that names no event says that a history was lost.
        rest = standing.miss(gap)
        return [] if rest is None else [rest]

    # What the application did

    def handled(self, item: Item) -> None:
        """The application is done with an item, and with everything before it."""
        standing = self._standings.get(item.stream)
        if standing is None or standing.epoch != item.epoch:
            return  # Unsubscribed meanwhile, or of a history that was lost.
        match item:
            case Received(event=event):
                standing.handle(event.seq)
            case Gap(last=last):
                standing.handle(last)
            case _:
                assert_never(item)

    def acks(self) -> list[Ack]:
        """What to acknowledge now; one frame per stream, however many events were handled."""
        if self.device is None or not isinstance(self.state, Online):
            return []
        acks = [
            Ack(stream=stream, epoch=standing.epoch, seq=seq)
            for stream, standing in self._standings.items()
            if standing.epoch is not None and (seq := standing.ack()) is not None
        ]
        if acks:
            self._backoff.reset()
        return acks

    def positions(self) -> dict[str, Claim]:
        """Where the application stands in every stream: what a later client may start with."""
        return {stream: standing.claim for stream, standing in self._standings.items()}

    def subscribe(self, request: int, topic: str) -> Subscribe:
        """The request to follow a topic; it is followed once `subscribed` is called."""
        claim = self._claim(topic)
        return Subscribe(id=request, stream=topic, epoch=claim.epoch, after=claim.after)

    def subscribed(self, topic: str, state: StreamState) -> list[Item]:
        """The server follows the topic for this client, now and after each reconnect."""
        self._followed.add(topic)
        gap = self._start(topic, state)
        return [] if gap is None else [gap]

    def unsubscribed(self, topic: str) -> None:
        """The topic is followed no longer."""
        self._followed.discard(topic)
        self._standings.pop(topic, None)

    def _claim(self, stream: str) -> Claim:
        standing = self._standings.get(stream)
        return Claim() if standing is None else standing.claim

    # What time does

    def check(self, now: float) -> Pulse:
        """Whether the server is still there; ask again at `check_at`."""
        return self._keepalive.check(now)

    @property
    def check_at(self) -> float:
        """When to call `check` again, in seconds since 1970."""
        return self._keepalive.due

    def busy(self, now: float) -> None:
        """The application reads nothing right now: silence is its own doing."""
        self._keepalive.heard(now)


def _retry_ms(reason: str) -> int | None:
    try:
        return decode_answer(reason, CloseReason).retry_ms
    except BadRequest:
        return None  # A proxy's close has other words in it, or none.
