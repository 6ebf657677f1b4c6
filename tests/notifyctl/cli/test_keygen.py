"""New keys for tokens, and where they are kept."""

import stat
from pathlib import Path

import pytest

from notifyctl.cli.keygen import keep, new_key, public_path
from notifyctl.errors import UsageError
from notifyd.keys import HMAC, private_key, public_key, secret_key
from tests.support.key_pairs import ASYMMETRIC, key_pair


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(("algorithm", "size"), [("HS256", 32), ("HS384", 48), ("HS512", 64)])
def test_a_new_secret_is_as_long_as_its_algorithm_asks(algorithm: str, size: int) -> None:
    (first, public), (second, _) = new_key(algorithm), new_key(algorithm)

    assert first != second
    assert public is None
    assert len(first.strip()) >= size
    assert algorithm in secret_key(first.strip().encode()).algorithms


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_new_key_pair_is_for_its_algorithm(algorithm: str) -> None:
    private, public = key_pair(algorithm)

    assert algorithm in private_key(private).algorithms
    assert algorithm in public_key(public).algorithms
    assert (private[-1], public[-1]) == ("\n", "\n")


def test_every_new_key_is_another_one() -> None:
    for algorithm in ("ES256", "EdDSA", *HMAC):
        assert new_key(algorithm)[0] != new_key(algorithm)[0]


@pytest.mark.parametrize(
    ("name", "public"), [("login.pem", "login.pub.pem"), ("login", "login.pub.pem")]
)
def test_the_public_key_is_kept_beside_its_private_key(name: str, public: str) -> None:
    assert public_path(Path("keys") / name) == Path("keys") / public


def test_a_private_key_is_for_its_owner_and_a_public_key_for_all(tmp_path: Path) -> None:
    keep(tmp_path / "login.pem", "private", "public")
    keep(tmp_path / "secret", "secret", None)

    assert (tmp_path / "login.pem").read_text() == "private"
    assert (tmp_path / "login.pub.pem").read_text() == "public"
    assert mode(tmp_path / "login.pem") == mode(tmp_path / "secret") == 0o600
    assert mode(tmp_path / "login.pub.pem") & 0o600 == 0o600
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("taken", ["login.pem", "login.pub.pem"])
@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path, taken: str, kind: str) -> None:
    if kind == "file":
        (tmp_path / taken).write_text("precious")
    else:
        (tmp_path / taken).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(UsageError, match=f"{taken} is there already; choose another name"):
        keep(tmp_path / "login.pem", "private", "public")

    assert [path.name for path in tmp_path.iterdir()] == [taken]
    assert kind == "link" or (tmp_path / taken).read_text() == "precious"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"login\.pem cannot be written: No such file"):
        keep(tmp_path / "missing" / "login.pem", "private", "public")


@pytest.mark.parametrize("place", [".", "/"])
def test_a_place_without_a_name_is_no_file(place: str) -> None:
    with pytest.raises(UsageError, match="is a directory; name a file in it"):
        keep(Path(place), "secret", None)
