"""The keys of a server: what its settings and its key directory name, or one of its own."""

from pathlib import Path

import pytest

from notifyctl.errors import NotifyError, SecretNeeded, SettingInvalid
from notifyd.keyring import Keyring, existing_keyring, keyring_for
from notifyd.keys import HMAC, RSA, secret_key
from notifyd.secret import secret_path
from notifyd.settings import Settings
from tests.support.key_pairs import key_pair

CHOSEN = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"


@pytest.fixture
def local(tmp_path: Path) -> Settings:
    """A server on loopback whose data directory does not exist yet."""
    return Settings(data_dir=str(tmp_path / "state" / "notifyd"))


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A key directory with a public key, a secret, and what is none of ours."""
    place = tmp_path / "keys"
    place.mkdir()
    (place / "2026-11.pub.pem").write_text(key_pair("ES256")[1])
    (place / "login.pem").write_text(key_pair("RS256")[1])
    (place / "backend.secret").write_text(CHOSEN + "\n")
    # As Kubernetes mounts a Secret.
    (place / "..data").mkdir()
    (place / ".hidden.pem").write_text("nothing")
    return place


def ids(keyring: Keyring) -> list[str | None]:
    return [key.id for key in keyring.keys]


def refused(settings: Settings) -> SettingInvalid:
    with pytest.raises(SettingInvalid) as caught:
        keyring_for(settings)
    return caught.value


# Chosen keys


def test_a_chosen_secret_is_the_only_key() -> None:
    keyring = keyring_for(Settings(jwt_secret=CHOSEN))

    assert keyring == Keyring((secret_key(CHOSEN.encode()),))
    assert keyring.signer == keyring.keys[0]


def test_a_chosen_key_creates_no_secret(local: Settings) -> None:
    keyring_for(Settings(data_dir=local.data_dir, jwt_secret=CHOSEN))
    keyring_for(Settings(data_dir=local.data_dir, jwt_public_key=key_pair("ES256")[1]))

    assert not secret_path(local).exists()


def test_a_chosen_key_wins_over_a_generated_secret(local: Settings) -> None:
    keyring_for(local)
    chosen = Settings(data_dir=local.data_dir, jwt_public_key=key_pair("ES256")[1])

    for keyring in (keyring_for(chosen), existing_keyring(chosen)):
        assert keyring is not None
        assert [key.kind for key in keyring.keys] == ["P-256 public key"]
        assert (keyring.is_generated, keyring.signer) == (False, None)


def test_a_secret_and_a_public_key_go_together() -> None:
    keyring = keyring_for(Settings(jwt_secret=CHOSEN, jwt_public_key=key_pair("RS256")[1]))

    assert [key.algorithms for key in keyring.keys] == [HMAC, RSA]
    assert keyring.signer == keyring.keys[0]


@pytest.mark.parametrize("short", ["", "x" * 31])
def test_a_short_secret_is_refused_without_repeating_it(short: str) -> None:
    error = refused(Settings(jwt_secret=short))

    assert error.details["name"] == "jwt_secret"
    assert f"it has {len(short)} bytes" in str(error)
    assert "xxx" not in str(error)


def test_bytes_are_counted_and_not_letters() -> None:
    assert keyring_for(Settings(jwt_secret="ä" * 16)).secrets == ["ä" * 16]


def test_a_private_key_in_the_place_of_a_public_one_is_refused_and_not_repeated() -> None:
    private = key_pair("ES256")[0]
    error = refused(Settings(jwt_public_key=private))

    assert error.details["name"] == "jwt_public_key"
    assert "openssl pkey -in FILE -pubout" in str(error)
    assert private.splitlines()[1] not in str(error)
    assert private.splitlines()[1] not in repr(Settings(jwt_public_key=private))


@pytest.mark.parametrize("host", ["0.0.0.0", "notify.example"])
def test_any_chosen_key_opens_any_address(host: str, directory: Path) -> None:
    with pytest.raises(SecretNeeded):
        keyring_for(Settings(host=host))

    for chosen in (
        {"jwt_secret": CHOSEN},
        {"jwt_public_key": key_pair("EdDSA")[1]},
        {"jwt_keys_dir": str(directory)},
    ):
        assert keyring_for(Settings(host=host, **chosen)).keys  # type: ignore[arg-type]


# A directory of keys


def test_a_file_s_name_is_the_id_of_its_key(directory: Path) -> None:
    keyring = keyring_for(Settings(jwt_keys_dir=str(directory)))

    assert {key.id: key.kind for key in keyring.keys} == {
        "2026-11": "P-256 public key",
        "backend": "HMAC secret",
        "login": "RSA public key",
    }


def test_keys_of_a_directory_and_of_settings_go_together(directory: Path) -> None:
    keyring = keyring_for(Settings(jwt_keys_dir=str(directory), jwt_secret=OTHER))

    assert ids(keyring) == [None, "2026-11", "backend", "login"]
    assert keyring.secrets == [OTHER, CHOSEN]


def test_here_tokens_are_signed_with_the_secret_of_the_latest_name(directory: Path) -> None:
    (directory / "2026-12.secret").write_text(OTHER)
    (directory / "2026-01.secret").write_text(OTHER)
    (directory / "backend.secret").unlink()
    several = keyring_for(Settings(jwt_keys_dir=str(directory)))
    (directory / "zebra.secret").write_text(OTHER)
    beside = keyring_for(Settings(jwt_keys_dir=str(directory), jwt_secret=CHOSEN))

    assert several.signer is not None
    assert several.signer.id == "2026-12"
    assert beside.signer is not None
    assert beside.signer.id is None


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.pem", key_pair("ES256")[0], "it is a private key"),
        ("a.pem", "nothing", "it is no PEM text"),
        ("a.pem", "", "it is no PEM text"),
        ("a.secret", "short", "it has 5 bytes and needs at least 32"),
        ("a.secret", key_pair("ES256")[1], "it looks like a key pair's key"),
        ("a.key", CHOSEN, "a key's file is called KID.pem or KID.secret; move others away"),
        ("README", "nothing", "a key's file is called KID.pem or KID.secret"),
        ("a\x07.pem", key_pair("ES256")[1], "a key's file is called KID.pem or KID.secret"),
        ("login.secret", CHOSEN, "another file holds the key 'login'; keep one of them"),
    ],
)
def test_a_file_that_is_not_in_order_is_named(
    directory: Path, name: str, content: str, problem: str
) -> None:
    (directory / name).write_text(content)

    error = refused(Settings(jwt_keys_dir=str(directory)))

    assert error.details["name"] == "jwt_keys_dir"
    assert f"{directory / name}: {problem}" in str(error)


def test_a_file_that_is_no_text_is_named_and_not_repeated(directory: Path) -> None:
    (directory / "a.secret").write_bytes(b"\xff" * 40)

    assert str(refused(Settings(jwt_keys_dir=str(directory)))).endswith("a.secret: it is no text.")


def test_a_file_that_cannot_be_read_is_named(directory: Path) -> None:
    (directory / "a.pem").mkdir()

    assert "it cannot be read (Is a directory)" in str(
        refused(Settings(jwt_keys_dir=str(directory)))
    )


def test_a_directory_that_is_missing_or_empty_is_named(tmp_path: Path) -> None:
    missing = Settings(jwt_keys_dir=str(tmp_path / "keys"))

    assert f"{tmp_path}/keys: it cannot be read (No such file or directory)" in str(
        refused(missing)
    )
    (tmp_path / "keys").mkdir()
    assert "it holds no key" in str(refused(missing))


def test_a_tilde_is_the_home_directory(monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    monkeypatch.setenv("HOME", str(directory.parent))

    assert len(keyring_for(Settings(jwt_keys_dir="~/keys")).keys) == 3


# Algorithms


def test_the_algorithms_are_those_of_the_list() -> None:
    keyring = keyring_for(Settings(jwt_secret=CHOSEN, jwt_algorithms=("HS512", "HS256")))

    assert keyring.keys[0].algorithms == ("HS512", "HS256")


@pytest.mark.parametrize(
    ("algorithms", "problem"),
    [
        (("RS256",), "no key is for RS256; there is: HMAC secret and P-256 public key."),
        (("HS256",), "P-256 public key could not be used; add one of ES256, or remove the key."),
    ],
)
def test_a_list_that_does_not_fit_the_keys_is_refused(
    algorithms: tuple[str, ...], problem: str
) -> None:
    error = refused(
        Settings(
            jwt_secret=CHOSEN,
            jwt_public_key=key_pair("ES256")[1],
            jwt_algorithms=algorithms,  # type: ignore[arg-type]
        )
    )

    assert str(error) == f"The setting jwt_algorithms is not valid: {problem}"


def test_a_list_for_public_keys_does_not_fit_a_generated_secret(local: Settings) -> None:
    settings = Settings(data_dir=local.data_dir, jwt_algorithms=("ES256",))

    assert "no key is for ES256; there is: HMAC secret" in str(refused(settings))


# A generated secret


def test_without_a_chosen_key_a_secret_is_generated_and_found_again(local: Settings) -> None:
    first, again = keyring_for(local), keyring_for(local)

    assert first == again == existing_keyring(local)
    assert first.is_generated
    assert first.secrets == [secret_path(local).read_text().strip()]


def test_looking_for_keys_creates_none(local: Settings) -> None:
    assert existing_keyring(local) is None
    assert not secret_path(local).exists()


def test_a_warning_about_the_generated_secret_is_handed_on(local: Settings) -> None:
    keyring_for(local)
    secret_path(local).chmod(0o644)

    assert "chmod 600" in str(keyring_for(local).warning)


def test_keys_never_show_themselves(local: Settings, directory: Path) -> None:
    for settings in (local, Settings(jwt_secret=CHOSEN, jwt_keys_dir=str(directory))):
        keyring = keyring_for(settings)
        for secret in keyring.secrets:
            assert secret not in f"{keyring} {keyring!r} {settings!r}"


def test_no_error_of_a_key_is_unexpected(directory: Path) -> None:
    for content in (b"", b"\0" * 100, b"-----BEGIN PUBLIC KEY-----\n", b"\xff\xfe"):
        (directory / "a.pem").write_bytes(content)
        with pytest.raises(NotifyError):
            keyring_for(Settings(jwt_keys_dir=str(directory)))
