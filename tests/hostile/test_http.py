"""Port 8000 is sent what no client sends: each attack has its known answer, and harms nobody."""

import os
from typing import Final

import msgspec
import pytest

from tests.support.raw_http import attack
from tests.support.siege import Siege

pytestmark = [pytest.mark.xdist_group("hostile-http"), pytest.mark.usefixtures("unharmed")]

TOKEN: Final = b"<token>"
HOST: Final = b"Host: 127.0.0.1\r\n"
ASK: Final = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
BEARER: Final = b"Authorization: Bearer " + TOKEN + b"\r\n"
NOTE: Final = b'{"to":"alice","title":"Hello"}'
CHUNK: Final = b"%x\r\n%b\r\n" % (len(NOTE), NOTE)
CHUNKED: Final = b"Transfer-Encoding: chunked\r\n"
SINGLE, BATCH, READ = "/v1/notifications", "/v1/notifications/batch", "/v1/users/me/read"
INBOX: Final = "/v1/users/me/inbox"


def post(*lines: bytes, to: str = SINGLE, rest: bytes = b"") -> bytes:
    """A request with a token, these header lines, and whatever follows its head."""
    head = b"POST %b HTTP/1.1\r\n" % to.encode() + HOST + BEARER
    return head + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + rest


def body(content: bytes, *lines: bytes, to: str = SINGLE) -> bytes:
    """A request whose body has the length that it says."""
    return post(b"Content-Length: %d" % len(content), *lines, to=to, rest=content)


def chunks(rest: bytes, *lines: bytes) -> bytes:
    return post(CHUNKED[:-2], *lines, rest=rest)


def get(target: str | bytes, *lines: bytes) -> bytes:
    """A request with a token."""
    target = target if isinstance(target, bytes) else target.encode()
    head = b"GET " + target + b" HTTP/1.1\r\n" + HOST + BEARER
    return head + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


class Attack(msgspec.Struct, frozen=True):
    """Bytes and the answer: its status, the code of what was wrong, and whether it is the end."""

    name: str
    raw: bytes
    status: int
    code: str | None = "bad_request"
    closes: bool = False


def no_http(name: str, raw: bytes) -> Attack:
    """Bytes after which nobody knows where the next request would begin."""
    return Attack(name, raw, 400, "bad_request", closes=True)


PROTOCOLS: Final = (
    no_http("random bytes", os.urandom(4096) + b"\r\n\r\n"),
    no_http("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500)),
    no_http("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    no_http("HTTP/3.0", ASK.replace(b"1.1", b"3.0")),
    no_http("HTTP/1.2", ASK.replace(b"1.1", b"1.2")),
    no_http("no version", ASK.replace(b"1.1", b"x")),
    Attack("HTTP/0.9", b"GET /healthz\r\n\r\n", 200, None, closes=True),
    Attack("HTTP/1.0", b"GET /healthz HTTP/1.0\r\n\r\n", 200, None, closes=True),
    Attack(
        "a WebSocket", get("/ws", b"Connection: Upgrade", b"Upgrade: websocket"), 404, "not_found"
    ),
    Attack("h2c", get("/x", b"Connection: Upgrade", b"Upgrade: h2c"), 404, "not_found"),
)

HEADS: Final = (
    no_http("a huge line", b"GET /" + b"a" * 10**6 + b" HTTP/1.1\r\n" + HOST + b"\r\n"),
    no_http("a huge header", get("/", b"X: " + b"a" * 10**6)),
    no_http("a huge name of a header", get("/", b"a" * 10**6 + b": x")),
    no_http("ten thousand headers", get("/", *[b"X: y"] * 10_000)),
    no_http("a folded header", get("/", b"X: a", b" b")),
    no_http("no carriage returns", ASK.replace(b"\r", b"")),
    no_http("no line feeds", ASK.replace(b"\n", b"")),
    no_http("a space before the colon", ASK.replace(b"Host", b"Host ")),
    no_http("no colon", get("/", b"X")),
    no_http("a header without a name", get("/", b": x")),
    no_http("a zero byte", get("/", b"X: a\0b")),
    no_http("a control character", get("/", b"X: a\x01b")),
    no_http("no host", ASK.replace(HOST, b"")),
    no_http("two hosts", ASK.replace(HOST, HOST + HOST)),
    no_http("a target without a slash", get("healthz")),
    no_http("a target that is an authority", get("x:80")),
    no_http("a target that is a star", get("*")),
    no_http("a target that is no UTF-8", get(b"/v1/users/\xff/inbox")),
    no_http("a query that is no UTF-8", get(b"/v1/users/me/inbox?after=\xff")),
    Attack("a whole URL", get("http://elsewhere/nothing"), 404, "not_found"),
    Attack("two slashes", get("//healthz"), 404, "not_found"),
    Attack("a fragment", get("/nothing#x"), 404, "not_found"),
)

METHODS: Final = (
    no_http("a small method", ASK.replace(b"GET", b"get")),
    no_http("an unknown method", ASK.replace(b"GET", b"FOO")),
    Attack("TRACE", ASK.replace(b"GET", b"TRACE"), 405, "method_not_allowed"),
    Attack("PURGE", ASK.replace(b"GET", b"PURGE"), 405, "method_not_allowed"),
    Attack("CONNECT", b"CONNECT x:80 HTTP/1.1\r\n" + HOST + b"\r\n", 404, "not_found"),
    Attack("CONNECT to a path", ASK.replace(b"GET", b"CONNECT"), 405, "method_not_allowed"),
)

# Where a proxy and a server may see two different requests.
SMUGGLING: Final = (
    no_http(
        "a length and chunks", post(b"Content-Length: 5", CHUNKED[:-2], rest=b"0\r\n\r\n" + ASK)
    ),
    no_http("chunks and a length", chunks(b"0\r\n\r\n" + ASK, b"Content-Length: 5")),
    no_http("two lengths", post(b"Content-Length: 5", b"Content-Length: 6", rest=b"abcdef")),
    no_http("the same length twice", post(*[b"Content-Length: 5"] * 2, rest=b"abcde")),
    no_http("a list of lengths", post(b"Content-Length: 5, 5", rest=b"abcde")),
    no_http("a signed length", post(b"Content-Length: +5", rest=b"abcde")),
    no_http("a negative length", post(b"Content-Length: -5", rest=b"abcde")),
    no_http("a hexadecimal length", post(b"Content-Length: 0x5", rest=b"abcde")),
    no_http("a length beyond 64 bits", post(b"Content-Length: " + b"9" * 30, rest=b"abcde")),
    no_http("a coding after chunks", post(b"Transfer-Encoding: chunked, identity", rest=CHUNK)),
    no_http("chunks twice", chunks(CHUNK, CHUNKED[:-2])),
    no_http("an unknown coding", post(b"Transfer-Encoding: xchunked", rest=CHUNK)),
    no_http("a coding behind a tab", post(b"Transfer-Encoding: \x0bchunked", rest=CHUNK)),
    no_http("a chunk that has no size", chunks(b"zz\r\nabc\r\n0\r\n\r\n")),
    no_http("a chunk of a negative size", chunks(b"-1\r\nabc\r\n0\r\n\r\n")),
    no_http("a chunk beyond 64 bits", chunks(b"f" * 18 + b"\r\nabc\r\n")),
    no_http("chunks without carriage returns", chunks(CHUNK.replace(b"\r", b"") + b"0\n\n")),
    no_http("an extension without one", chunks(CHUNK.replace(b"\r", b";", 1))),
    no_http("ten thousand trailers", chunks(CHUNK + b"0\r\n" + b"X: y\r\n" * 10_000 + b"\r\n")),
    Attack(
        "a chunk with an extension",
        chunks(CHUNK.replace(b"\r", b";x=y\r", 1) + b"0\r\n\r\n"),
        201,
        None,
    ),
    Attack("a trailer", chunks(CHUNK + b"0\r\nX: y\r\n\r\n"), 201, None),
)

BODIES: Final = (
    Attack("nothing", body(b""), 400),
    Attack("no body", post(), 400),
    Attack("half a value", body(b"{"), 400),
    Attack("wrong types", body(b'{"to":1,"title":[]}'), 400),
    Attack("no UTF-8", body(b'{"to":"alice","title":"\xff"}'), 400),
    Attack("UTF-16", body(NOTE.decode().encode("utf-16")), 400),
    Attack("a byte order mark", body(b"\xef\xbb\xbf" + NOTE), 400),
    Attack("half a surrogate pair", body(NOTE.replace(b"Hello", b"\\ud800")), 400),
    Attack("a zero byte", body(NOTE.replace(b"Hello", b"a\0b")), 400),
    Attack("NaN", body(NOTE[:-1] + b',"data":{"a":NaN}}'), 400),
    Attack("infinity", body(NOTE[:-1] + b',"data":{"a":1e999}}'), 400),
    Attack("half a million digits", body(NOTE[:-1] + b',"data":{"a":%b}}' % (b"9" * 500_000)), 400),
    Attack("a field twice", body(NOTE[:-1] + b',"to":"bob"}'), 201, None),
    Attack("many fields", body(b"{" + b'"k":1,' * 100_000 + b'"k":1}'), 400),
    Attack("much data", body(NOTE[:-1] + b',"data":{%b"k":1}}' % (b'"k":1,' * 100_000)), 201, None),
    Attack("gzip", body(NOTE, b"Content-Encoding: gzip"), 400),
    Attack("too much", body(bytes(2**20 + 1)), 413, "too_large", closes=True),
    Attack(
        "too much in chunks",
        chunks(b"10000\r\n%b\r\n" % bytes(65536) * 20),
        413,
        "too_large",
        closes=True,
    ),
    Attack("too much said", post(b"Content-Length: 1048577"), 413, "too_large", closes=True),
    Attack(
        "64 bits said", post(b"Content-Length: 18446744073709551615"), 413, "too_large", closes=True
    ),
    Attack("continue", body(NOTE, b"Expect: 100-continue"), 201, None),
    Attack("another expectation", body(NOTE, b"Expect: tea"), 201, None),
    Attack("a long key", body(NOTE, b"Idempotency-Key: " + b"k" * 129), 400),
)

DEEP: Final = (
    *(
        Attack(f"{name} for {to}", body(content, to=to), 400)
        for to in (SINGLE, BATCH, READ, "/v1/dev/token")
        for name, content in (
            ("half a list", b"[" * 10**5),
            ("a list", b"[" * 10**5 + b"]" * 10**5),
            ("half an object", b'{"a":' * 10**5),
        )
    ),
    Attack("deep data", body(NOTE[:-1] + b',"data":' + b'{"a":' * 10**5), 400),
    Attack("deep items", body(b'[{"a":' + b"[" * 10**5, to=BATCH), 400),
    Attack("a deep line", body(b'{"a":' * 10**5 + b"\n" + NOTE, to=BATCH), 201, None),
)

BATCHES: Final = (
    Attack("garbage between lines", body(NOTE + b"\ngarbage\n\n{}\n" + NOTE, to=BATCH), 201, None),
    Attack("garbage in an array", body(b'[%b,1,null,[],"x"]' % NOTE, to=BATCH), 201, None),
    Attack("no array", body(b"1", to=BATCH), 400),
    Attack("half an array", body(b"[1,", to=BATCH), 400),
    Attack("nobody", body(b"[]", to=BATCH), 400),
    Attack("10,001 items", body(b"[" + b"1," * 10_000 + b"1]", to=BATCH), 400),
    Attack("10,001 lines", body(b"{}\n" * 10_001, to=BATCH), 400),
    Attack("a million items", body(b"[" + b"1," * 10**6 + b"1]", to=BATCH), 400),
    Attack("five million lines", body(b"{}\n" * 5 * 10**6, to=BATCH), 400),
    Attack("five million objects", body(b"[" + b"{}," * 5 * 10**6 + b"1]", to=BATCH), 400),
    Attack("one item of 16 MB", body(b"[" + b" " * 16 * 10**6 + b"1]", to=BATCH), 201, None),
)

PATHS: Final = (
    Attack("a path that climbs", get("/v1/../../etc/passwd"), 404, "not_found"),
    Attack("a slash within", get("/v1/users/a%2Fb/inbox"), 403, "forbidden"),
    Attack("a zero byte within", get("/v1/users/%00/inbox"), 400),
    Attack("no UTF-8 within", get("/v1/users/%ff/inbox"), 400),
    Attack("a surrogate within", get("/v1/users/%ed%a0%80/inbox"), 400),
    Attack("half an escape", get("/v1/users/%zz/inbox"), 403, "forbidden"),
    Attack("SQL", get("/v1/notifications/'%20OR%201=1"), 404, "not_found"),
    Attack("a zero byte as an id", get("/v1/notifications/%00"), 404, "not_found"),
    Attack("a long id", get("/v1/notifications/" + "a" * 8_000), 404, "not_found"),
    Attack("a long query", get(f"{INBOX}?" + "a=b&" * 1_900), 400),
    Attack("a thousand parameters", get(f"{INBOX}?" + "&".join(map(str, range(1_000)))), 400),
    Attack("a parameter twice", get(f"{INBOX}?after=1&after=2"), 400),
    Attack("a huge number", get(f"{INBOX}?after={'9' * 5_000}"), 400),
    Attack("a negative number", get(f"{INBOX}?after=-1"), 400),
    Attack("a query that is no UTF-8, escaped", get(f"{INBOX}?after=%ff"), 400),
)

TOKENS: Final = (
    Attack("no token", get(INBOX).replace(BEARER, b""), 401, "unauthorized"),
    Attack("two tokens", get(INBOX, BEARER[:-2]), 401, "token_invalid"),
    Attack("a name and a password", get(INBOX).replace(b"Bearer", b"Basic"), 401, "unauthorized"),
    Attack("a huge token", get(INBOX).replace(TOKEN, b"a" * 8_000), 401, "token_invalid"),
    Attack("no ASCII", get(INBOX).replace(TOKEN, b"\xff\xfe.a.b"), 401, "token_invalid"),
    Attack(
        "no algorithm", get(INBOX).replace(TOKEN, b"eyJhbGciOiJub25lIn0.e30."), 401, "token_invalid"
    ),
    Attack("an origin that is none", get(INBOX, b"Origin: http://["), 403, "origin_refused"),
    Attack("a page without an origin", get(INBOX, b"Origin: null"), 403, "origin_refused"),
)

ATTACKS: Final = PROTOCOLS + HEADS + METHODS + SMUGGLING + BODIES + DEEP + BATCHES + PATHS + TOKENS


@pytest.mark.parametrize("attack_", ATTACKS, ids=lambda one: str(one.name))
def test_what_no_client_sends_has_its_known_answer(besieged: Siege, attack_: Attack) -> None:
    token = besieged.server.token("intruder").encode()

    answer = attack(besieged.server.http_port, [attack_.raw.replace(TOKEN, token)])

    assert answer.status == attack_.status, answer.body[:500]
    if attack_.status >= 400:
        assert answer.code == attack_.code
    assert answer.closes is attack_.closes
