import queue
import time

import gevent
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection
from websockets.uri import parse_uri

from loadtests.connection import LOST, Connection, Dial, Refused
from tests.support.scripted_peer import scripted_peer

MANY = 300
LONG = 20_000


def opened(url: str, *, compress: bool = False) -> Connection:
    return Connection.open(Dial(uri=parse_uri(url), compress=compress, timeout=10))


def all_messages(connection: Connection) -> list[bytes]:
    """Everything until the end."""
    found: list[bytes] = []
    while (batch := connection.receive()) is not None:
        found += batch
    return found


def test_messages_come_as_they_were_sent_and_the_end_has_its_code() -> None:
    def script(socket: ServerConnection) -> None:
        socket.send("first")
        socket.send(["in ", "three ", "parts"])
        socket.close(4401, '{"code":"draining"}')

    with scripted_peer(script) as url:
        connection = opened(url)
        found = all_messages(connection)

    assert found == [b"first", b"in three parts"]
    assert (connection.close_code, connection.close_reason) == (4401, '{"code":"draining"}')


def test_pings_are_answered_while_somebody_reads() -> None:
    answered: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def script(socket: ServerConnection) -> None:
        answered.put(socket.ping().wait(10))

    with scripted_peer(script) as url:
        all_messages(opened(url))

    assert answered.get(timeout=10)


@pytest.mark.parametrize("compress", [False, True])
def test_what_several_greenlets_send_at_once_does_not_mix(compress: bool) -> None:
    heard: list[str] = []

    def script(socket: ServerConnection) -> None:
        time.sleep(0.2)  # Nobody reads, until the socket is full.
        heard.extend(str(socket.recv()) for _ in range(3 * MANY))
        socket.close()

    with scripted_peer(script, compression="deflate" if compress else None) as url:
        connection = opened(url, compress=compress)

        def speak(letter: str) -> None:
            for number in range(MANY):
                connection.send(f"{letter}{number} {letter * LONG}".encode())

        speakers = [gevent.spawn(speak, letter) for letter in "abc"]
        all_messages(connection)
        gevent.joinall(speakers)

    for letter in "abc":
        mine = [text for text in heard if text.startswith(letter)]
        assert mine == [f"{letter}{number} {letter * LONG}" for number in range(MANY)]


def test_a_reset_is_noticed_on_both_sides() -> None:
    noticed: queue.SimpleQueue[int] = queue.SimpleQueue()

    def script(socket: ServerConnection) -> None:
        try:
            socket.recv()
        except ConnectionClosed as closed:
            noticed.put(1006 if closed.rcvd is None else closed.rcvd.code)

    with scripted_peer(script) as url:
        connection = opened(url)
        reading = gevent.spawn(all_messages, connection)
        gevent.sleep(0.05)
        connection.reset()

        assert reading.get(timeout=10) == []
        assert connection.close_code == LOST
        assert noticed.get(timeout=10) == 1006
        connection.reset()
        connection.send(b"into the void")


def test_a_goodbye_is_answered_and_ends_the_reading() -> None:
    def script(socket: ServerConnection) -> None:
        socket.recv()

    with scripted_peer(script) as url:
        connection = opened(url)
        reading = gevent.spawn(all_messages, connection)
        connection.close()

        assert reading.get(timeout=10) == []
        assert connection.close_code == 1000


def test_a_refusal_says_when_to_come_back() -> None:
    def answer(socket: ServerConnection, request: Request) -> Response:
        response = socket.respond(503, "later\n")
        response.headers["Retry-After"] = "3"
        return response

    with scripted_peer(lambda socket: None, answer) as url:
        with pytest.raises(Refused, match="503") as refused:
            opened(url)

    assert (refused.value.status, refused.value.retry_ms) == (503, 3000)


def test_nobody_there_is_a_refusal_without_a_status() -> None:
    with scripted_peer(lambda socket: None) as url:
        pass

    with pytest.raises(Refused) as refused:
        opened(url)
    assert (refused.value.status, refused.value.retry_ms) == (None, None)
