"""What was seen says of itself what the rules ask."""

import pytest

from notifyctl.validate.live.exchange import Transcript
from notifyctl.validate.live.server import Handshake, LiveServer, longest_gap


@pytest.mark.parametrize(
    ("status", "problem", "is_open"), [(101, "", True), (101, "no", False), (200, "", False)]
)
def test_a_handshake_is_open_if_a_client_would_use_it(
    status: int, problem: str, is_open: bool
) -> None:
    handshake = Handshake(Transcript("ws://h").finish(), status, problem=problem)

    assert handshake.is_open == is_open


def test_a_server_is_called_by_its_address() -> None:
    assert LiveServer("http://h", "ws://h").about.name == "http://h"


def test_a_ping_may_be_late_by_a_fifth_and_at_least_a_second() -> None:
    assert longest_gap(25) == 30
    assert longest_gap(1) == 2
