"""A device: connects, reads, acknowledges, and comes back; every message goes into the ledger."""

from collections.abc import Iterable, Iterator
from typing import Final

from gevent import Timeout

from loadtests.coming_back import ComingBack, Ending, ending
from loadtests.connection import LOST, Connection, Refused
from loadtests.stamp import stamp_in
from loadtests.topology import Seat
from loadtests.worker import Worker
from notifyctl.wire import (
    INBOX,
    Ack,
    Claim,
    Error,
    Events,
    Gap,
    Hello,
    Notification,
    Welcome,
    decode_server,
    encode,
)

CLIENT: Final = "notifyctl-load"


class Device:
    """One device of a user, over any number of connections. Its greenlet reads the socket."""

    __slots__ = (
        "_coming_back",
        "_connection",
        "_due_us",
        "_heads",
        "_is_cut",
        "_is_here",
        "_lost_us",
        "_positions",
        "_receiver",
        "_returned_us",
        "_troubles",
        "_worker",
        "is_away",
        "seat",
    )

    def __init__(self, worker: Worker, seat: Seat) -> None:
        self.seat = seat
        self.is_away = False
        self._worker = worker
        self._receiver = worker.ledger.receiver(seat.user, seat.device)
        for topic in seat.topics:
            self._receiver.follow(topic)
        spec = worker.spec
        self._coming_back = ComingBack(spec.come_back, spec.spread, worker.random)
        self._connection: Connection | None = None
        self._positions: dict[str, tuple[str, int]] = {}
        self._heads: dict[str, int] = {}
        self._is_cut = False
        self._is_here = False
        self._due_us = 0
        self._lost_us: int | None = None
        self._returned_us: int | None = None
        self._troubles: dict[str, tuple[int, int]] = {}

    def live(self, due_us: int) -> None:
        """Connect when that is due, and stay connected, until the run is over."""
        worker = self._worker
        self._due_us = due_us
        while True:
            worker.sleep_until(self._due_us)
            if worker.is_over:
                return
            end = self._converse()
            if worker.is_over:
                return
            if end.is_final:
                worker.meter.count("sessions.stopped")
                return
            self._plan_return(end)

    def cut(self) -> None:
        """Lose the connection, as in a tunnel."""
        if self._connection is not None:
            self._is_cut = True
            self._connection.reset()

    def leave(self) -> None:
        """Lose the connection, and stay away until everybody is called back."""
        self.is_away = True
        self.cut()

    def close(self) -> None:
        """The run is over: what has not come by now, never will."""
        if self._is_here:
            self._receiver.finished()
        if self._connection is not None:
            self._connection.close()

    # One connection

    def _converse(self) -> Ending:
        worker, meter = self._worker, self._worker.meter
        with worker.handshakes:
            began_us = worker.now_us()
            try:
                connection = Connection.open(worker.dial, worker.source_ip())
            except Refused as refused:
                meter.count("connect.refused" if refused.status else "connect.failed")
                return Ending(LOST, refused.retry_ms)
            self._connection = connection
            batches = connection.messages()
            self._greet(connection, batches, began_us)
        try:
            if self._is_here:
                self._read(connection, batches)
        finally:
            self._gone(connection)
        return ending(connection.close_code, connection.close_reason)

    def _greet(self, connection: Connection, batches: Iterator[list[bytes]], began_us: int) -> None:
        connection.send(encode(self._hello()))
        with Timeout(self._worker.dial.timeout, False):
            for batch in batches:
                self._take(connection, batch)
                if self._is_here:
                    self._came(began_us)
                    return
        if connection.close_code == LOST:
            self._worker.meter.count("connect.failed")
        else:
            self._worker.meter.count("connect.refused")

    def _read(self, connection: Connection, batches: Iterator[list[bytes]]) -> None:
        for batch in batches:
            self._take(connection, batch)
            if self._returned_us is not None:
                self._drained()

    def _hello(self) -> Hello:
        # The first time all that there is, which is nothing: the user is of this run.
        streams = {INBOX: Claim(after=0), **{topic: Claim() for topic in self.seat.topics}}
        for stream, (epoch, after) in self._positions.items():
            streams[stream] = Claim(epoch=epoch, after=after)
        token = self._worker.token(self.seat.user, "subscribe")
        return Hello(token=token, device=self.seat.device, streams=streams, client=CLIENT)

    def _came(self, began_us: int) -> None:
        worker, meter = self._worker, self._worker.meter
        now_us = worker.now_us()
        meter.record("connect.handshake", now_us - began_us)
        meter.record("connect.from_intended", now_us - self._due_us)
        if self._lost_us is not None:
            meter.record("reconnect", now_us - self._lost_us)
            self._lost_us = None
        if self._returned_us is not None:
            self._drained()

    def _gone(self, connection: Connection) -> None:
        worker = self._worker
        connection.reset()
        self._connection = None
        if not self._is_here:
            return
        self._is_here = False
        worker.sessions -= 1
        if not worker.is_over and not self.is_away:
            self._lost_us = worker.now_us()
            if not self._is_cut:
                worker.meter.count("sessions.closed")
        self._is_cut = False

    def _plan_return(self, end: Ending) -> None:
        worker = self._worker
        if self.is_away:
            worker.back.wait()
            self.is_away = False
            spread_us = int(worker.random.uniform(0, worker.back_spread_us))
            self._due_us = self._returned_us = worker.back_from_us + spread_us
            return
        delay = self._coming_back.delay(end.retry_ms)
        self._due_us = worker.now_us() + int(delay * 1e6)

    # What the server says

    def _take(self, connection: Connection, batch: Iterable[bytes]) -> None:
        """Enter what came, and acknowledge it: one ack per stream for all that came together."""
        worker = self._worker
        now_us = worker.now_us()
        news: set[str] = set()
        for raw in batch:
            match decode_server(raw):
                case Events() as frame:
                    self._enter(frame, now_us)
                    news.add(frame.stream)
                case Gap(stream=stream, epoch=epoch, first=first, last=last):
                    self._receiver.gap(stream, epoch, first, last)
                    self._stands(stream, epoch, last)
                    news.add(stream)
                case Welcome() as welcome:
                    self._welcomed(welcome)
                case Error(code=code):
                    worker.meter.count(f"error.{code}")
                case _:
                    pass
        for stream in news:
            epoch, seq = self._positions[stream]
            connection.send(encode(Ack(stream=stream, epoch=epoch, seq=seq)))

    def _welcomed(self, welcome: Welcome) -> None:
        self._is_here = True
        self._worker.sessions += 1
        self._coming_back.welcomed(welcome.retry)
        for stream, state in welcome.streams.items():
            self._receiver.resumed(stream, state.epoch, state.after)
            if stream in self._positions:
                went_on = state.resume in ("exact", "replay")
                self._worker.meter.count("resumed.exactly" if went_on else "resumed.otherwise")
            self._positions[stream] = (state.epoch, state.after)
            self._heads[stream] = state.head

    def _enter(self, frame: Events, now_us: int) -> None:
        worker, receiver = self._worker, self._receiver
        stream, epoch = frame.stream, frame.epoch
        for event in frame.events:
            if not isinstance(event, Notification):
                receiver.passed(stream, epoch, event.seq)
                continue
            stamp = stamp_in(event.data)
            if receiver.received(stream, epoch, event.seq, stamp) and stamp is not None:
                worker.arrived(stamp, now_us, live=frame.live)
        if frame.events:
            self._stands(stream, epoch, frame.events[-1].seq)
        reading = receiver.readings[stream]
        troubles = (reading.duplicated, reading.late)
        if troubles != self._troubles.get(stream, (0, 0)):
            self._note_troubles(stream, troubles)

    def _stands(self, stream: str, epoch: str, seq: int) -> None:
        known, before = self._positions.get(stream, (epoch, 0))
        self._positions[stream] = (epoch, max(seq, before) if known == epoch else seq)

    def _note_troubles(self, stream: str, troubles: tuple[int, int]) -> None:
        duplicated, late = self._troubles.get(stream, (0, 0))
        self._troubles[stream] = troubles
        self._worker.meter.count("duplicated", troubles[0] - duplicated)
        self._worker.meter.count("out_of_order", troubles[1] - late)

    def _drained(self) -> None:
        """Whether a device that was away has all that waited for it."""
        if self._returned_us is None or self._positions[INBOX][1] < self._heads[INBOX]:
            return
        now_us = self._worker.now_us()
        self._worker.meter.record("drain.per_user", now_us - self._returned_us)
        self._worker.meter.record("drain.whole", now_us - self._worker.back_from_us)
        self._returned_us = None
