"""The secret of a machine's own: generated, found again, and kept from others."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from notifyctl.errors import SecretNeeded, SecretUnusable
from notifyd.secret import found_secret, new_secret, secret_for, secret_path
from notifyd.settings import Settings


@pytest.fixture
def local(tmp_path: Path) -> Settings:
    """A server on loopback whose data directory does not exist yet."""
    return Settings(data_dir=str(tmp_path / "state" / "notifyd"))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# A generated secret


def test_a_generated_secret_is_found_again(local: Settings) -> None:
    first, again = secret_for(local), secret_for(local)

    assert first == again == found_secret(local)
    assert len(first.value) >= 64


def test_every_data_directory_has_its_own(tmp_path: Path) -> None:
    here, there = (secret_for(Settings(data_dir=str(tmp_path / name))) for name in ("a", "b"))

    assert here.value != there.value


def test_only_the_owner_may_read_it(local: Settings) -> None:
    secret_for(local)

    assert mode(secret_path(local)) == 0o600
    assert mode(secret_path(local).parent) == 0o700


def test_nothing_is_left_beside_it(local: Settings) -> None:
    secret_for(local)
    secret_for(local)

    assert list(secret_path(local).parent.iterdir()) == [secret_path(local)]


def test_looking_for_a_secret_creates_none(local: Settings) -> None:
    assert found_secret(local) is None
    assert not secret_path(local).parent.exists()


def test_a_tilde_is_the_home_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    assert secret_path(Settings()) == tmp_path / ".local/state/notifyd/secret"


def test_servers_that_start_at_once_agree(tmp_path: Path) -> None:
    together = Barrier(4)

    def start(directory: Path) -> bytes:
        together.wait()
        return secret_for(Settings(data_dir=str(directory))).value

    with ThreadPoolExecutor(4) as servers:
        for number in range(50):
            assert len(set(servers.map(start, [tmp_path / str(number)] * 4))) == 1


# A file that is not in order


def test_a_secret_that_others_can_read_comes_with_a_warning(local: Settings) -> None:
    assert secret_for(local).warning is None
    secret_path(local).chmod(0o644)

    warning = secret_for(local).warning

    assert warning is not None
    assert f"chmod 600 {secret_path(local)}" in warning


def test_a_secret_for_the_group_is_fine(local: Settings) -> None:
    # Kubernetes gives the volume's group access to every file in it.
    secret_for(local)
    secret_path(local).chmod(0o660)

    assert secret_for(local).warning is None


@pytest.mark.parametrize("content", [b"", b"\n", b"short\n"])
def test_a_damaged_secret_is_never_used(local: Settings, content: bytes) -> None:
    secret_for(local)
    secret_path(local).write_bytes(content)

    with pytest.raises(SecretUnusable, match="too short; remove it"):
        secret_for(local)
    with pytest.raises(SecretUnusable):
        found_secret(local)


def test_a_data_directory_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SecretUnusable, match=f"{tmp_path}/file/secret"):
        secret_for(Settings(data_dir=str(tmp_path / "file")))


def test_a_secret_that_is_a_directory_is_named(local: Settings) -> None:
    secret_path(local).mkdir(parents=True)

    with pytest.raises(SecretUnusable, match="Is a directory"):
        secret_for(local)


# Who may do without a chosen secret


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "notify.example"])
def test_other_machines_need_a_chosen_secret(local: Settings, host: str) -> None:
    open_to_others = Settings(host=host, data_dir=local.data_dir)

    with pytest.raises(SecretNeeded) as caught:
        secret_for(open_to_others)

    assert str(caught.value) == (
        f"Other machines can reach {host}, so it needs a secret of your own: set "
        "NOTIFYD_JWT_SECRET to what `notifyctl token keygen` prints, or NOTIFYD_JWT_SECRET_FILE "
        "to a file with it (or, for development, NOTIFYD_GENERATE_SECRET=true)."
    )
    assert caught.value.exit_status == 2
    assert not secret_path(local).exists()


def test_a_secret_that_was_generated_earlier_does_not_open_the_door(local: Settings) -> None:
    secret_for(local)

    with pytest.raises(SecretNeeded):
        secret_for(Settings(host="0.0.0.0", data_dir=local.data_dir))


def test_a_development_container_may_generate_one(local: Settings) -> None:
    container = Settings(host="0.0.0.0", data_dir=local.data_dir, generate_secret=True)

    assert secret_for(container) == found_secret(local)


# What it shows


def test_a_secret_never_shows_its_value(local: Settings) -> None:
    secret = secret_for(local)

    assert secret.value.decode() not in f"{secret} {secret!r}"


def test_a_new_secret_fits_into_a_variable_and_is_never_the_same() -> None:
    first, second = new_secret(32), new_secret(32)

    assert first != second
    assert first.isascii()
    assert first.isprintable()
    assert len(first) >= 32
