import socket
import threading

import pytest

from loadtests.bench.publisher import Line, Numbered, pump

DONE = b"done."


class Answering:
    """A server that answers each message, `#`, and notes how many waited at the same time."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.received = 0
        self.most = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        waiting = 0
        with self._listener, self._listener.accept()[0] as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while text := client.recv(4096):
                self.received += len(text)
                waiting += len(text)
                self.most = max(self.most, waiting)
                # In two pieces, so that no answer comes whole.
                for piece in (DONE[:2], DONE[2:] + DONE * (waiting - 1)):
                    client.send(piece)
                waiting = 0


@pytest.fixture
def server() -> Answering:
    return Answering()


def test_every_message_is_sent_once_and_answered(server: Answering) -> None:
    with Line(server.port, [], DONE) as line:
        pump([line], [b"#"] * 1000, 4)

    assert server.received == 1000


def test_no_more_than_the_window_is_under_way(server: Answering) -> None:
    with Line(server.port, [], DONE) as line:
        pump([line], [b"#"] * 1000, 4)

    assert server.most == 4


def test_fewer_messages_than_the_window_end_as_well(server: Answering) -> None:
    with Line(server.port, [], DONE) as line:
        pump([line], [b"#"], 64)

    assert server.received == 1


def test_a_server_that_hangs_up_is_told_of() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        line = Line(listener.getsockname()[1], [], DONE)
        listener.accept()[0].close()
        with line, pytest.raises(RuntimeError, match="closed"):
            line.ask(b"#")


def test_answers_are_told_apart_by_their_numbers() -> None:
    text = b"".join(b'{"type":"ok","id":%d,"event":"0193-%d"}' % (n, n) for n in range(95, 105))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with Numbered(listener.getsockname()[1], [], DONE) as line:
            with listener.accept()[0] as client:
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                numbers = []
                for byte in text:
                    client.send(bytes((byte,)))
                    numbers += line.numbers()

    assert numbers == list(range(95, 105))
