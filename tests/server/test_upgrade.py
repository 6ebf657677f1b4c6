from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyd.upgrade import MAX_HEAD, Head, Probe, Refusal, Upgrade, read_request


def header(**headers: str | list[str]) -> Callable[[str], Sequence[str]]:
    """How a request gives the values of a header; `_` stands for `-`."""

    def values_of(name: str) -> Sequence[str]:
        values = headers.get(name.replace("-", "_"), [])
        return [values] if isinstance(values, str) else values

    return values_of


def upgrade(path: str = "/ws", **headers: str | list[str]) -> Upgrade:
    request = read_request(path, header(**headers), ())
    assert isinstance(request, Upgrade)
    return request


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/readyz?verbose"])
def test_probes_are_answered_on_this_port_too(path: str) -> None:
    assert read_request(path, header(), ()) == Probe(path.partition("?")[0])


def test_elsewhere_there_is_nothing() -> None:
    refusal = read_request("/", header(), ())

    assert isinstance(refusal, Refusal)
    assert refusal.status == 404


def test_only_a_foreign_origin_is_refused_before_the_upgrade() -> None:
    headers = header(Origin="https://evil.example", Host="notify.example:8001")

    refusal = read_request("/ws", headers, ())

    assert isinstance(refusal, Refusal)
    assert refusal.status == 403
    assert isinstance(read_request("/ws", headers, ("https://evil.example",)), Upgrade)


def test_the_bearer_token_is_taken_from_the_headers() -> None:
    assert upgrade(Authorization="Bearer abc").token == "abc"
    assert upgrade(Authorization="bearer  abc ").token == "abc"
    assert upgrade(Authorization="Basic abc").token is None
    assert upgrade(Authorization="Bearer").token is None
    assert upgrade().token is None


def test_the_headers_can_stand_for_the_hello() -> None:
    assert upgrade("/ws?hello=1").says_hello
    assert not upgrade("/ws?hello=0").says_hello
    assert not upgrade().says_hello


@pytest.mark.parametrize("name", ["token", "access_token", "jwt"])
def test_a_token_in_the_url_is_noticed(name: str) -> None:
    assert upgrade(f"/ws?{name}=abc").has_token_in_url


def test_offering_no_subprotocol_is_fine_and_another_version_is_not() -> None:
    assert upgrade().speaks_our_version
    assert upgrade(Sec_WebSocket_Protocol="chat, notify.v1").speaks_our_version
    assert upgrade(Sec_WebSocket_Protocol=["chat", "notify.v1"]).speaks_our_version
    assert not upgrade(Sec_WebSocket_Protocol="notify.v2").speaks_our_version


@pytest.mark.parametrize("name", ["Origin", "Host", "Authorization"])
def test_a_header_that_decides_may_be_there_only_once(name: str) -> None:
    refusal = read_request("/ws", header(**{name: ["http://localhost", "x"]}), ())

    assert isinstance(refusal, Refusal)
    assert refusal.status == 400


@given(path=st.text(max_size=50), name=st.sampled_from(["Origin", "Authorization", "Host"]))
def test_no_request_is_too_strange(path: str, name: str) -> None:
    strange = header(**{name: path})
    assert isinstance(read_request(path, strange, ()), Probe | Refusal | Upgrade)
    assert isinstance(read_request(f"/ws?{path}", strange, ()), Refusal | Upgrade)


@given(head=st.binary(max_size=40), rest=st.binary(max_size=20), cuts=st.sets(st.integers(0, 70)))
def test_a_head_ends_at_its_empty_line_however_it_is_cut(
    head: bytes, rest: bytes, cuts: set[int]
) -> None:
    data = head + b"\r\n\r\n" + rest
    end = data.index(b"\r\n\r\n") + 4
    taker, taken, left = Head(), b"", b""
    for start, stop in pairwise([0, *sorted(cuts & set(range(len(data)))), len(data)]):
        if taker.is_complete:
            left += data[start:stop]
            continue
        part, left = taker.take(data[start:stop])
        taken += part

    assert taker.is_complete
    assert (taken, left) == (data[:end], data[end:])


def test_a_head_has_its_limit() -> None:
    head = Head()
    head.take(b"x" * MAX_HEAD)
    assert not head.is_too_long

    head.take(b"x")

    assert head.is_too_long
