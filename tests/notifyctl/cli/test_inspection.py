"""What a token says, and what the server of this machine would say to it."""

from typing import Any

import jwt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifyctl.cli.inspection import Findings, local_verifier, look_into, user_of
from notifyd.auth import LEEWAY_SECONDS, Verifier, issue
from notifyd.keys import secret_key
from notifyd.secret import secret_for
from notifyd.settings import Settings
from tests.support.key_pairs import private, public

SECRET = b"0123456789abcdef0123456789abcdef"
KEY = secret_key(SECRET)
NOW = 1_800_000_000.0


def token(secret: bytes = SECRET, **claims: Any) -> str:
    return jwt.encode({"sub": "alice", "exp": NOW + 60, **claims}, secret)


def refusal(text: str, *, verifier: Verifier | None) -> str | None:
    return look_into(text, verifier, NOW).refused


def test_a_good_token_is_accepted() -> None:
    claims = {"sub": "alice", "exp": NOW + 60}

    assert look_into(token(), Verifier([KEY]), NOW) == Findings(
        header={"alg": "HS256", "typ": "JWT"},
        claims=claims,
        expires_in_s=60,
        key="HMAC secret",
        signature_checked=True,
        refused=None,
    )


def test_without_a_secret_the_signature_is_not_checked_and_that_is_said() -> None:
    findings = look_into(token(b"x" * 32), None, NOW)

    assert (findings.signature_checked, findings.refused) == (False, None)
    assert findings.lines()[-1].endswith("(the signature was not checked: there is no key here)")


@pytest.mark.parametrize("verifier", [Verifier([KEY]), None])
def test_the_reason_of_a_refusal_is_told_with_and_without_a_secret(
    verifier: Verifier | None,
) -> None:
    assert refusal(token(exp=NOW - LEEWAY_SECONDS), verifier=verifier) == "it has expired"
    assert "`sub`" in str(refusal(token(sub="me"), verifier=verifier))


def test_a_wrong_signature_is_told() -> None:
    reason = refusal(token(b"x" * 32), verifier=Verifier([KEY]))

    assert reason == "its signature is not from this server's key"


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"exp": NOW + 7200}, "in 2 hours"),
        ({"exp": NOW - 3}, "3 seconds ago"),
        ({"exp": "soon"}, "never"),
        ({"exp": float("inf")}, "never"),
        ({"exp": 10**400}, "never"),
    ],
)
def test_its_end_is_told_in_words(claims: dict[str, Any], words: str) -> None:
    assert look_into(token(**claims), None, NOW).lines()[2] == f"expires  {words}"


def test_the_machine_s_own_settings_decide(home: object) -> None:
    assert local_verifier() is None

    secret = secret_for(Settings()).value
    verifier = local_verifier()

    assert verifier is not None
    assert verifier.verify(token(secret), NOW).user == "alice"


@pytest.mark.parametrize(
    ("text", "user"),
    [(token(), "alice"), (token(b"x" * 32), "alice"), ("x", None), ("", None)],
)
def test_a_token_names_its_user_whoever_signed_it(text: str, user: str | None) -> None:
    assert user_of(text) == user


REFUSED = {
    "cut off": (token()[:-60], "this has 2; perhaps it was cut off"),
    "damaged": (token()[:-3], "its signature is not from this server's key"),
    "unsigned": (token().rpartition(".")[0] + ".", "it carries no signature"),
    "none": ("eyJhbGciOiJub25lIn0.e30.", "its algorithm is not one of HS256"),
    "huge": (token(note="x" * 9000), "it is larger than 8 KiB"),
    "encrypted": ("e30.e30.e30.e30.e30", "it is encrypted (a JWE)"),
    "early": (token(nbf=NOW + 60), "it is not valid yet"),
    "expired": (token(exp=NOW - 60), "it has expired"),
    "another kind": (
        issue(private("ES256", "a"), "alice", scopes=[], now=NOW, ttl_seconds=60, token_id="t"),
        "its algorithm is not one of HS256",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_whatever_is_wrong_with_a_token_is_told_in_words(kind: str) -> None:
    text, words = REFUSED[kind]

    findings = look_into(text, Verifier([KEY]), NOW)

    assert words in str(findings.refused)
    assert findings.lines()[-1] == f"verdict  refused: {findings.refused}"


@pytest.mark.parametrize("kind", [kind for kind in REFUSED if kind not in {"damaged", "none"}])
def test_most_of_it_is_told_even_without_a_key(kind: str) -> None:
    text, words = REFUSED[kind]

    assert (words in str(refusal(text, verifier=None))) is (
        kind not in {"unsigned", "another kind"}
    )


def test_what_can_be_read_of_a_damaged_token_is_shown() -> None:
    header, claims, _ = token().split(".")

    assert look_into(f"{header}.%", None, NOW).header == {"alg": "HS256", "typ": "JWT"}
    assert look_into(f"%.{claims}", None, NOW).claims == {"sub": "alice", "exp": NOW + 60}
    assert look_into(f"%.{claims}", None, NOW).lines()[0] == "header   cannot be read"


def test_the_key_is_told_by_its_id() -> None:
    verifier = Verifier([public("ES256", "2026-11")])
    text = issue(private("ES256", "2026-11"), "a", scopes=[], now=NOW, ttl_seconds=60, token_id="t")

    assert look_into(text, verifier, NOW).lines()[3] == "key      P-256 public key '2026-11'"
    assert look_into(token(), verifier, NOW).lines()[3] == "key      -"


@given(text=st.text() | st.from_regex(r"[\w-]{0,20}\.[\w-]{0,20}\.[\w-]{0,20}"))
@example("e30.eyJzdWIiOiJcdWQ4MDAifQ.e30")
@example("e30." + "W1tb" * 2000 + ".e30")
def test_no_text_raises_anything(text: str) -> None:
    findings = look_into(text, Verifier([KEY]), NOW)

    assert findings.refused
    assert findings.lines()
    assert user_of(text) is None
