"""What a token says, and what the server of this machine would say to it."""

from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.cli.inspection import Findings, local_verifier, look_into, unverified, user_of
from notifyctl.errors import UsageError
from notifyd.auth import LEEWAY_SECONDS, Verifier
from notifyd.secret import secret_for
from notifyd.settings import Settings

SECRET = b"0123456789abcdef0123456789abcdef"
NOW = 1_800_000_000.0


def token(secret: bytes = SECRET, **claims: Any) -> str:
    return jwt.encode({"sub": "alice", "exp": NOW + 60, **claims}, secret)


def refusal(text: str, *, verifier: Verifier | None) -> str | None:
    return look_into(text, verifier, NOW).refused


def test_a_good_token_is_accepted() -> None:
    claims = {"sub": "alice", "exp": NOW + 60}

    assert look_into(token(), Verifier(SECRET), NOW) == Findings(
        header={"alg": "HS256", "typ": "JWT"},
        claims=claims,
        expires_in_s=60,
        signature_checked=True,
        refused=None,
    )


def test_without_a_secret_the_signature_is_not_checked_and_that_is_said() -> None:
    findings = look_into(token(b"x" * 32), None, NOW)

    assert (findings.signature_checked, findings.refused) == (False, None)
    assert findings.lines()[-1].endswith("(the signature was not checked: there is no secret here)")


@pytest.mark.parametrize("verifier", [Verifier(SECRET), None])
def test_the_reason_of_a_refusal_is_told_with_and_without_a_secret(
    verifier: Verifier | None,
) -> None:
    assert refusal(token(exp=NOW - LEEWAY_SECONDS), verifier=verifier) == "it has expired"
    assert "`sub`" in str(refusal(token(sub="me"), verifier=verifier))


def test_a_wrong_signature_is_told() -> None:
    reason = refusal(token(b"x" * 32), verifier=Verifier(SECRET))

    assert reason == "its signature is not from this server's key"


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"exp": NOW + 7200}, "in 2 hours"),
        ({"exp": NOW - 3}, "3 seconds ago"),
        ({"exp": "soon"}, "never"),
        ({"exp": float("inf")}, "never"),
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


@given(text=st.text())
def test_no_text_raises_anything_but_that_it_is_no_token(text: str) -> None:
    with pytest.raises(UsageError, match="This is not a JSON Web Token: "):
        unverified(text)
