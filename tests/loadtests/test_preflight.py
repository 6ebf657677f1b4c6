import msgspec
import pytest

from loadtests.preflight import Unready, preflight, ready_url
from tests.support.faulty_server import faulty_server
from tests.support.flawed_server import flawed_server


def test_a_server_that_takes_traffic_passes() -> None:
    with faulty_server() as server:
        preflight(server.target)


def test_nobody_there_is_told_with_the_address() -> None:
    with faulty_server() as server:
        target = server.target

    with pytest.raises(Unready, match=r"http://.*/readyz cannot be reached .*; is the server"):
        preflight(target)


def test_a_server_that_is_not_ready_is_told_with_its_answer() -> None:
    with faulty_server() as server, flawed_server(ready=(503, "text/plain", "no")) as unready:
        target = msgspec.structs.replace(server.target, http_url=unready.url)

        with pytest.raises(Unready, match="answers 503: the server takes no traffic"):
            preflight(target)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("ws://h:8001/ws", "http://h:8001/readyz"),
        ("wss://h/a/ws?x=1", "https://h/readyz"),
        ("https://h:8000", "https://h:8000/readyz"),
    ],
)
def test_every_port_answers_plain_http(url: str, asked: str) -> None:
    assert ready_url(url) == asked
