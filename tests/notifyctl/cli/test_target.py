"""Which server a command talks to, and with which token."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from notifyctl.cli.contexts import config_path
from notifyctl.cli.target import Target, beside, find_target, is_local, local_user
from notifyctl.errors import (
    SecretMissing,
    ServerUnreachable,
    SigningKeyMissing,
    TokenNeeded,
    UsageError,
)
from notifyd.auth import Verifier
from notifyd.keys import secret_key
from notifyd.secret import secret_for
from notifyd.settings import Settings
from tests.support.fake_api import Reply, fake_api
from tests.support.key_pairs import key_pair

SECRET = "0123456789abcdef0123456789abcdef"
pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def prod(home: Path) -> None:
    """A context with both addresses and a token."""
    config_path().parent.mkdir(parents=True)
    config_path().write_text(
        "[contexts.prod]\n"
        'url = "https://notify.example"\n'
        'ws_url = "wss://notify.example/socket"\n'
        'token_file = "~/prod.token"\n'
    )
    (home / "prod.token").write_text("from-the-file\n")


# Addresses


def test_without_a_word_it_is_the_server_of_this_machine() -> None:
    assert find_target() == Target("http://127.0.0.1:8000", "ws://127.0.0.1:8001/ws")


def test_the_server_of_this_machine_may_have_another_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFYD_HTTP_PORT", "9000")
    monkeypatch.setenv("NOTIFYD_WS_PORT", "9500")

    assert find_target() == Target("http://127.0.0.1:9000", "ws://127.0.0.1:9500/ws")


@pytest.mark.usefixtures("prod")
def test_a_context_names_a_server_and_its_token() -> None:
    assert find_target(context="prod") == Target(
        "https://notify.example", "wss://notify.example/socket", "from-the-file"
    )


@pytest.mark.usefixtures("prod")
def test_what_is_given_wins_over_the_context() -> None:
    url, ws_url = "https://notify.example", "wss://other.example/ws"

    assert find_target(ws_url=ws_url, token="mine", context="prod") == Target(url, ws_url, "mine")
    assert find_target(url, context="prod") == find_target(context="prod")


@pytest.mark.usefixtures("prod")
def test_a_context_s_token_is_never_sent_to_another_server() -> None:
    target = find_target("http://evil.example", context="prod")

    assert target == Target("http://evil.example", "ws://evil.example/ws", None)


@pytest.mark.usefixtures("prod")
def test_a_token_file_that_cannot_be_read_is_named(home: Path) -> None:
    (home / "prod.token").unlink()

    with pytest.raises(UsageError, match=r"prod\.token"):
        find_target(context="prod")


@pytest.mark.parametrize(
    ("url", "ws_url"),
    [
        ("http://127.0.0.1:8000", "ws://127.0.0.1:8001/ws"),
        ("http://[::1]:8000/", "ws://[::1]:8001/ws"),
        ("https://notify.example", "wss://notify.example/ws"),
        ("https://example.org/notify/", "wss://example.org/notify/ws"),
        ("https://notify.example:8443", "wss://notify.example:8444/ws"),
    ],
)
def test_the_websocket_is_beside_the_http_api(url: str, ws_url: str) -> None:
    assert beside(url) == ws_url
    assert find_target(url).ws_url == ws_url


@pytest.mark.parametrize(
    "url", ["", "localhost:8000", "ftp://x", "http://", "http://x:y", "http://x:99999", "http://["]
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is not the URL of a server"):
        find_target(url)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.9.9.9", True),
        ("http://localhost:8000", True),
        ("http://[::1]:8000", True),
        ("http://10.0.0.1:8000", False),
        ("https://notify.example", False),
        ("http://localhost.example", False),
    ],
)
def test_only_loopback_is_this_machine(url: str, *, local: bool) -> None:
    assert is_local(url) is local


# Tokens


def test_a_given_token_is_used_for_everything() -> None:
    target = Target("http://notify.example", "ws://notify.example/ws", "mine")

    assert target.token_for("alice", "publish") == target.token_source("bob", "admin") == "mine"


def test_another_machine_needs_a_token() -> None:
    with pytest.raises(TokenNeeded, match="--token, NOTIFYCTL_TOKEN or a context"):
        find_target("https://notify.example").token_for("alice", "publish")


def generated() -> bytes:
    """As a server leaves it in its data directory."""
    return secret_for(Settings()).value


def chosen(monkeypatch: pytest.MonkeyPatch) -> bytes:
    monkeypatch.setenv("NOTIFYD_JWT_SECRET", SECRET)
    return SECRET.encode()


def chosen_in_a_file(monkeypatch: pytest.MonkeyPatch, home: Path) -> bytes:
    (home / "jwt").write_text(SECRET + "\n")
    monkeypatch.setenv("NOTIFYD_JWT_SECRET_FILE", str(home / "jwt"))
    return SECRET.encode()


@pytest.mark.parametrize("way", ["generated", "chosen", "chosen in a file"])
def test_on_the_server_s_machine_a_token_is_signed_here(
    monkeypatch: pytest.MonkeyPatch, home: Path, way: str
) -> None:
    ways: dict[str, Callable[[], bytes]] = {
        "generated": generated,
        "chosen": lambda: chosen(monkeypatch),
        "chosen in a file": lambda: chosen_in_a_file(monkeypatch, home),
    }
    secret = ways[way]()

    identity = Verifier([secret_key(secret)]).verify(
        find_target().token_for("alice", "subscribe"), time.time()
    )

    assert identity.user == "alice"
    assert identity.scopes == {"subscribe"}
    assert (identity.topics, identity.max_level) == (("*",), "critical")
    assert identity.expires_at - identity.issued_at == 600


def test_a_token_that_is_signed_here_is_signed_anew_whenever_one_is_needed() -> None:
    secret = generated()
    source = find_target().token_source("alice", "subscribe")
    assert not isinstance(source, str)

    first, second = source(), source()

    assert first != second
    assert Verifier([secret_key(secret)]).verify(second, time.time()).user == "alice"


def test_without_a_server_that_is_what_is_told() -> None:
    with pytest.raises(ServerUnreachable):
        Target("http://127.0.0.1:9", "ws://127.0.0.1:10/ws").token_for("alice", "publish")


def test_beside_a_server_whose_secret_is_elsewhere_that_is_told(home: Path) -> None:
    with (
        fake_api(Reply(body={"status": "ok"})) as server,
        pytest.raises(SecretMissing, match=f"{home}/.local/state/notifyd/secret"),
    ):
        find_target(server.url).token_for("alice", "publish")


def test_a_server_with_public_keys_only_leaves_nothing_to_sign_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NOTIFYD_JWT_PUBLIC_KEY", key_pair("ES256")[1])

    with pytest.raises(SigningKeyMissing, match="--key FILE"):
        find_target().token_for("alice", "publish")


@pytest.mark.parametrize(
    ("name", "user"), [("ludo", "ludo"), ("me", "operator"), ("topic:x", "operator")]
)
def test_the_user_of_this_machine_is_who_is_logged_in(
    monkeypatch: pytest.MonkeyPatch, name: str, user: str
) -> None:
    monkeypatch.setenv("LOGNAME", name)

    assert local_user() == user


def test_a_number_without_a_name_is_the_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 10001")

    monkeypatch.setattr("getpass.getuser", nobody)

    assert local_user() == "operator"
