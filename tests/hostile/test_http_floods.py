"""Too much, too slow, or nothing at all on port 8000: others go on, and memory is bounded."""

import itertools
import os
import socket
import struct
from contextlib import ExitStack, suppress
from typing import Final

import pytest

from tests.support.bystanders import wait_until
from tests.support.raw_http import ASK, Caller
from tests.support.siege import Siege

pytestmark = [pytest.mark.xdist_group("hostile-http"), pytest.mark.usefixtures("unharmed")]

# `make crowd` brings ten thousand.
CROWD: Final = int(os.environ.get("NOTIFYCTL_CROWD", "1500"))
# Where a server with many files ends, and what it opens besides.
MOST_CONNECTIONS: Final = 1_000
OTHER_FILES: Final = 100


def upload(here: Siege, *lines: str) -> bytes:
    """The head of a publish with a body to come."""
    bearer = f"Authorization: Bearer {here.server.token('intruder')}"
    return "\r\n".join(
        ["POST /v1/notifications/batch HTTP/1.1", "Host: x", bearer, *lines, "", ""]
    ).encode()


# Too much


def test_thousands_of_requests_at_once_are_answered_one_after_the_other(
    besieged: Siege,
) -> None:
    before = besieged.publisher.times
    last = ASK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with Caller(besieged.server.http_port) as caller:
        caller.say([ASK * 4_999 + last])

        assert caller.hear_all().count(b"HTTP/1.1 200 OK") == 5_000
    assert besieged.publisher.times > before


def test_who_reads_no_answers_is_heard_no_further(besieged: Siege) -> None:
    with Caller(besieged.server.http_port) as caller:
        caller.socket.settimeout(0.5)
        asks = itertools.repeat(ASK.replace(b"healthz", b"openapi.json") * 100)
        with pytest.raises(TimeoutError):
            caller.say(asks)


def test_a_body_without_end_is_refused_and_cut_off(besieged: Siege) -> None:
    chunk = b"100000\r\n" + bytes(2**20) + b"\r\n"
    with Caller(besieged.server.http_port) as caller:
        caller.say([upload(besieged, "Transfer-Encoding: chunked"), *[chunk] * 17])
        answer = caller.hear()
        assert (answer.status, answer.code, answer.closes) == (413, "too_large", True)

        while caller.say([chunk]):
            pass


def test_a_body_that_nobody_asked_for_is_not_kept(besieged: Siege) -> None:
    head = b"POST /v1/notifications/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 16000000\r\n\r\n"
    with ExitStack() as stack:
        for _ in range(20):
            caller = stack.enter_context(Caller(besieged.server.http_port))
            caller.socket.settimeout(0.05)
            with suppress(TimeoutError):
                caller.say([head, bytes(16_000_000)])
        besieged.assert_unharmed()


# Too slow


def test_a_crowd_that_never_ends_its_requests_leaves_room_for_others(
    besieged: Siege,
) -> None:
    openings = (b"", b"GET / HTTP/1.1\r\nX: ")
    with ExitStack() as stack:
        for number in range(CROWD):
            caller = stack.enter_context(Caller(besieged.server.http_port))
            caller.say([openings[number % 2]])

        before = besieged.publisher.times
        wait_until(lambda: besieged.publisher.times > before + 5)
        assert besieged.files() < MOST_CONNECTIONS + OTHER_FILES
    wait_until(lambda: besieged.files() < OTHER_FILES)


# Nothing at all


@pytest.mark.parametrize("rest", [b"", b"[", b"[" * 99])
def test_a_body_that_breaks_off_is_no_news(besieged: Siege, rest: bytes) -> None:
    head = upload(besieged, "Content-Length: 100")
    for abort in (False, True):
        with Caller(besieged.server.http_port) as caller:
            caller.say([head, rest])
            if abort:
                linger = struct.pack("ii", 1, 0)
                caller.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            else:
                caller.socket.shutdown(socket.SHUT_WR)
                assert caller.hear_all() == b""


def test_connections_that_say_nothing_and_go_leave_nothing_behind(
    besieged: Siege,
) -> None:
    for _ in range(500):
        with Caller(besieged.server.http_port):
            pass

    wait_until(lambda: besieged.files() < OTHER_FILES)
