import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from loadtests.bench.sink import Sink, Step
from loadtests.bench.stage import Stage

HELLO = [Step(b"hello", b"welcome")]
Talk = Callable[[socket.socket], None]


class OneClient:
    """A server that has one client, and says to it what a test wants."""

    def __init__(self, talk: Talk) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._talk = talk
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with self._listener, self._listener.accept()[0] as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            assert client.recv(5) == b"hello"
            # A sink that has counted what it was to count may leave before the last byte.
            with suppress(ConnectionError):
                self._talk(client)

    def join(self) -> None:
        self._thread.join()


def in_pieces(text: bytes) -> Talk:
    """Everything byte by byte: no marker comes whole."""

    def talk(client: socket.socket) -> None:
        for place in range(len(text)):
            client.send(text[place : place + 1])
        client.recv(1)

    return talk


def test_events_are_counted_wherever_the_network_cuts_them(stage: Stage) -> None:
    server = OneClient(in_pieces(b'welcome{"seq":1}{"seq":2},{"seq":33}'))
    with Sink(server.port, [HELLO], stage.folder) as sink:
        sink.await_ready()
        sink.expect(3)

        assert sink.await_reached().events == 3
    server.join()


def test_what_comes_together_with_the_welcome_is_counted(stage: Stage) -> None:
    def talk(client: socket.socket) -> None:
        client.send(b'welcome{"seq":1}{"seq":2}')
        client.recv(1)

    server = OneClient(talk)
    with Sink(server.port, [HELLO], stage.folder) as sink:
        sink.await_ready()
        sink.expect(2)

        assert sink.await_reached().events == 2
    server.join()


def test_a_closed_receiver_is_no_receiver(stage: Stage) -> None:
    server = OneClient(lambda client: client.sendall(b'welcome{"seq":1}'))
    with Sink(server.port, [HELLO], stage.folder) as sink:
        sink.await_ready()
        server.join()
        sink.expect(2)

        with pytest.raises(RuntimeError, match="1 receivers were closed after 1 events"):
            sink.await_reached()


def test_stamps_are_kept_in_their_order(stage: Stage, tmp_path: Path) -> None:
    text = b"".join(b'{"seq":%d,"title":"%016d"}' % (n, 7 * n) for n in range(1, 4))
    server = OneClient(in_pieces(b"welcome" + text))
    sink = Sink(server.port, [HELLO], stage.folder, stamps=tmp_path / "stamps")
    with sink:
        sink.await_ready()
        sink.expect(3)
        sink.await_reached()
    server.join()

    assert [stamp for stamp, _ in sink.stamps()] == [7, 14, 21]
    came = [at for _, at in sink.stamps()]
    assert came == sorted(came)


def test_what_was_received_is_acknowledged_up_to_the_last(stage: Stage) -> None:
    acks = []

    def talk(client: socket.socket) -> None:
        client.sendall(b'{"epoch":"abc"}welcome')
        client.sendall(b'{"seq":8,"padding":"0123456789"},{"seq":9,"padding":"0123456789"}')
        acks.append(client.recv(4096))

    server = OneClient(talk)
    with Sink(server.port, [HELLO], stage.folder, acknowledges=True) as sink:
        sink.await_ready()
        sink.expect(2)
        server.join()

    text = b'{"type":"ack","stream":"inbox","epoch":"abc","seq":9}'
    assert acks[0].endswith(bytes((0x81, 0x80 | len(text))) + b"\0\0\0\0" + text)


def test_who_is_refused_tries_again_until_somebody_listens(stage: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    with Sink(port, [HELLO], stage.folder, retries=True) as sink:
        with socket.create_server(("127.0.0.1", port)) as listener:
            first = listener.accept()[0]
            first.close()  # Lost on its way.
            with listener.accept()[0] as second:
                second.sendall(b"welcome")
                sink.await_ready()
