import pytest
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from loadtests.bench.websocket import ACCEPTED, masked, unmasked, upgrade


def server() -> ServerProtocol:
    """A server that has accepted the upgrade."""
    protocol = ServerProtocol(max_size=None)
    protocol.receive_data(upgrade())
    (request,) = protocol.events_received()
    assert isinstance(request, Request)
    protocol.send_response(protocol.accept(request))
    return protocol


def test_an_upgrade_is_accepted() -> None:
    (answer,) = server().data_to_send()

    assert answer.startswith(b"HTTP/1.1 101 ")
    assert answer.endswith(ACCEPTED)


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536])
def test_a_server_reads_a_clients_text(length: int) -> None:
    protocol = server()
    protocol.receive_data(masked(b"x" * length))

    assert protocol.events_received() == [Frame(Opcode.TEXT, b"x" * length)]


@pytest.mark.parametrize("length", [0, 125, 126, 65_535])
def test_a_client_reads_a_servers_text(length: int) -> None:
    protocol = ClientProtocol(parse_uri("ws://127.0.0.1/ws"), max_size=None)
    protocol.send_request(protocol.connect())
    key = protocol.data_to_send()[0].partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0]
    other = ServerProtocol()
    other.receive_data(upgrade().replace(b"dGhlIHNhbXBsZSBub25jZQ==", key))
    (request,) = other.events_received()
    assert isinstance(request, Request)
    other.send_response(other.accept(request))
    protocol.receive_data(other.data_to_send()[0])
    protocol.events_received()
    protocol.receive_data(unmasked(b"x" * length))

    assert protocol.events_received() == [Frame(Opcode.TEXT, b"x" * length)]
