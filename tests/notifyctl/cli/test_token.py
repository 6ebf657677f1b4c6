"""`notifyctl token`: issue, inspect, keygen."""

import time
from pathlib import Path

import jwt
import pytest

from notifyd.auth import Verifier
from notifyd.keys import Key, limited, secret_key
from notifyd.secret import secret_for
from notifyd.settings import Settings
from tests.support.command_line import Notifyctl
from tests.support.key_pairs import key_pair, public

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def key(home: Path) -> Key:
    """The secret that a server left in its data directory."""
    return secret_key(secret_for(Settings()).value)


# Issue


def test_only_the_token_is_printed(notifyctl: Notifyctl, key: Key) -> None:
    outcome = notifyctl("token", "issue", "alice")

    identity = Verifier([key]).verify(outcome.out.removesuffix("\n"), time.time())
    assert identity.user == "alice"
    assert identity.scopes == {"subscribe"}
    assert identity.expires_at - identity.issued_at == 3600
    assert (identity.topics, identity.max_level) == ((), "high")
    assert outcome.err == ""


def test_a_token_says_what_was_asked_for(notifyctl: Notifyctl, key: Key) -> None:
    options = ["--scope", "publish", "--scope", "admin", "--ttl", "365d"]
    options += ["--topic", "ops-*", "--topic", "topic:releases", "--max-level", "critical"]

    token = notifyctl("token", "issue", "backend", *options).out.strip()

    identity = Verifier([key]).verify(token, time.time())
    assert identity.scopes == {"publish", "admin"}
    assert identity.topics == ("ops-*", "releases")
    assert identity.max_level == "critical"
    assert identity.expires_at - identity.issued_at == 365 * 86_400


def test_several_scopes_may_stand_in_one_word(notifyctl: Notifyctl, key: Key) -> None:
    token = notifyctl("token", "issue", "a", "--scope", "publish subscribe").out.strip()

    assert Verifier([key]).verify(token, time.time()).scopes == {"publish", "subscribe"}


def test_every_token_has_an_id_of_its_own(notifyctl: Notifyctl, key: Key) -> None:
    tokens = [notifyctl("token", "issue", "a").out.strip() for _ in range(2)]
    verifier = Verifier([key])

    assert len({verifier.verify(token, time.time()).token_id for token in tokens}) == 2


def test_a_chosen_secret_signs(notifyctl: Notifyctl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFYD_JWT_SECRET", SECRET)
    monkeypatch.setenv("NOTIFYD_JWT_ALGORITHMS", "HS512")

    token = notifyctl("token", "issue", "alice").out.strip()

    verifier = Verifier(limited([secret_key(SECRET.encode())], ["HS512"]))
    assert verifier.verify(token, time.time())


@pytest.mark.usefixtures("key")
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


def test_a_private_key_in_a_file_signs_in_the_name_of_its_id(
    notifyctl: Notifyctl, home: Path
) -> None:
    (home / "login.pem").write_text(key_pair("RS256")[0])
    options = ["--key", home / "login.pem", "--kid", "2026-11", "--algorithm", "PS384"]

    token = notifyctl("token", "issue", "alice", *options).out.strip()

    assert jwt.get_unverified_header(token) == {"alg": "PS384", "kid": "2026-11", "typ": "JWT"}
    verifier = Verifier([public("RS256", "2026-11")])
    assert verifier.verify(token, time.time()).user == "alice"


def test_a_private_key_needs_no_server_and_still_meets_its_settings(
    notifyctl: Notifyctl, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFYD_JWT_AUDIENCE", "notify")
    monkeypatch.setenv("NOTIFYD_JWT_PUBLIC_KEY", key_pair("EdDSA")[1])
    (home / "login.pem").write_text(key_pair("EdDSA")[0])

    token = notifyctl("token", "issue", "alice", "--key", home / "login.pem").out.strip()

    verifier = Verifier([public("EdDSA")], audience="notify")
    assert verifier.verify(token, time.time()).user == "alice"


def test_a_secret_of_a_directory_signs_in_the_name_of_its_file(
    notifyctl: Notifyctl, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "keys").mkdir()
    (home / "keys" / "2026-11.secret").write_text(SECRET)
    monkeypatch.setenv("NOTIFYD_JWT_KEYS_DIR", str(home / "keys"))

    token = notifyctl("token", "issue", "alice").out.strip()

    assert jwt.get_unverified_header(token)["kid"] == "2026-11"
    assert notifyctl("token", "inspect", token).out.splitlines()[-2:] == [
        "key      HMAC secret '2026-11'",
        "verdict  accepted",
    ]


def test_with_public_keys_only_there_is_no_token_without_a_private_key(
    notifyctl: Notifyctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFYD_JWT_PUBLIC_KEY", key_pair("ES256")[1])

    outcome = notifyctl("token", "issue", "alice")

    assert (outcome.status, outcome.out) == (4, "")
    assert outcome.err == (
        "notifyctl: The server's keys are public keys, which sign nothing: ask your login service "
        "for a token, or sign one with `notifyctl token issue USER --key FILE`, and give it with "
        "--token.\n"
    )


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--kid", "a"), "--kid goes with --key"),
        (("--key", "missing.pem"), "missing.pem cannot be read: No such file"),
        (("--algorithm", "ES256"), "HMAC secret cannot sign with ES256; choose one of HS256"),
    ],
)
def test_what_cannot_sign_is_status_2(
    notifyctl: Notifyctl, options: tuple[str, ...], problem: str
) -> None:
    outcome = notifyctl("token", "issue", "alice", *options)

    assert (outcome.status, outcome.out) == (2, "")
    assert problem in outcome.err


# Keygen


def test_a_new_secret_is_one_line(notifyctl: Notifyctl) -> None:
    assert notifyctl("token", "keygen").out.count("\n") == 1


def test_a_new_secret_is_accepted_by_a_server(
    notifyctl: Notifyctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFYD_JWT_SECRET", notifyctl("token", "keygen").out.strip())

    assert notifyctl("token", "issue", "alice").status == 0


def test_an_algorithm_without_a_secret_is_refused(notifyctl: Notifyctl) -> None:
    outcome = notifyctl("token", "keygen", "--algorithm", "none")

    assert outcome.status == 2
    assert "choose one of HS256, HS384, HS512, RS256" in outcome.err


def test_a_new_key_pair_is_printed_private_key_first(notifyctl: Notifyctl) -> None:
    lines = notifyctl("token", "keygen", "--algorithm", "ES256").out.splitlines()

    assert [line for line in lines if line.startswith("-----")] == [
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "-----BEGIN PUBLIC KEY-----",
        "-----END PUBLIC KEY-----",
    ]


def test_a_new_key_is_kept_in_files_and_not_printed(notifyctl: Notifyctl, home: Path) -> None:
    path = home / "login.pem"

    outcome = notifyctl("token", "keygen", "--algorithm", "ES256", "--out", path)

    assert (outcome.status, outcome.out) == (0, "")
    assert f"NOTIFYD_JWT_PUBLIC_KEY_FILE={home}/login.pub.pem" in outcome.err
    assert "PRIVATE KEY" in path.read_text()
    assert "BEGIN" not in outcome.err

    again = notifyctl("token", "keygen", "--out", path)
    assert again.status == 2
    assert "is there already" in again.err


def test_a_new_secret_may_be_kept_in_a_file(
    notifyctl: Notifyctl, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = notifyctl("token", "keygen", "--out", home / "jwt")
    monkeypatch.setenv("NOTIFYD_JWT_SECRET_FILE", str(home / "jwt"))

    assert outcome.out == ""
    assert (home / "jwt").read_text().strip() not in outcome.err
    assert notifyctl("token", "issue", "alice").status == 0


# Inspect


@pytest.mark.usefixtures("key")
def test_a_token_is_taken_apart_in_words(notifyctl: Notifyctl) -> None:
    token = notifyctl("token", "issue", "alice", "--ttl", "365d").out.strip()

    outcome = notifyctl("token", "inspect", token)

    header, claims, expires, held_against, verdict = outcome.out.splitlines()
    assert header == 'header   {"alg":"HS256","typ":"JWT"}'
    assert claims.startswith('claims   {"sub":"alice","scope":"subscribe","iat":')
    assert expires == "expires  in 365 days"
    assert held_against == "key      HMAC secret"
    assert verdict == "verdict  accepted"
    assert outcome.status == 0


@pytest.mark.usefixtures("key")
def test_a_token_may_come_from_standard_input_and_be_shown_as_json(notifyctl: Notifyctl) -> None:
    token = notifyctl("token", "issue", "alice").out

    (findings,) = notifyctl("token", "inspect", "-", "--json", stdin=token.encode()).objects

    assert findings["claims"]["sub"] == "alice"
    assert 3500 < findings["expires_in_s"] <= 3600
    assert (findings["signature_checked"], findings["refused"]) == (True, None)


def test_a_token_that_would_be_refused_is_status_1(notifyctl: Notifyctl, key: Key) -> None:
    foreign = notifyctl("token", "issue", "alice").out.strip()
    secret_for(Settings())
    Path(Settings().data_dir).expanduser().joinpath("secret").write_text("x" * 64)

    outcome = notifyctl("token", "inspect", foreign)

    assert outcome.status == 1
    assert "refused: its signature is not from this server's key" in outcome.out


@pytest.mark.parametrize("text", ["x.y.z", "", "no token", "a.b.c.d.e"])
def test_what_is_no_token_is_refused_as_the_server_would(notifyctl: Notifyctl, text: str) -> None:
    outcome = notifyctl("token", "inspect", "--", text)

    assert outcome.status == 1
    assert "claims   cannot be read\n" in outcome.out
    assert "verdict  refused: " in outcome.out


def test_a_token_is_held_against_public_keys(
    notifyctl: Notifyctl, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFYD_JWT_PUBLIC_KEY", key_pair("ES256")[1])
    for number in (1, 2):
        (home / f"{number}.pem").write_text(key_pair("ES256", number)[0])
    good, foreign = (
        notifyctl("token", "issue", "alice", "--key", home / f"{number}.pem").out.strip()
        for number in (1, 2)
    )

    accepted = notifyctl("token", "inspect", "-", "--json", stdin=good.encode())
    refused = notifyctl("token", "inspect", "-", "--json", stdin=foreign.encode())

    assert (accepted.status, refused.status) == (0, 1)
    assert accepted.objects[0]["key"] == refused.objects[0]["key"] == "P-256 public key"
    assert accepted.objects[0]["refused"] is None
    assert refused.objects[0]["refused"] == "its signature is not from this server's key"
