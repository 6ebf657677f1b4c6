"""A publisher: sends what is due when it is due, whatever became of the messages before.

Messages leave one after the other and are not waited for. What had no answer when a connection
broke leaves again over the next one, with the same key, so that nothing is stored twice.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

import gevent
import msgspec
from gevent import Timeout
from gevent.event import Event

from loadtests.arrivals import shuffled
from loadtests.coming_back import ComingBack
from loadtests.connection import Connection, Refused
from loadtests.ledger import Published
from loadtests.stamp import Stamp, data
from loadtests.topology import Sender
from loadtests.worker import Worker
from notifyctl.wire import (
    Error,
    Hello,
    Ok,
    Publish,
    Welcome,
    comes_back,
    decode_server,
    encode,
)

MAX_BODY: Final = 4096
_AT_ONCE: Final = 64
_TITLE: Final = "load"
# Refusals that say "later": the message is neither stored nor refused.
_LATER: Final = frozenset({"rate_limited", "store_unavailable", "draining", "internal_error"})


class Pending(msgspec.Struct, gc=False):
    """A message that has no final answer yet."""

    due_us: int
    page: Published
    seq: int
    text: bytes
    was_sent: bool = False


class Publisher:
    """Publishes to its own addresses, over any number of connections."""

    def __init__(self, worker: Worker, sender: Sender) -> None:
        self.sender = sender
        self._worker = worker
        self._pages = {to: worker.ledger.publisher(sender.name, to) for to in sender.addresses}
        self._order = shuffled(sender.addresses, worker.random)
        self._pending: dict[int, Pending] = {}
        self._outbox: deque[int] = deque()
        self._news = Event()
        self._number = 0
        self._connection: Connection | None = None
        spec = worker.spec
        self._body = "." * min(spec.payload_bytes, MAX_BODY)
        self._padding = "." * max(0, spec.payload_bytes - MAX_BODY)
        # A publisher is a backend, not one of the crowd: it comes back as every client does.
        self._coming_back = ComingBack("jitter", 0.0, worker.random)

    @property
    def unanswered(self) -> int:
        """How many messages have no final answer yet."""
        return len(self._pending)

    def live(self) -> None:
        """Connect, and stay connected, until the run is over."""
        worker = self._worker
        writing = gevent.spawn(self._write)
        try:
            while not worker.is_over:
                retry_ms = self._converse()
                if not worker.is_over:
                    gevent.sleep(self._coming_back.delay(retry_ms))
        finally:
            writing.kill()

    def close(self) -> None:
        """Publish nothing more, and go."""
        if self._connection is not None:
            self._connection.close()

    # What is due

    def keep(self, dues: Iterator[float], begin_us: int, to: Iterator[str] | None = None) -> None:
        """Publish at these times, in seconds from the begin; to everybody in turn, or as told."""
        worker = self._worker
        for due in dues:
            due_us = begin_us + int(due * 1e6)
            worker.sleep_until(due_us)
            self._add(next(to or self._order), due_us)
            worker.meter.count("asked")
            self._news.set()

    def _add(self, to: str, due_us: int) -> None:
        worker = self._worker
        page = self._pages[to]
        seq = page.attempt()
        stamp = Stamp(
            run=worker.spec.run,
            publisher=page.publisher,
            to=to,
            seq=seq,
            due_us=due_us,
            clock=worker.clock,
        )
        self._number += 1
        content = data(stamp)
        if self._padding:
            content["padding"] = self._padding
        request = Publish(
            id=self._number, to=to, title=_TITLE, body=self._body, data=content, key=stamp.key
        )
        self._pending[self._number] = Pending(due_us, page, seq, encode(request))
        self._outbox.append(self._number)

    # One connection

    def _converse(self) -> int | None:
        worker = self._worker
        try:
            connection = Connection.open(worker.dial, worker.source_ip())
        except Refused as refused:
            return refused.retry_ms
        token = worker.token(self.sender.name, "publish")
        connection.send(encode(Hello(token=token, client="notifyctl-load")))
        try:
            with suppress(Timeout), Timeout(worker.dial.timeout):
                self._hear(connection.receive() or [], connection)
            while (batch := connection.receive()) is not None:
                self._hear(batch, connection)
        finally:
            self._connection = None
            connection.reset()
        if not comes_back(connection.close_code):
            worker.meter.count("publishers.stopped")
            worker.trouble = f"a publisher was sent away with {connection.close_code}"
            return 60_000
        return None

    def _hear(self, batch: list[bytes], connection: Connection) -> None:
        now_us = self._worker.now_us()
        for raw in batch:
            match decode_server(raw):
                case Ok(id=int(number)):
                    self._answered(number, now_us)
                case Error(id=int(number), code=code, retry_ms=retry_ms):
                    self._refused(number, code, retry_ms)
                case Welcome() as welcome:
                    self._coming_back.welcomed(welcome.retry)
                    self._resume(connection)
                case _:
                    pass

    def _resume(self, connection: Connection) -> None:
        """Whatever has no answer leaves again, before anything that is due later."""
        self._outbox = deque(self._pending)
        self._connection = connection
        self._news.set()

    def _answered(self, number: int, now_us: int) -> None:
        pending = self._pending.pop(number, None)
        if pending is None:
            return
        pending.page.acknowledged(pending.seq)
        worker = self._worker
        worker.acknowledged(pending.page.to, pending.due_us, now_us)

    def _refused(self, number: int, code: str, retry_ms: int | None) -> None:
        meter = self._worker.meter
        meter.count(f"publish.{code}")
        if code in _LATER:
            gevent.spawn_later((retry_ms or 500) / 1000, self._again, number)
        elif (pending := self._pending.pop(number, None)) is not None:
            pending.page.refused(pending.seq)

    def _again(self, number: int) -> None:
        self._outbox.append(number)
        self._news.set()

    def _write(self) -> None:
        """Send what is due. When the server reads no more, this waits, and the schedule goes on."""
        while True:
            self._news.wait()
            self._news.clear()
            while self._outbox and (connection := self._connection) is not None:
                batch = [self._outbox.popleft() for _ in range(min(_AT_ONCE, len(self._outbox)))]
                connection.send(*self._texts(batch))

    def _texts(self, numbers: list[int]) -> Iterator[bytes]:
        for number in numbers:
            pending = self._pending.get(number)
            if pending is None:
                continue
            if pending.was_sent:
                pending.page.retried(pending.seq)
            else:
                pending.was_sent = True
                self._worker.meter.count("published")
            yield pending.text
