import socket

from loadtests.bench.loopback import LOOPBACK, free_port, listens


def test_nobody_answers_on_a_free_port_until_somebody_listens() -> None:
    port = free_port()
    assert not listens(port)

    with socket.create_server((LOOPBACK, port)):
        assert listens(port)
