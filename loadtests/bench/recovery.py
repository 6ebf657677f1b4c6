"""Recovery: `kill -9` while events are published; everybody comes back, nothing is lost."""

import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

from loadtests.bench.figures import Figure, most
from loadtests.bench.process import settle
from loadtests.bench.publisher import Numbered
from loadtests.bench.server import publish, session, token
from loadtests.bench.sink import Sink
from loadtests.bench.stage import Stage

PART: Final = "recovery"
IN_FLIGHT: Final = 64


def recovery(stage: Stage, *, sessions: int = 10_000, seconds: float = 2.0) -> list[Figure]:
    """From the start of the new process until the last session is welcomed; what was lost.

    Events are published for so many `seconds` before the crash, and when it comes.
    """
    server = stage.server("recovery")
    users = [f"user-{number}" for number in range(sessions)]
    devices = [session(token(user), device="phone") for user in users]
    # After the crash they ask for everything, so that what they miss is missing.
    back = [session(token(user), device="phone", after=0) for user in users]
    stage.tell(f"{sessions:,} sessions before the crash")
    with Sink(server.ws_port, devices, stage.folder) as before:
        before.await_ready()
        publisher = Publisher(server.publisher(), users)
        publisher.start()
        time.sleep(seconds)
        stage.tell(f"kill -9, and {sessions:,} sessions come back")
        began = time.monotonic()
        server.crash()
        publisher.join()
    stamps = stage.folder / "recovered"
    with Sink(server.ws_port, back, stage.folder, retries=True, stamps=stamps) as after:
        server.await_ready()
        listening = time.monotonic()
        ready = after.await_ready(300.0)
        after.expect(len(publisher.acknowledged))
        after.await_reached()
        settle(server.process)
    lost = missing(publisher.acknowledged, after.stamps())
    return [
        Figure(
            part=PART,
            name=f"{sessions:,} sessions back after kill -9",
            unit="s",
            values=(ready - began,),
            goal=most(10.0),
        ),
        Figure(
            part=PART, name="of it, until the ports answer", unit="s", values=(listening - began,)
        ),
        Figure(
            part=PART,
            name="acknowledged before, and lost",
            unit=f"of {len(publisher.acknowledged):,}",
            values=(float(len(lost)),),
            goal=most(0),
        ),
    ]


def missing(acknowledged: set[int], stamps: Iterable[tuple[int, int]]) -> set[int]:
    """The events that were acknowledged and did not come."""
    return acknowledged - {number for number, _ in stamps}


class Publisher(threading.Thread):
    """Publishes until its connection breaks; remembers what was acknowledged."""

    def __init__(self, line: Numbered, users: Sequence[str]) -> None:
        super().__init__(daemon=True)
        self.acknowledged: set[int] = set()
        self._line = line
        self._users = users

    def run(self) -> None:
        """Keep 64 events in flight; each carries its number."""
        sent = 0
        room = IN_FLIGHT
        with self._line, suppress(OSError, RuntimeError):  # The crash ends it.
            while True:
                numbers = range(sent, sent + room)
                self._line.say(b"".join(map(self._frame, numbers)))
                sent += room
                answered = self._line.numbers()
                self.acknowledged.update(answered)
                room = len(answered)

    def _frame(self, number: int) -> bytes:
        return publish(number, self._users[number % len(self._users)], f"{number:016d}")
