import re
import socket
import threading
import time
from itertools import pairwise

from loadtests.bench.publisher import Numbered
from loadtests.bench.schedule import keep_schedule, stamp
from loadtests.bench.server import OK

KEY = re.compile(rb'"key":"(\d{16})-(\d+)"')


class Slow:
    """A server that answers everything at once, but only when all of it has come."""

    def __init__(self, events: int) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.stamps: dict[int, int] = {}
        self._events = events
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        received = b""
        with self._listener, self._listener.accept()[0] as client:
            while len(found := KEY.findall(received)) < self._events:
                received += client.recv(65_536)
            self.stamps = {int(number): int(due) for due, number in found}
            client.sendall(b"".join(b'{"type":"ok","id":%d}' % number for number in self.stamps))
            client.recv(1)


def test_events_are_sent_when_they_are_due_though_nothing_is_answered() -> None:
    server = Slow(events=20)
    with Numbered(server.port, [], OK) as line:
        course = keep_schedule(line, ["bob"], rate=200, events=20, first=100)

    assert sorted(server.stamps) == list(range(100, 120))
    dues = [server.stamps[number] for number in range(100, 120)]
    steps = {after - before for before, after in pairwise(dues)}
    assert steps <= {4_999, 5_000, 5_001}
    assert len(course.lags) == 20


def test_an_answer_is_late_from_the_time_its_event_was_due() -> None:
    server = Slow(events=20)
    with Numbered(server.port, [], OK) as line:
        course = keep_schedule(line, ["bob"], rate=200, events=20)

    # All are answered at one moment, and the first was due 95 ms before the last.
    assert max(course.answers) - min(course.answers) > 0.09
    assert min(course.lags) >= 0


def test_a_stamp_is_the_time_in_microseconds() -> None:
    now = time.monotonic()

    assert len(stamp(now)) == 16
    assert abs(int(stamp(now)) / 1e6 - now) < 1e-6 * 2
