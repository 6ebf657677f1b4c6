"""A token taken apart: what can be read at all, and what is said of the rest."""

import base64
import json
from typing import Any

import pytest

from notifyctl.errors import TokenInvalid
from notifyd.token import MAX_TOKEN_BYTES, read_claims, take_apart


def segment(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def written(header: object, payload: object = {"sub": "alice"}) -> str:
    return f"{segment(header)}.{segment(payload)}.c2ln"


def refusal(token: str) -> str:
    with pytest.raises(TokenInvalid) as caught:
        take_apart(token)
    return str(caught.value.details["reason"])


def claims_refusal(payload: bytes) -> str:
    with pytest.raises(TokenInvalid) as caught:
        read_claims(payload)
    return str(caught.value.details["reason"])


def test_a_token_has_a_header_claims_and_a_signature_over_both() -> None:
    token = written({"alg": "ES256", "kid": "a"})

    parts = take_apart(token)

    assert parts.header == {"alg": "ES256", "kid": "a"}
    assert parts.signed == token.removesuffix(".c2ln").encode()
    assert parts.payload == b'{"sub": "alice"}'
    assert parts.signature == b"sig"


@pytest.mark.parametrize("extra", [{"jku": "http://x"}, {"jwk": {}}, {"x5u": "http://x"}])
def test_where_a_token_would_have_its_key_fetched_from_is_not_followed(
    extra: dict[str, Any],
) -> None:
    assert take_apart(written({"alg": "ES256", **extra})).header["alg"] == "ES256"


@pytest.mark.parametrize("kind", ["JWT", "at+jwt", "anything"])
def test_what_kind_of_token_it_calls_itself_does_not_matter(kind: str) -> None:
    assert take_apart(written({"alg": "ES256", "typ": kind}))


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("", "a token has three parts, and this has 1; perhaps it was cut off"),
        ("a.b", "a token has three parts, and this has 2; perhaps it was cut off"),
        ("a.b.c.d", "a token has three parts, and this has 4; perhaps it was cut off"),
        ("a.b.c.d.e", "it is encrypted (a JWE), and only signed tokens are read"),
        ("ä.ö.ü", "it contains characters that no token has"),
        ("\ud800.b.c", "it contains characters that no token has"),
        ("a" * (MAX_TOKEN_BYTES + 1), "it is larger than 8 KiB"),
    ],
)
def test_what_has_not_the_shape_of_a_token_is_refused_as_such(token: str, reason: str) -> None:
    assert refusal(token) == reason


@pytest.mark.parametrize("header", [b"", b"{", b"\xff", b"[]", b"null", b"[" * 4000])
def test_a_header_that_is_no_object_is_damaged(header: bytes) -> None:
    assert refusal(written(header)).startswith("it is damaged or cut off (")


@pytest.mark.parametrize("token", ["!.!.!", "YQ.YQ.!", "e30.e30.YR"])
def test_what_is_not_written_as_base64_is_damaged(token: str) -> None:
    assert refusal(token).startswith("it is damaged or cut off (")


@pytest.mark.parametrize("crit", [["exp"], ["b64"], [], "exp", [7], None])
def test_a_header_that_asks_for_an_extension_is_refused(crit: object) -> None:
    assert "header" in refusal(written({"alg": "ES256", "b64": True, "crit": crit}))


@pytest.mark.parametrize("key_id", [7, None, ["a"], {"a": 1}, True])
def test_a_key_is_named_in_words(key_id: object) -> None:
    assert refusal(written({"alg": "ES256", "kid": key_id})).startswith(
        "its header is not in order ("
    )


@pytest.mark.parametrize("kind", ["JWT", "jwt", "application/jwt"])
def test_a_token_within_a_token_is_not_read(kind: str) -> None:
    inner = written({"alg": "ES256"}).encode()

    assert refusal(written({"alg": "ES256", "cty": kind}, inner)) == (
        "it holds another token (`cty`), and nested tokens are not read"
    )


def test_a_refusal_repeats_nothing_that_a_terminal_would_obey() -> None:
    reason = refusal(written({"alg": "ES256", "crit": ["\x1b[31m\n" + "x" * 200]}))

    assert reason.isprintable()
    assert len(reason) < 100


@pytest.mark.parametrize("payload", [b"", b"{", b"\xff", b"{'a': 1}", b"\xef\xbb\xbf{}"])
def test_claims_must_be_json(payload: bytes) -> None:
    assert claims_refusal(payload) == "its claims are not valid JSON"


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"9" * 5000])
def test_a_number_that_json_does_not_have_is_not_read(number: bytes) -> None:
    assert claims_refusal(b'{"exp":' + number + b"}") == "its claims are not valid JSON"


@pytest.mark.parametrize("payload", [b"[]", b'"alice"', b"1", b"null"])
def test_claims_must_be_an_object(payload: bytes) -> None:
    assert claims_refusal(payload) == "its claims are not an object of JSON"


@pytest.mark.parametrize("payload", [b'{"sub":"a","sub":"b"}', b'{"x":{"sub":1,"sub":1}}'])
def test_two_readers_never_see_two_users_in_one_token(payload: bytes) -> None:
    assert claims_refusal(payload) == "its claims name 'sub' twice"
