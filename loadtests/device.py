"""A device: connects, reads, acknowledges, and comes back; every message goes into the ledger."""

from gevent import Timeout

from loadtests.coming_back import ComingBack, Ending, ending
from loadtests.connection import LOST, Connection, Refused
from loadtests.stamp import Stamp, stamp_in
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

CLIENT = "notifyctl-load"


class Device:
    """One device of a user, over any number of connections. Its greenlet reads the socket."""

    __slots__ = (
        "_coming_back",
        "_connection",
        "_due_us",
        "_heads",
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
        self._is_here = False
        self._due_us = 0
        self._lost_us: int | None = None
        self._returned_us: int | None = None
        self._troubles = (0, 0)

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
            connection.send(encode(self._hello()))
            with Timeout(worker.dial.timeout, False):
                for batch in batches:
                    for raw in batch:
                        self._take(raw, worker.now_us())
                    if self._is_here:
                        self._welcomed(began_us)
                        break
        try:
            if self._is_here:
                self._read(connection, batches)
        finally:
            self._gone(connection)
        return ending(connection.close_code, connection.close_reason)
