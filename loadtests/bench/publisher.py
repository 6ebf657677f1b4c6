"""A publisher that is cheaper than any server: prepared bytes out, markers counted."""

import re
import selectors
import socket
from collections.abc import Iterator, Sequence
from itertools import islice
from types import TracebackType
from typing import Final, Self

from loadtests.bench.loopback import LOOPBACK
from loadtests.bench.sink import Step

ANSWER_SECONDS: Final = 60.0
_NUMBER: Final = re.compile(rb'"id":(\d+)[,}]')
_LONGEST: Final = 32


class Line:
    """One connection of a publisher; `answer` is what each of its messages is answered with."""

    def __init__(self, port: int, steps: Sequence[Step], answer: bytes) -> None:
        self.socket = socket.create_connection((LOOPBACK, port), timeout=ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answer = answer
        self._end = b""
        for step in steps:
            self.say(step.say)
            self._wait_for(step.wait_for)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.socket.close()

    def say(self, message: bytes) -> None:
        """Send a message."""
        self.socket.sendall(message)

    def answers(self) -> int:
        """Wait for bytes; how many answers were in them."""
        received = self._end + self._receive()
        self._end = received[max(0, len(received) - len(self._answer) + 1) :]
        return received.count(self._answer)

    def ask(self, message: bytes) -> None:
        """Send a message and wait for its answer."""
        self.say(message)
        while self.answers() == 0:
            pass

    def _wait_for(self, marker: bytes) -> None:
        received = b""
        while marker not in received:
            received += self._receive()

    def _receive(self) -> bytes:
        received = self.socket.recv(65_536)
        if not received:
            raise RuntimeError("the server closed the publisher's connection")
        return received


class Numbered(Line):
    """A WebSocket whose messages have numbers, so that each answer is told apart."""

    def numbers(self) -> list[int]:
        """Wait for bytes; the numbers that were answered with them."""
        received = self._end + self._receive()
        found = list(_NUMBER.finditer(received))
        # Behind the last answer, or shortly before the end, another one may have begun.
        begun = max(found[-1].end() if found else 0, len(received) - _LONGEST)
        self._end = received[begun:]
        return [int(match[1]) for match in found]


def pump(lines: Sequence[Line], messages: Sequence[bytes], window: int) -> None:
    """Send all messages, with `window` of them waiting for their answer on each line."""
    waiting = iter(messages)
    with selectors.DefaultSelector() as selector:
        under_way = 0
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
            under_way += _send(line, waiting, window)
        while under_way:
            for key, _ in selector.select(ANSWER_SECONDS) or _too_slow():
                line = key.data
                answers = line.answers()
                under_way += _send(line, waiting, answers) - answers


def _send(line: Line, waiting: Iterator[bytes], most: int) -> int:
    batch = list(islice(waiting, most))
    if batch:
        line.say(b"".join(batch))
    return len(batch)


def _too_slow() -> list[tuple[selectors.SelectorKey, int]]:
    raise RuntimeError(f"no answer within {ANSWER_SECONDS:.0f} s")
