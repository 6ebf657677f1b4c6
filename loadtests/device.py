"""A device: connects, reads, acknowledges, and comes back; every message goes into the ledger."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

import msgspec
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


class Place(msgspec.Struct):
    """Where a device stands in a stream: it has everything up to `seq`.

    `head` is what there was when it came; the others are what the reading counted so far.
    """

    epoch: str
    seq: int
    head: int = 0
    duplicated: int = 0
    late: int = 0


class Device:
    """One device of a user, over any number of connections. Its greenlet reads the socket."""

    __slots__ = (
        "_coming_back",
        "_connection",
        "_due_us",
        "_is_cut",
        "_is_here",
        "_lost_us",
        "_places",
        "_receiver",
        "_returned_us",
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
        self._places: dict[str, Place] = {}
        self._is_cut = False
        self._is_here = False
        self._due_us = 0
        self._lost_us: int | None = None
        self._returned_us: int | None = None

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
        opened = self._open()
        if isinstance(opened, Ending):
            return opened
        try:
            if self._is_here:
                self._read(opened)
        finally:
            self._gone(opened)
        return ending(opened.close_code, opened.close_reason)

    def _open(self) -> Connection | Ending:
        worker, meter = self._worker, self._worker.meter
        with worker.handshakes:
            began_us = worker.now_us()
            try:
                connection = Connection.open(worker.dial, worker.source_ip())
            except Refused as refused:
                meter.count("connect.refused" if refused.status else "connect.failed")
                return Ending(LOST, refused.retry_ms)
            self._connection = connection
            connection.send(encode(self._hello()))
            with suppress(Timeout), Timeout(worker.dial.timeout):
                while (batch := connection.receive()) is not None:
                    self._take(connection, batch)
                    if self._is_here:
                        self._came(began_us)
                        return connection
        was_told = connection.close_code != LOST
        meter.count("connect.refused" if was_told else "connect.failed")
        return connection

    def _read(self, connection: Connection) -> None:
        while (batch := connection.receive()) is not None:
            self._take(connection, batch)
            if self._returned_us is not None:
                self._drained()

    def _hello(self) -> Hello:
        # The first time all that there is, which is nothing: the user is of this run.
        streams = {INBOX: Claim(after=0), **{topic: Claim() for topic in self.seat.topics}}
        for stream, place in self._places.items():
            streams[stream] = Claim(epoch=place.epoch, after=place.seq)
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
            place = self._places[stream]
            connection.send(encode(Ack(stream=stream, epoch=place.epoch, seq=place.seq)))

    def _welcomed(self, welcome: Welcome) -> None:
        self._is_here = True
        self._worker.sessions += 1
        self._coming_back.welcomed(welcome.retry)
        for stream, state in welcome.streams.items():
            self._receiver.resumed(stream, state.epoch, state.after)
            if stream in self._places:
                went_on = state.resume in ("exact", "replay")
                self._worker.meter.count("resumed.exactly" if went_on else "resumed.otherwise")
            place = self._stands(stream, state.epoch, state.after)
            place.seq, place.head = state.after, state.head

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
        last = frame.events[-1].seq if frame.events else 0
        place, reading = self._stands(stream, epoch, last), receiver.readings[stream]
        if reading.duplicated != place.duplicated or reading.late != place.late:
            worker.meter.count("duplicated", reading.duplicated - place.duplicated)
            worker.meter.count("out_of_order", reading.late - place.late)
            place.duplicated, place.late = reading.duplicated, reading.late

    def _stands(self, stream: str, epoch: str, seq: int) -> Place:
        place = self._places.get(stream)
        if place is None:
            place = self._places[stream] = Place(epoch, seq)
        elif place.epoch != epoch:
            place.epoch, place.seq = epoch, seq
        elif seq > place.seq:
            place.seq = seq
        return place

    def _drained(self) -> None:
        """Whether a device that was away has all that waited for it."""
        inbox = self._places[INBOX]
        if self._returned_us is None or inbox.seq < inbox.head:
            return
        now_us = self._worker.now_us()
        self._worker.meter.record("drain.per_user", now_us - self._returned_us)
        self._worker.meter.record("drain.whole", now_us - self._worker.back_from_us)
        self._returned_us = None
