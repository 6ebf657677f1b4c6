"""`notifyctl token`: issue, inspect, keygen."""

import time
from pathlib import Path

import pytest

from notifyd.auth import Verifier
from notifyd.secret import secret_for
from notifyd.settings import Settings
from tests.support.command_line import Notifyctl

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def secret(home: Path) -> bytes:
    """The secret that a server left in its data directory."""
    return secret_for(Settings()).value


# Issue


def test_only_the_token_is_printed(notifyctl: Notifyctl, secret: bytes) -> None:
    outcome = notifyctl("token", "issue", "alice")

    identity = Verifier(secret).verify(outcome.out.removesuffix("\n"), time.time())
    assert identity.user == "alice"
    assert identity.scopes == {"subscribe"}
    assert identity.expires_at - identity.issued_at == 3600
    assert (identity.topics, identity.max_level) == ((), "high")
    assert outcome.err == ""


def test_a_token_says_what_was_asked_for(notifyctl: Notifyctl, secret: bytes) -> None:
    options = ["--scope", "publish", "--scope", "admin", "--ttl", "365d"]
    options += ["--topic", "ops-*", "--topic", "topic:releases", "--max-level", "critical"]

    token = notifyctl("token", "issue", "backend", *options).out.strip()

    identity = Verifier(secret).verify(token, time.time())
    assert identity.scopes == {"publish", "admin"}
    assert identity.topics == ("ops-*", "releases")
    assert identity.max_level == "critical"
    assert identity.expires_at - identity.issued_at == 365 * 86_400


def test_several_scopes_may_stand_in_one_word(notifyctl: Notifyctl, secret: bytes) -> None:
    token = notifyctl("token", "issue", "a", "--scope", "publish subscribe").out.strip()

    assert Verifier(secret).verify(token, time.time()).scopes == {"publish", "subscribe"}


def test_every_token_has_an_id_of_its_own(notifyctl: Notifyctl, secret: bytes) -> None:
    tokens = [notifyctl("token", "issue", "a").out.strip() for _ in range(2)]
    verifier = Verifier(secret)

    assert len({verifier.verify(token, time.time()).token_id for token in tokens}) == 2


def test_a_chosen_secret_signs(notifyctl: Notifyctl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFYD_JWT_SECRET", SECRET)
    monkeypatch.setenv("NOTIFYD_JWT_ALGORITHMS", "HS512")

    token = notifyctl("token", "issue", "alice").out.strip()

    assert Verifier(SECRET.encode(), algorithms=["HS512"]).verify(token, time.time())


@pytest.mark.usefixtures("secret")
@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("me",), "'me' cannot be a user"),
        (("topic:x",), "'topic:x' cannot be a user"),
        (("",), "'' cannot be a user"),
        (("a\nb",), "cannot be a user"),
        (("a", "--scope", "root"), "There is no scope 'root'"),
        (("a", "--ttl", "soon"), "'soon' is no time"),
        (("a", "--ttl", "0"), "'0' is out of range"),
        (("a", "--max-level", "urgent"), "There is no level 'urgent'"),
    ],
)
def test_what_cannot_be_issued_is_status_2(
    notifyctl: Notifyctl, arguments: tuple[str, ...], problem: str
) -> None:
    outcome = notifyctl("token", "issue", *arguments)

    assert (outcome.status, outcome.out) == (2, "")
    assert problem in outcome.err


def test_without_a_secret_there_is_no_token(notifyctl: Notifyctl, home: Path) -> None:
    outcome = notifyctl("token", "issue", "alice")

    assert outcome.status == 4
    assert f"There is no secret in {home}/.local/state/notifyd/secret" in outcome.err
    assert not (home / ".local").exists()


# Keygen


@pytest.mark.parametrize(("algorithm", "size"), [("HS256", 32), ("HS384", 48), ("HS512", 64)])
def test_a_new_secret_is_as_long_as_its_algorithm_asks(
    notifyctl: Notifyctl, algorithm: str, size: int
) -> None:
    first, second = (notifyctl("token", "keygen", "--algorithm", algorithm).out for _ in "12")

    assert first != second
    assert len(first.strip()) >= size
    assert first.count("\n") == 1


def test_a_new_secret_is_accepted_by_a_server(
    notifyctl: Notifyctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFYD_JWT_SECRET", notifyctl("token", "keygen").out.strip())

    assert notifyctl("token", "issue", "alice").status == 0


def test_an_algorithm_without_a_secret_is_refused(notifyctl: Notifyctl) -> None:
    outcome = notifyctl("token", "keygen", "--algorithm", "none")

    assert outcome.status == 2
    assert "choose one of HS256, HS384, HS512" in outcome.err


# Inspect


@pytest.mark.usefixtures("secret")
def test_a_token_is_taken_apart_in_words(notifyctl: Notifyctl) -> None:
    token = notifyctl("token", "issue", "alice", "--ttl", "365d").out.strip()

    outcome = notifyctl("token", "inspect", token)

    header, claims, expires, verdict = outcome.out.splitlines()
    assert header == 'header   {"alg":"HS256","typ":"JWT"}'
    assert claims.startswith('claims   {"sub":"alice","scope":"subscribe","iat":')
    assert expires == "expires  in 365 days"
    assert verdict == "verdict  accepted"
    assert outcome.status == 0


@pytest.mark.usefixtures("secret")
def test_a_token_may_come_from_standard_input_and_be_shown_as_json(notifyctl: Notifyctl) -> None:
    token = notifyctl("token", "issue", "alice").out

    (findings,) = notifyctl("token", "inspect", "-", "--json", stdin=token.encode()).objects

    assert findings["claims"]["sub"] == "alice"
    assert 3500 < findings["expires_in_s"] <= 3600
    assert (findings["signature_checked"], findings["refused"]) == (True, None)


def test_a_token_that_would_be_refused_is_status_1(notifyctl: Notifyctl, secret: bytes) -> None:
    foreign = notifyctl("token", "issue", "alice").out.strip()
    secret_for(Settings())
    Path(Settings().data_dir).expanduser().joinpath("secret").write_text("x" * 64)

    outcome = notifyctl("token", "inspect", foreign)

    assert outcome.status == 1
    assert "refused: its signature is not from this server's key" in outcome.out


def test_what_is_no_token_is_status_2(notifyctl: Notifyctl) -> None:
    outcome = notifyctl("token", "inspect", "x.y.z")

    assert outcome.status == 2
    assert outcome.err.startswith("notifyctl: This is not a JSON Web Token: ")
