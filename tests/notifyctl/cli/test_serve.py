"""`notifyctl serve`: what it starts, and how it greets. The server itself is not started here."""

import logging
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from notifyctl.cli.serve import banner, called_as, read_table
from notifyctl.errors import UsageError
from notifyd.app import Addresses
from notifyd.keyring import Keyring, configured_keyring
from notifyd.keys import secret_key
from notifyd.secret import secret_for, secret_path
from notifyd.settings import FIELDS, Settings, describe
from tests.support.command_line import Notifyctl
from tests.support.key_pairs import key_pair

SECRET = "0123456789abcdef0123456789abcdef"
LOCAL = Addresses("http://127.0.0.1:8000", "ws://127.0.0.1:8001/ws")


class Started(msgspec.Struct):
    """What the server was started with."""

    settings: Settings
    keyring: Keyring


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Started]]:
    """Servers that are ready at once and have nothing to do."""
    servers: list[Started] = []

    def run(settings: Settings, keyring: Keyring, on_ready: Callable[[Addresses], None]) -> None:
        servers.append(Started(settings, keyring))
        on_ready(LOCAL)

    monkeypatch.setattr("notifyd.app.run", run)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield servers
    root.handlers[:] = handlers
    root.setLevel(level)


# What it starts


def test_without_a_word_everything_is_as_documented(
    notifyctl: Notifyctl, started: list[Started], home: Path
) -> None:
    assert notifyctl("serve").status == 0

    (server,) = started
    assert server.settings == Settings()
    assert server.keyring.is_generated
    assert (home / ".local/state/notifyd/secret").exists()


def test_an_option_wins_over_a_variable_over_the_file(
    notifyctl: Notifyctl, started: list[Started], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "notifyd.toml").write_text('http_port = 1\nws_port = 1\nstore = "memory:"\n')
    monkeypatch.setenv("NOTIFYD_HTTP_PORT", "2")
    monkeypatch.setenv("NOTIFYD_WS_PORT", "2")

    notifyctl("serve", "--config", home / "notifyd.toml", "--http-port", "3")

    (server,) = started
    assert (server.settings.http_port, server.settings.ws_port) == (3, 2)
    assert server.settings.store == "memory:"


def test_every_option_reaches_its_setting(
    notifyctl: Notifyctl, started: list[Started], home: Path
) -> None:
    options = {
        "http_port": 9000,
        "ws_port": 9001,
        "host": "127.0.0.2",
        "store": "memory:",
        "data_dir": str(home / "data"),
        "drain_seconds": 90.0,
        "log_format": "json",
        "log_level": "error",
    }
    written = {**options, "drain_seconds": "1.5m"}
    arguments = [
        text for name, value in written.items() for text in (f"--{name.replace('_', '-')}", value)
    ]

    notifyctl("serve", *arguments)

    assert msgspec.structs.asdict(started[0].settings) | options == msgspec.structs.asdict(
        started[0].settings
    )


def test_every_option_s_help_says_what_the_setting_s_manual_says(notifyctl: Notifyctl) -> None:
    words = re.sub(r"\s+", " ", notifyctl("serve", "--help").out).replace("`", "")

    for name in FIELDS:
        option = f"--{name.replace('_', '-')} "
        if option in words:
            page = words.partition(option)[2].partition(" --")[0]
            assert f"[{getattr(Settings(), name)}]" in page
            if name not in {"store", "log_format"}:  # There the choices are in the metavar.
                assert describe(name).replace("`", "") in page


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "cannot be read: No such file or directory."),
        ("http_port = ", "is not valid TOML"),
        ("http_prt = 1", "there is no such setting; perhaps http_port was meant"),
    ],
)
def test_a_file_that_is_not_in_order_is_status_2(
    notifyctl: Notifyctl, started: list[Started], home: Path, text: str | None, problem: str
) -> None:
    if text is not None:
        (home / "notifyd.toml").write_text(text)

    outcome = notifyctl("serve", "--config", home / "notifyd.toml")

    assert (outcome.status, started) == (2, [])
    assert problem in outcome.err


def test_other_machines_need_a_secret_of_one_s_own(
    notifyctl: Notifyctl, started: list[Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = notifyctl("serve", "--host", "0.0.0.0")
    assert (refused.status, started) == (2, [])
    assert "set NOTIFYD_JWT_SECRET to what `notifyctl token keygen` prints" in refused.err

    monkeypatch.setenv("NOTIFYD_JWT_SECRET", SECRET)
    assert notifyctl("serve", "--host", "0.0.0.0").status == 0


def test_a_key_that_cannot_be_used_ends_it_before_it_begins(
    notifyctl: Notifyctl, started: list[Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    private = key_pair("ES256")[0]
    monkeypatch.setenv("NOTIFYD_JWT_PUBLIC_KEY", private)

    outcome = notifyctl("serve", "--debug")

    assert (outcome.status, started) == (2, [])
    assert "it is a private key" in outcome.err
    for line in private.splitlines()[1:-1]:
        assert line not in outcome.err


def test_a_secret_that_others_can_read_is_logged(
    notifyctl: Notifyctl, started: list[Started]
) -> None:
    secret_for(Settings())
    secret_path(Settings()).chmod(0o644)

    assert "chmod 600" in notifyctl("serve").out


# How it greets


def test_the_greeting_goes_to_stderr_so_that_the_log_has_only_its_own_lines(
    notifyctl: Notifyctl, started: list[Started]
) -> None:
    outcome = notifyctl("serve", "--log-format", "json")

    assert outcome.out == ""
    assert "http://127.0.0.1:8000" in outcome.err
    assert "ws://127.0.0.1:8001/ws" in outcome.err


def lines(settings: Settings, addresses: Addresses = LOCAL) -> str:
    generated = Keyring((secret_key(SECRET.encode()),), is_generated=True)
    keyring = configured_keyring(settings) or generated
    return "\n".join(banner(addresses, settings, keyring, "notifyctl"))


def test_the_usual_server_needs_no_options() -> None:
    text = lines(Settings())

    assert "\n  notifyctl tail alice\n" in text
    assert '\n  notifyctl send alice "Hello"\n' in text
    assert '"Authorization: Bearer $(notifyctl token issue bob --scope publish)"' in text


def test_another_port_is_named_where_it_matters() -> None:
    text = lines(Settings(), Addresses("http://127.0.0.1:9000", "ws://127.0.0.1:9001/ws"))

    assert "tail alice --url http://127.0.0.1:9000\n" in text
    assert 'send alice "Hello" --url http://127.0.0.1:9000\n' in text
    assert "curl http://127.0.0.1:9000/v1/notifications" in text


def test_a_websocket_that_is_not_beside_is_named_too() -> None:
    text = lines(Settings(), Addresses("http://127.0.0.1:8000", "ws://127.0.0.1:9500/ws"))

    assert "tail alice --ws-url ws://127.0.0.1:9500/ws\n" in text


def test_another_data_directory_is_named_where_a_token_is_signed() -> None:
    text = lines(Settings(data_dir="/var/lib/my data"))

    assert text.count("NOTIFYD_DATA_DIR='/var/lib/my data' notifyctl ") == 3


def test_a_secret_of_one_s_own_is_never_shown() -> None:
    text = lines(Settings(jwt_secret=SECRET))

    assert "with the same NOTIFYD_JWT_SECRET:" in text
    assert SECRET not in text


def test_with_a_directory_of_secrets_that_is_what_the_other_terminal_needs(tmp_path: Path) -> None:
    (tmp_path / "a.secret").write_text(SECRET)
    text = lines(Settings(jwt_keys_dir=str(tmp_path), data_dir="/elsewhere"))

    assert "with the same NOTIFYD_JWT_KEYS_DIR:" in text
    assert "\n  notifyctl tail alice\n" in text


def test_with_public_keys_only_the_lines_leave_room_for_tokens_from_elsewhere() -> None:
    text = lines(Settings(jwt_public_key=key_pair("ES256")[1]))

    assert (
        "with tokens of your login service in ALICE_TOKEN (subscribe) and BOB_TOKEN (publish):"
    ) in text
    assert 'tail alice --token "$ALICE_TOKEN"\n' in text
    assert 'send alice "Hello" --token "$BOB_TOKEN"\n' in text
    assert '"Authorization: Bearer $BOB_TOKEN"' in text
    assert "token issue" not in text


def test_from_another_address_the_lines_bring_a_token() -> None:
    settings = Settings(jwt_secret=SECRET, host="10.0.0.1")
    text = lines(settings, Addresses("http://10.0.0.1:8000", "ws://10.0.0.1:8001/ws"))

    assert '--token "$(notifyctl token issue alice --scope subscribe)"' in text
    assert '--token "$(notifyctl token issue bob --scope publish)"' in text


# How to call it again


def test_a_program_that_the_shell_finds_is_called_by_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "bin" / "notifyctl"
    program.parent.mkdir()
    program.touch(0o755)
    assert called_as(str(program)) == str(program)

    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    assert called_as(str(program)) == "notifyctl"


def test_a_module_is_called_as_a_module() -> None:
    assert called_as("/x/notifyctl/__main__.py") == f"{sys.executable} -m notifyctl"


@pytest.mark.parametrize("text", [b"a = " + b"[" * 20_000, b"\xff", b"a", b"a = 1\na = 2", b"\0"])
def test_a_file_that_is_no_toml_is_named(text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(text)

    with pytest.raises(UsageError, match=r"settings\.toml is not valid TOML"):
        read_table(path)
