"""Port 8001 is sent what no client sends: each attack has its known end, and harms nobody."""

import os
import struct
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec
import pytest

from notifyctl.wire import CloseCode
from tests.support.raw_websocket import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    TEXT,
    Answer,
    attack,
    frame,
    request,
    said,
)
from tests.support.siege import Siege, siege

pytestmark = [pytest.mark.xdist_group("hostile-websocket"), pytest.mark.usefixtures("unharmed")]

DEEP: Final = 30_000  # As deep as a frame of 64 KiB can be.
HUGE: Final = "9" * 4000
LATIN: Final = "ü".encode("latin-1")
U_UMLAUT: Final = "ü".encode()
STILL_HERE: Final = said('{"type":"ping","id":"still here"}')


@pytest.fixture(scope="module")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    # As fast as it can: how many frames a session may send has tests of its own.
    fast = {"NOTIFYD_PUBLISH_RATE": "1000000", "NOTIFYD_PUBLISH_BURST": "1000000"}
    with siege(tmp_path_factory.mktemp("siege") / "data", **fast) as here:
        yield here


class Attack(msgspec.Struct, frozen=True):
    """Bytes, and how they end: an HTTP status, a close code, or the connection without a word."""

    name: str
    pieces: Sequence[bytes]
    end: int | None


# Before the upgrade

REQUESTS: Final = (
    Attack("random bytes", [os.urandom(4096) + b"\n"], 400),
    Attack(
        "a TLS ClientHello", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\n" * 90], 400
    ),
    Attack("another path", [request("/admin")], 404),
    Attack("a path that climbs", [request("/ws/../../etc/passwd")], 404),
    Attack("another method", [request(method="POST")], 405),
    Attack("a method of its own", [request(method="\x00")], 405),
    Attack("HTTP/2", [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"], 400),
    Attack("no upgrade", [request(without="Upgrade")], 426),
    Attack("no key", [request(without="Sec-WebSocket-Key")], 400),
    Attack("a wrong key", [request(Sec_WebSocket_Key="x")], 400),
    Attack("another version of the protocol", [request(Sec_WebSocket_Version="8")], 400),
    Attack("a foreign origin", [request(Origin="https://evil.example")], 403),
    Attack("an origin that is none", [request(Origin="https://[::1")], 403),
    Attack("a body", [request(Content_Length="5") + b"hello"], 400),
    Attack("a body in chunks", [request(Transfer_Encoding="chunked")], 400),
    Attack("a header without a colon", [b"GET /ws HTTP/1.1\r\nHost\r\n\r\n"], 400),
    Attack("lines without a carriage return", [b"GET /ws HTTP/1.1\nHost: x\n\n"], 400),
    Attack("a huge line", [b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\n\r\n"], 414),
    Attack("a huge header", [request(X="x" * 9000)], 431),
    Attack("a huge header that never ends", [request()[:-2] + b"X: ", b"x" * 100_000], 431),
    Attack("a thousand headers", [request(**{f"X{n}": "x" for n in range(1000)})], 431),
    Attack("headers of 100 KiB", [request(**{f"X{n}": "x" * 1000 for n in range(100)})], 431),
    Attack("a request that stops", [request()[:40]], None),
    Attack("nothing", [], None),
    Attack("a token in the URL", [request("/ws?token=x")], CloseCode.BAD_REQUEST),
    Attack(
        "another version of the frames",
        [request(Sec_WebSocket_Protocol="notify.v9")],
        CloseCode.UNSUPPORTED_VERSION,
    ),
    Attack("a token that is none", [request("/ws?hello=1", Authorization="Bearer ü")], 4501),
    Attack("two requests", [request("/healthz") + request("/healthz")], 200),
    Attack("a probe and something else", [request("/readyz") + os.urandom(1000)], 200),
)


def end_of(answer: Answer) -> int | None:
    """The close code; without one the HTTP status; without any answer None."""
    return answer.code if answer.status in {101, None} else answer.status


@pytest.mark.parametrize("attack_", REQUESTS, ids=lambda one: one.name)
def test_what_opens_no_session_ends_with_a_status_or_a_code(
    besieged: Siege, attack_: Attack
) -> None:
    answer = attack(besieged.server.ws_port, attack_.pieces)

    assert end_of(answer) == attack_.end
    assert answer.ended or answer.code


# After it

FRAMES: Final = (
    Attack("no mask", [frame(TEXT, b"{}", masked=False)], 1002),
    Attack("random bytes", [b"\xff" + os.urandom(1000)], 1002),
    Attack("a compressed frame", [frame(TEXT, b"\xaaV\x02\x00", reserved=0b100)], 1002),
    Attack("reserved bits", [frame(TEXT, b"{}", reserved=0b011)], 1002),
    *(Attack(f"opcode {code}", [frame(code, b"x")], 1002) for code in (3, 7, 11, 15)),
    Attack("a ping in fragments", [frame(PING, b"x", fin=False)], 1002),
    Attack("a ping of 126 bytes", [frame(PING, b"x" * 126)], 1002),
    Attack("a fragment of nothing", [frame(CONTINUATION, b"x")], 1002),
    Attack(
        "a message within a message",
        [frame(TEXT, b"{", fin=False), frame(TEXT, b"}")],
        1002,
    ),
    Attack("2^63 - 1 bytes announced", [frame(TEXT, b"x", announced=2**63 - 1)], 1009),
    Attack("2^64 - 1 bytes announced", [frame(TEXT, b"x", announced=2**64 - 1)], 1009),
    Attack("a message over 64 KiB", [said("x" * 65_537)], 1009),
    Attack(
        "fragments of one byte without an end",
        [frame(TEXT, b"x", fin=False) + frame(CONTINUATION, b"x", fin=False) * 100_000],
        1009,
    ),
    Attack("text that is no UTF-8", [frame(TEXT, LATIN)], 1007),
    Attack(
        "no UTF-8 across fragments",
        [frame(TEXT, U_UMLAUT[:1], fin=False), frame(CONTINUATION, LATIN)],
        1007,
    ),
    Attack("a binary message", [frame(BINARY, b"{}")], CloseCode.UNSUPPORTED_DATA),
    Attack("a close of one byte", [frame(CLOSE, b"\x03")], 1002),
    Attack("a close with a code of nobody", [frame(CLOSE, struct.pack("!H", 999))], 1002),
    Attack("a close with a code for programs only", [frame(CLOSE, struct.pack("!H", 1006))], 1002),
    Attack("a close whose reason is no UTF-8", [frame(CLOSE, b"\x03\xe8" + LATIN)], 1007),
    Attack("a close without a code", [frame(CLOSE)], 1005),
    Attack("something after the close", [frame(CLOSE, b"\x03\xe8") + said("{}") * 1000], 1000),
)


@pytest.mark.parametrize("attack_", FRAMES, ids=lambda one: one.name)
@pytest.mark.parametrize("greeted", [False, True], ids=["before hello", "in a session"])
def test_what_is_no_frame_ends_with_a_code(besieged: Siege, attack_: Attack, greeted: bool) -> None:
    opening = besieged.greeted() if greeted else request()

    answer = attack(besieged.server.ws_port, [opening, *attack_.pieces])

    assert answer.code == attack_.end


def test_a_frame_that_stops_and_goes_on_after_all_is_whole(besieged: Siege) -> None:
    ping = said('{"type":"ping","id":7}')

    answer = attack(
        besieged.server.ws_port,
        [besieged.greeted(), *(bytes([byte]) for byte in ping)],
        until=b'"id":7',
    )

    assert answer.frames[-1][1].startswith(b'{"type":"ok","id":7')


# What a message may say

NO_HELLO: Final = (
    ("no JSON", "}{"),
    ("a list", "[]"),
    ("a number", "1"),
    ("nothing", ""),
    ("deep lists", "[" * DEEP),
    ("deep objects", '{"type":"hello","x":' + '{"a":' * 10_000),
    ("no type", "{}"),
    ("an unknown type", '{"type":"sudo"}'),
    ("another type first", '{"type":"ping","id":1}'),
    ("streams of a wrong type", '{"type":"hello","streams":[]}'),
    ("half a surrogate pair", '{"type":"hello","device":"\\ud800"}'),
    ("a device that is a path", '{"type":"hello","device":"../../etc"}'),
)


@pytest.mark.parametrize(("_name", "message"), NO_HELLO, ids=[name for name, _ in NO_HELLO])
def test_what_is_no_hello_is_explained_and_ends_the_session(
    besieged: Siege, _name: str, message: str
) -> None:
    answer = attack(besieged.server.ws_port, [request(), said(message)])

    assert len(answer.errors) == 1
    assert answer.code == CloseCode.BAD_REQUEST


def test_a_hello_with_more_streams_than_a_session_follows_is_refused(besieged: Siege) -> None:
    streams = ",".join(f'"topic:{n}":{{}}' for n in range(3000))
    token = besieged.server.token("intruder")

    answer = attack(
        besieged.server.ws_port,
        [request(), said(f'{{"type":"hello","token":"{token}","streams":{{{streams}}}}}')],
    )

    assert answer.code == CloseCode.BAD_REQUEST


MESSAGES: Final = (
    ("no JSON", "}{", "bad_request"),
    ("deep JSON", '{"type":"ping","id":1,"x":' + "[" * DEEP, "bad_request"),
    ("NaN", '{"type":"ping","id":NaN}', "bad_request"),
    ("a number without end", f'{{"type":"ack","stream":"inbox","epoch":"","seq":{HUGE}}}', ""),
    (
        "an infinite number",
        '{"type":"ack","stream":"inbox","epoch":"e","seq":1e999}',
        "bad_request",
    ),
    (
        "a huge position",
        '{"type":"subscribe","id":1,"stream":"topic:x","epoch":"e","after":1e30}',
        "",
    ),
    ("a huge read", f'{{"type":"read","id":1,"through":{2**70}}}', ""),
    (
        "half a surrogate pair",
        '{"type":"publish","id":1,"to":"\\ud800","title":"x"}',
        "bad_request",
    ),
    ("a type twice", '{"type":"ping","type":"sudo","id":1}', ""),
    ("a wrong type", '{"type":"publish","id":1,"to":{},"title":[]}', "bad_request"),
    ("an id that is a list", '{"type":"ping","id":[]}', "bad_request"),
    ("an unknown type", '{"type":"sudo","id":1}', "unknown_type"),
    ("no type", '{"id":1}', "bad_request"),
    ("a second hello", '{"type":"hello"}', "bad_request"),
    ("an ack of nothing", '{"type":"ack","stream":"topic:x","epoch":"e","seq":1}', "bad_ack"),
    ("somebody else's inbox", '{"type":"subscribe","id":1,"stream":"inbox:bob"}', "bad_request"),
    ("a token that is none", '{"type":"token","id":1,"token":"a.b.c"}', "token_invalid"),
)


@pytest.mark.parametrize(
    ("message", "code"), [case[1:] for case in MESSAGES], ids=[case[0] for case in MESSAGES]
)
def test_what_is_no_request_is_explained_and_the_session_goes_on(
    besieged: Siege, message: str, code: str
) -> None:
    answer = attack(
        besieged.server.ws_port,
        [besieged.greeted(), said(message), STILL_HERE],
        until=b"still here",
    )

    assert answer.frames[-1][1].startswith(b'{"type":"ok","id":"still here"')
    assert not code or answer.errors == [code]


@pytest.mark.parametrize("depth", [10, 200, 900, 1000, 5000])
def test_data_of_any_depth_is_stored_or_refused(besieged: Siege, depth: int) -> None:
    data = '{"a":' * depth + "1" + "}" * depth

    publish = said(f'{{"type":"publish","id":"p","to":"me","title":"x","data":{data}}}')

    answer = attack(
        besieged.server.ws_port, [besieged.greeted(), publish, STILL_HERE], until=b"still here"
    )

    assert answer.errors in ([], ["bad_request"])
