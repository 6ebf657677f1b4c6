"""Who may do what: what a token must be, and what it allows."""

import base64
import contextlib
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import jwt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifyctl.errors import Forbidden, TokenExpired, TokenInvalid
from notifyd.auth import (
    LEEWAY_SECONDS,
    MAX_TOKEN_ID,
    REMEMBERED_TOKENS,
    Identity,
    Verifier,
    addressee,
    checked,
    issue,
    matches,
)
from notifyd.keys import HMAC, Key, limited, secret_key
from notifyd.settings import Settings
from notifyd.token import MAX_TOKEN_BYTES, Parts, take_apart
from tests.support.key_pairs import ASYMMETRIC, key_pair, private, public

SECRET = b"0123456789abcdef0123456789abcdef"
NOW = 1_800_000_000.0
KEY = secret_key(SECRET)
VERIFIER = Verifier([KEY])

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def signed(claims: Mapping[str, Any], *, algorithm: str = "HS256", secret: bytes = SECRET) -> str:
    """A token with exactly these claims."""
    return jwt.encode(dict(claims), secret, algorithm=algorithm)


def alice(**claims: Any) -> dict[str, Any]:
    return {"sub": "alice", "exp": NOW + 60, **claims}


def issue_with(algorithm: str, user: str = "alice") -> str:
    (key,) = limited([KEY], [algorithm])
    return issue(key, user, scopes=[], now=NOW, ttl_seconds=60, token_id="t")


def segments(header: object, payload: object, secret: bytes = SECRET) -> str:
    """A token put together by hand, signed with HMAC-SHA-256 whatever its header says."""
    parts = [
        base64.urlsafe_b64encode(part if isinstance(part, bytes) else json.dumps(part).encode())
        for part in (header, payload)
    ]
    signed_part = b".".join(part.rstrip(b"=") for part in parts)
    signature = hmac.new(secret, signed_part, hashlib.sha256).digest()
    return b".".join([signed_part, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


def refusal(token: str, verifier: Verifier = VERIFIER) -> str:
    """Why a token is refused."""
    with pytest.raises(TokenInvalid) as caught:
        verifier.verify(token, NOW)
    return str(caught.value.details["reason"])


def identity(**claims: Any) -> Identity:
    return VERIFIER.verify(signed(alice(**claims)), NOW)


# A token that is in order


def test_a_token_that_was_issued_is_the_token_that_is_verified() -> None:
    token = issue(
        KEY,
        "alice",
        scopes=["subscribe", "publish"],
        now=NOW,
        ttl_seconds=60,
        token_id="t1",
        topics=["releases", "ops-*"],
        max_level="critical",
    )

    assert VERIFIER.verify(token, NOW) == Identity(
        user="alice",
        scopes=frozenset({"subscribe", "publish"}),
        topics=("releases", "ops-*"),
        max_level="critical",
        issued_at=NOW,
        expires_at=NOW + 60,
        token_id="t1",
    )


def test_a_token_with_only_a_user_and_an_expiry_allows_nothing() -> None:
    assert identity(jti="t1") == Identity(
        user="alice",
        scopes=frozenset(),
        topics=(),
        max_level="high",
        issued_at=0,
        expires_at=NOW + 60,
        token_id="t1",
    )


def test_a_token_without_an_id_has_one_of_its_own() -> None:
    first, again, other = identity(), identity(), identity(iat=NOW)

    assert first.token_id == again.token_id != other.token_id
    assert first.token_id.isalnum()


@pytest.mark.parametrize("algorithm", HMAC)
def test_thirty_two_bytes_of_secret_are_enough_for_every_algorithm(algorithm: str) -> None:
    assert VERIFIER.verify(issue_with(algorithm), NOW).user == "alice"
    # Any other library makes and reads the same tokens.
    key = hashlib.sha512(SECRET).digest()
    foreign = signed(alice(), algorithm=algorithm, secret=key)
    assert Verifier([secret_key(key)]).verify(foreign, NOW).user == "alice"


# Time


def test_a_token_lives_until_its_expiry_and_a_leeway() -> None:
    token = signed(alice(exp=NOW))

    assert VERIFIER.verify(token, NOW + LEEWAY_SECONDS - 0.001)
    with pytest.raises(TokenExpired):
        VERIFIER.verify(token, NOW + LEEWAY_SECONDS)


def test_the_time_that_is_left_fits_into_a_frame() -> None:
    endless = checked({"sub": "alice", "exp": 2**53 - 1}, b"")

    assert endless.identity.left_ms(NOW) == 2**53 - 1


def test_a_token_that_was_seen_before_is_checked_again() -> None:
    verifier = Verifier([KEY])
    tokens = [issue_with("HS256", user=f"user-{number}") for number in range(1100)]

    for token in tokens:
        assert verifier.verify(token, NOW)
    for token in tokens:
        with pytest.raises(TokenExpired):
            verifier.verify(token, NOW + 60 + LEEWAY_SECONDS)


def test_a_token_starts_at_its_nbf_less_a_leeway() -> None:
    token = signed(alice(nbf=NOW + LEEWAY_SECONDS))

    assert VERIFIER.verify(token, NOW)
    with pytest.raises(TokenInvalid, match="not valid yet"):
        VERIFIER.verify(token, NOW - 0.001)


def test_a_token_issued_by_a_clock_that_is_ahead_is_accepted() -> None:
    assert identity(iat=NOW + 3600)


# Signatures


def test_a_token_of_another_secret_is_refused() -> None:
    token = signed(alice(), secret=b"x" * 32)

    assert refusal(token) == "its signature is not from this server's key"


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_token_with_one_changed_part_is_refused(position: int) -> None:
    parts = signed(alice()).split(".")
    parts[position] = issue_with("HS512", user="mallory").split(".")[position]

    refusal(".".join(parts))


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", "", None, 0, [], {}, ["HS256"]])
def test_a_token_that_names_no_algorithm_is_refused(name: object) -> None:
    token = segments({"alg": name, "typ": "JWT"}, alice())

    for unsigned in (token, token.rsplit(".", 1)[0] + "."):
        assert refusal(unsigned) == "its algorithm is not one of HS256, HS384, HS512"


def test_an_algorithm_that_is_not_configured_is_refused() -> None:
    verifier = Verifier(limited([KEY], ["HS512"]))

    assert refusal(signed(alice()), verifier) == "its algorithm is not one of HS512"
    assert verifier.verify(issue_with("HS512"), NOW).user == "alice"


# Key pairs


def of_alice(key: Key) -> str:
    return issue(key, "alice", scopes=[], now=NOW, ttl_seconds=60, token_id="t")


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_what_a_private_key_signs_its_public_key_accepts(algorithm: str) -> None:
    verifier = Verifier([public(algorithm)])

    assert verifier.verify(of_alice(private(algorithm)), NOW).user == "alice"


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_what_another_private_key_signs_is_refused(algorithm: str) -> None:
    forged = of_alice(private(algorithm, number=2))

    assert refusal(forged, Verifier([public(algorithm)])) == (
        "its signature is not from this server's key"
    )


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
@pytest.mark.parametrize("beside", [[], [KEY]], ids=["alone", "beside a secret"])
def test_a_public_key_is_never_taken_for_a_secret(algorithm: str, beside: list[Key]) -> None:
    # Whoever knows the public key could sign with it, were it taken for an HMAC secret.
    pem = key_pair(algorithm)[1]
    verifier = Verifier([public(algorithm), *beside])
    for known in (pem, pem.strip(), pem.strip() + "\0", pem.replace("\n", "\\n")):
        forged = segments({"alg": "HS256"}, alice(), secret=known.encode())
        refusal(forged, verifier)
        refusal(segments({"alg": algorithm}, alice(), secret=known.encode()), verifier)


@pytest.mark.parametrize(
    ("signer", "server"), [("RS256", "ES256"), ("ES256", "ES384"), ("EdDSA", "RS256")]
)
def test_a_token_of_another_kind_of_key_is_refused(signer: str, server: str) -> None:
    assert "its algorithm is not one of" in refusal(
        of_alice(private(signer)), Verifier([public(server)])
    )


def test_an_rsa_key_can_be_limited_to_one_algorithm() -> None:
    verifier = Verifier(limited([public("RS256")], ["PS256"]))

    assert verifier.verify(of_alice(private("PS256")), NOW)
    assert refusal(of_alice(private("RS256")), verifier) == "its algorithm is not one of PS256"


def test_each_token_is_held_against_the_key_that_it_names() -> None:
    verifier = Verifier([public("ES256", "old"), public("ES256", "new", number=2)])

    assert verifier.verify(of_alice(private("ES256", "old")), NOW)
    assert verifier.verify(of_alice(private("ES256", "new", number=2)), NOW)
    assert refusal(of_alice(private("ES256", "new")), verifier) == (
        "its signature is not from this server's key 'new'"
    )


def test_a_token_that_is_cut_off_anywhere_is_refused() -> None:
    for algorithm in ("ES256", "EdDSA"):
        token, verifier = of_alice(private(algorithm)), Verifier([public(algorithm)])
        assert verifier.verify(token, NOW)
        for length in range(len(token)):
            refusal(token[:length], verifier)


def test_without_its_signature_a_token_is_refused_as_such() -> None:
    headless = of_alice(KEY).rpartition(".")[0] + "."

    assert refusal(headless) == "it carries no signature; perhaps it was cut off"


def test_a_key_of_the_server_can_be_told_without_a_good_signature() -> None:
    verifier = Verifier([KEY, public("ES256", "login")])

    assert verifier.key_for(of_alice(private("ES256", "login", number=2))).id == "login"


def test_a_public_key_signs_nothing() -> None:
    with pytest.raises(ValueError, match="P-256 public key signs no tokens"):
        of_alice(public("ES256"))


# Memory


def test_a_token_in_use_is_checked_once_and_one_of_long_ago_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken: Counter[str] = Counter()

    def counting(token: str) -> Parts:
        taken[token] += 1
        return take_apart(token)

    monkeypatch.setattr("notifyd.auth.take_apart", counting)
    verifier = Verifier([KEY])
    backend, once = issue_with("HS256", user="backend"), issue_with("HS256", user="once")
    verifier.verify(once, NOW)
    for number in range(REMEMBERED_TOKENS):
        verifier.verify(backend, NOW)
        verifier.verify(issue_with("HS256", user=f"user-{number}"), NOW)
    verifier.verify(once, NOW)

    assert (taken[backend], taken[once]) == (1, 2)


def test_one_token_written_in_several_ways_has_one_id() -> None:
    token = signed(alice())
    again = token + "="  # As some issuers write it.

    assert VERIFIER.verify(token, NOW).token_id == VERIFIER.verify(again, NOW).token_id


# Audience and issuer


def test_a_configured_audience_must_be_among_the_token_s() -> None:
    verifier = Verifier([KEY], audience="notify")

    assert verifier.verify(signed(alice(aud="notify")), NOW)
    assert verifier.verify(signed(alice(aud=["mail", "notify"])), NOW)
    for wrong in ("mail", ["mail"], [], 5, {"notify": 1}, None):
        refusal(signed(alice(aud=wrong)), verifier)
    refusal(signed(alice()), verifier)


def test_a_configured_issuer_must_be_the_token_s() -> None:
    verifier = Verifier([KEY], issuer="login")

    assert verifier.verify(signed(alice(iss="login")), NOW)
    refusal(signed(alice(iss="other")), verifier)
    refusal(signed(alice()), verifier)


def test_audience_and_issuer_do_not_matter_unless_configured() -> None:
    assert identity(aud="anything", iss="anybody")


# Malformed claims


@pytest.mark.parametrize("missing", ["sub", "exp"])
def test_a_token_needs_a_user_and_an_expiry(missing: str) -> None:
    claims = alice()
    del claims[missing]

    assert missing in refusal(signed(claims))


@pytest.mark.parametrize(
    "user", ["", "me", "topic:x", "topic:", "a\nb", "a\x7f", "a" * 129, "ä" * 65, "\ud800", 7, []]
)
def test_a_user_must_be_a_name(user: object) -> None:
    refusal(segments({"alg": "HS256"}, alice(sub=user)))


@pytest.mark.parametrize("user", ["a", "a" * 128, "Ä b@c:d/e", "metopic", "🦊"])
def test_a_name_may_be_in_any_script(user: str) -> None:
    assert identity(sub=user).user == user


@pytest.mark.parametrize("value", ["60", True, None, [], {}, -1, 2**53, 1e300])
@pytest.mark.parametrize("claim", ["exp", "iat", "nbf"])
def test_a_time_must_be_a_number_of_seconds(claim: str, value: object) -> None:
    assert claim in refusal(segments({"alg": "HS256"}, alice(**{claim: value})))


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999", b"9" * 5000])
def test_a_time_must_be_a_number_that_exists(number: bytes) -> None:
    refusal(segments({"alg": "HS256"}, b'{"sub":"alice","exp":' + number + b"}"))


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("scope", ["subscribe"]),
        ("scope", None),
        ("topics", "releases"),
        ("topics", [1]),
        ("topics", {"releases": True}),
        ("max_level", "urgent"),
        ("max_level", None),
        ("max_level", ["high"]),
        ("jti", 7),
        ("jti", None),
        ("jti", ["t"]),
        ("jti", "t" * (MAX_TOKEN_ID + 1)),
    ],
)
def test_a_malformed_claim_is_named(claim: str, value: object) -> None:
    assert claim in refusal(signed(alice(**{claim: value})))


def test_a_claim_may_stand_in_it_only_once() -> None:
    payload = b'{"sub":"alice","exp":1900000000,"sub":"mallory"}'

    assert refusal(segments({"alg": "HS256"}, payload)) == "its claims name 'sub' twice"


@pytest.mark.parametrize("payload", [b"", b"[]", b'"alice"', b"null", b"{", b"\xff", b"[" * 5000])
def test_claims_must_be_an_object(payload: bytes) -> None:
    refusal(segments({"alg": "HS256"}, payload))


@pytest.mark.parametrize("header", [b"", b"[]", b"null", b"{}", b"\xff", b'{"alg":' * 1000])
def test_a_header_must_be_an_object(header: bytes) -> None:
    refusal(segments(header, alice()))


@pytest.mark.parametrize(
    "extra", [{"crit": ["exp"]}, {"crit": []}, {"kid": 7}, {"b64": False, "crit": ["b64"]}]
)
def test_a_header_that_asks_for_more_than_we_do_is_refused(extra: dict[str, Any]) -> None:
    refusal(segments({"alg": "HS256", **extra}, alice()))


def test_a_key_or_address_in_the_header_is_not_looked_at() -> None:
    mallory = {"kty": "oct", "k": base64.urlsafe_b64encode(b"m" * 32).decode()}
    header = {"alg": "HS256", "jwk": mallory, "jku": "http://mallory.example/keys", "kid": "../x"}

    refusal(segments(header, alice(), secret=b"m" * 32))


@pytest.mark.parametrize("token", ["", ".", "..", "...", "a.b.c", "Bearer x", "ä.ö.ü", "\ud800"])
def test_what_is_no_token_is_refused(token: str) -> None:
    refusal(token)


def test_a_token_larger_than_the_limit_is_refused_unread() -> None:
    fits = signed(alice(note="x" * 6000))
    assert VERIFIER.verify(fits, NOW)

    large = signed(alice(note="x" * MAX_TOKEN_BYTES))
    assert refusal(large) == "it is larger than 8 KiB"


def test_a_deeply_nested_token_is_refused_or_read_but_never_harmful() -> None:
    nested = b'{"sub":"alice","exp":1,"a":' + b"[" * 3000 + b"]" * 3000 + b"}"
    token = segments({"alg": "HS256"}, nested)
    assert len(token) > MAX_TOKEN_BYTES - 200

    with pytest.raises((TokenInvalid, TokenExpired)):
        VERIFIER.verify(token, NOW)


@given(token=st.text() | st.from_regex(r"[\w-]{0,20}\.[\w-]{0,20}\.[\w-]{0,20}"))
@example("eyJhbGciOiJub25lIn0.e30.")
def test_no_text_raises_anything_but_a_refusal(token: str) -> None:
    refusal(token)


@given(header=json_values, payload=json_values)
def test_no_signed_json_raises_anything_but_a_refusal(header: object, payload: object) -> None:
    with pytest.raises((TokenInvalid, TokenExpired)):
        VERIFIER.verify(segments(header, payload), NOW)


@given(
    claims=st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("sub", "exp", "iat", "nbf", "jti", "scope", "topics", "max_level", "aud"), json_values
        ),
    )
)
def test_no_claim_raises_anything_but_a_refusal(claims: dict[str, object]) -> None:
    with contextlib.suppress(TokenInvalid, TokenExpired):
        VERIFIER.verify(segments({"alg": "HS256"}, alice(**claims)), NOW)


@given(token=st.text(min_size=1, max_size=60))
def test_a_refusal_never_repeats_the_token(token: str) -> None:
    secret_part = "s3cr3t" + token.encode("utf-8", "replace").hex()

    assert secret_part not in refusal(f"{secret_part}.{secret_part}.{secret_part}")


# What it allows


@pytest.mark.parametrize("scope", ["subscribe", "publish"])
def test_a_scope_allows_itself_and_admin_allows_every_one(scope: str) -> None:
    identity(scope=scope).require(scope)
    identity(scope="admin").require(scope)
    assert identity(scope=f"other {scope}").may(scope)

    for too_little in ("", "other", scope.upper(), f"{scope}s"):
        with pytest.raises(Forbidden, match=scope):
            identity(scope=too_little).require(scope)


def test_admin_is_allowed_only_to_admins() -> None:
    identity(scope="admin").require("admin")

    assert not identity(scope="subscribe publish").is_admin
    with pytest.raises(Forbidden):
        identity(scope="subscribe publish").require("admin")


def test_a_user_may_see_what_is_theirs_and_an_admin_what_is_anybody_s() -> None:
    identity(scope="subscribe").require_user("alice")
    identity(scope="admin").require_user("bob")

    with pytest.raises(Forbidden, match="bob"):
        identity(scope="subscribe").require_user("bob")
    with pytest.raises(Forbidden, match="subscribe"):
        identity(scope="publish").require_user("alice")


def test_topics_are_allowed_by_name_and_by_glob() -> None:
    caller = identity(topics=["releases", "ops-*"])

    caller.require_topic("topic:releases")
    caller.require_topic("topic:ops-eu")
    for other in ("topic:release", "topic:releases2", "topic:ops", "topic:Releases"):
        with pytest.raises(Forbidden):
            caller.require_topic(other)


def test_without_topics_not_even_an_admin_has_one() -> None:
    with pytest.raises(Forbidden):
        identity(scope="admin").require_topic("topic:releases")


@pytest.mark.parametrize(
    ("glob", "name", "fits"),
    [
        ("*", "", True),
        ("*", "a\nb", True),
        ("", "", True),
        ("", "a", False),
        ("a*", "a", True),
        ("*a", "ba", True),
        ("*a", "ab", False),
        ("a*b*c", "a-b-c", True),
        ("a*b*c", "abc", True),
        ("a*b*c", "acb", False),
        ("a*a", "a", False),
        ("ab*ba", "aba", False),
        ("**", "x", True),
        ("a?c", "abc", False),
        ("[ab]", "a", False),
        (".", "x", False),
        ("a+", "aa", False),
    ],
)
def test_only_a_star_is_special_in_a_glob(glob: str, name: str, *, fits: bool) -> None:
    assert matches(glob, name) is fits


@given(parts=st.lists(st.text("ab*", max_size=3), max_size=5), name=st.text("ab", max_size=8))
def test_a_glob_fits_as_the_definition_says(parts: list[str], name: str) -> None:
    glob = "*".join(parts)

    assert matches(glob, name) is fits_slowly(glob, name)


def fits_slowly(glob: str, name: str) -> bool:
    """The definition: a star is nothing, or one character and then again a star."""
    if not glob:
        return not name
    if glob[0] == "*":
        return fits_slowly(glob[1:], name) or (bool(name) and fits_slowly(glob, name[1:]))
    return name[:1] == glob[0] and fits_slowly(glob[1:], name[1:])


def test_a_glob_of_many_stars_costs_no_more_than_one_pass_each() -> None:
    # With backtracking, this would not end in the lifetime of the universe.
    assert not matches("*a" * 60 + "*b", "a" * 128)


def test_what_a_server_s_own_settings_sign_that_server_accepts() -> None:
    settings = Settings(jwt_audience="notify", jwt_issuer="https://login.example")
    keys = limited([KEY], ["HS512"])

    token = issue(
        keys[0],
        "alice",
        scopes=["publish"],
        now=NOW,
        ttl_seconds=60,
        token_id="t",
        **addressee(settings),
    )

    assert Verifier(keys, **addressee(settings)).verify(token, NOW).user == "alice"
    assert jwt.get_unverified_header(token)["alg"] == "HS512"
