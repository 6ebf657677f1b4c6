"""What the command line signs tokens with."""

from pathlib import Path

import pytest

from notifyctl.cli.signing import key_in, local_key, only_for
from notifyctl.errors import SecretMissing, SigningKeyMissing, UsageError
from notifyd.keys import private_key, secret_key
from notifyd.secret import secret_for
from notifyd.settings import Settings
from tests.support.key_pairs import key_pair

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def local(tmp_path: Path) -> Settings:
    """A server whose data directory does not exist yet."""
    return Settings(data_dir=str(tmp_path / "state"))


def test_it_is_the_secret_that_the_server_of_this_machine_has(local: Settings) -> None:
    with pytest.raises(SecretMissing, match="state/secret"):
        local_key(local)

    secret = secret_for(local)

    assert local_key(local) == secret_key(secret.value)
    assert local_key(Settings(jwt_secret=SECRET)) == secret_key(SECRET.encode())


def test_public_keys_sign_nothing_even_beside_a_forgotten_secret(local: Settings) -> None:
    secret_for(local)

    with pytest.raises(SigningKeyMissing) as caught:
        local_key(Settings(data_dir=local.data_dir, jwt_public_key=key_pair("ES256")[1]))

    assert caught.value.exit_status == 4


def test_a_file_holds_a_private_key_or_a_secret(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(key_pair("ES256")[0])
    (tmp_path / "secret").write_text(SECRET + "\n")

    assert key_in(tmp_path / "key", "a").id == "a"
    assert key_in(tmp_path / "key", None).algorithms == ("ES256",)
    assert key_in(tmp_path / "secret", "b") == secret_key(SECRET.encode(), "b")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "cannot be read: No such file or directory."),
        (key_pair("ES256")[1].encode(), "cannot sign a token: only a private key signs"),
        (key_pair("ES256")[0][:90].encode(), "cannot sign a token: it cannot be read"),
        (b"short", "cannot sign a token: it has 5 bytes"),
        (b"\xff" * 40, "is no text"),
    ],
    ids=["none", "public", "half a key", "short", "no text"],
)
def test_a_file_that_cannot_sign_is_named_and_not_repeated(
    tmp_path: Path, content: bytes | None, problem: str
) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)

    with pytest.raises(UsageError, match=problem) as caught:
        key_in(tmp_path / "key", None)

    assert f"{tmp_path}/key" in str(caught.value)
    assert "MHcC" not in str(caught.value)


def test_a_key_signs_with_its_own_algorithms() -> None:
    rsa = private_key(key_pair("RS256")[0])

    assert only_for(rsa, "PS512").algorithms == ("PS512",)
    with pytest.raises(UsageError, match="RSA private key cannot sign with ES256; choose one of R"):
        only_for(rsa, "ES256")
