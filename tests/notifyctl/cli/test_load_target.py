import socket
from pathlib import Path

import pytest

from notifyctl.cli.load_target import check, is_near, load_target
from notifyctl.errors import NotifyError, SecretMissing, ServerUnreachable, UsageError

HTTP = {"http", "https"}
SECRET = "s" * 32


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.7.7", "fd00::1"),
        *("fe80::1%eth0", "169.254.1.1", "::ffff:10.0.0.1"),
    ],
)
def test_this_machine_and_private_networks_are_near(address: str) -> None:
    assert is_near(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "172.32.0.1"]
)
def test_the_rest_of_the_world_is_not(address: str) -> None:
    assert not is_near(address)


@pytest.mark.parametrize("url", ["http://8.8.8.8", "https://[2001:4860:4860::8888]:8443/x"])
def test_a_public_server_is_refused_unless_its_owner_asks(url: str) -> None:
    with pytest.raises(UsageError, match=r"a public address, .* --i-own-this-target"):
        check(url, HTTP, is_owned=False)

    check(url, HTTP, is_owned=True)


def test_a_name_is_as_near_as_the_furthest_of_its_addresses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [(0, 0, 0, "", (address, 80)) for address in ("10.0.0.1", "93.184.216.34")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    with pytest.raises(UsageError, match=r"notify\.test is reached at 93\.184\.216\.34"):
        check("http://notify.test", HTTP, is_owned=False)


def test_a_name_that_nobody_knows_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(ServerUnreachable, match=r"http://nowhere\.test"):
        check("http://nowhere.test", HTTP, is_owned=False)


@pytest.mark.parametrize(
    "url", ["localhost", "ws://127.0.0.1", "http://", "http://[::1", "http://a:b"]
)
def test_what_is_no_url_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(UsageError, match=r"it looks like http://127\.0\.0\.1:8000"):
        check(url, HTTP, is_owned=True)


def test_the_websocket_must_be_near_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFYD_JWT_SECRET", SECRET)

    with pytest.raises(UsageError, match=r"8\.8\.8\.8"):
        load_target("http://127.0.0.1:8000", "ws://8.8.8.8/ws", None, is_owned=False)


def test_tokens_are_signed_as_the_server_of_this_machine_does(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFYD_JWT_SECRET", SECRET)
    monkeypatch.setenv("NOTIFYD_JWT_AUDIENCE", "us")
    target = load_target("http://127.0.0.1:9000/", None, None, is_owned=False)

    assert (target.http_url, target.ws_url) == ("http://127.0.0.1:9000", "ws://127.0.0.1:9001/ws")
    assert (target.secret, target.audience, target.issuer) == (SECRET, "us", None)


def test_without_a_secret_there_are_no_tokens(home: Path) -> None:
    with pytest.raises(SecretMissing):
        load_target("http://127.0.0.1:9000", None, None, is_owned=False)


def test_a_key_can_be_given_in_a_file(home: Path) -> None:
    (home / "key").write_text(f"{SECRET}\n")

    assert load_target("http://[::1]:9000", None, home / "key", is_owned=False).secret == SECRET


def test_a_key_that_cannot_sign_is_refused_before_the_run(home: Path) -> None:
    (home / "key").write_text("short")

    with pytest.raises(NotifyError, match="cannot sign"):
        load_target("http://127.0.0.1:9000", None, home / "key", is_owned=False)
