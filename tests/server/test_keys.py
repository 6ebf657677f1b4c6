"""Keys: which algorithms each is for, which one a token is held against, what is no key."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from notifyctl.errors import TokenInvalid
from notifyd.keys import (
    ALGORITHMS,
    HMAC,
    MIN_SECRET_BYTES,
    RSA,
    SHOWN_LETTERS,
    Key,
    Keys,
    limited,
    private_key,
    public_key,
    secret_key,
)
from tests.support.key_pairs import ASYMMETRIC, key_pair, private, public

SECRET = b"0123456789abcdef0123456789abcdef"


def public_pem(private: Any) -> str:
    raw: bytes = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return raw.decode()


def private_pem(private: Any, encryption: Any = None) -> str:
    raw: bytes = private.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()
    )
    return raw.decode()


SHORT_RSA = rsa.generate_private_key(public_exponent=65537, key_size=1024)
OTHER_KINDS = {
    "secp256k1": ec.generate_private_key(ec.SECP256K1()),
    "x25519": x25519.X25519PrivateKey.generate(),
    "dsa": dsa.generate_private_key(1024),
}


# What a key is for


@pytest.mark.parametrize(
    ("algorithm", "kind", "algorithms"),
    [
        ("RS256", "RSA", RSA),
        ("ES256", "P-256", ("ES256",)),
        ("ES384", "P-384", ("ES384",)),
        ("ES512", "P-521", ("ES512",)),
        ("EdDSA", "Ed25519", ("EdDSA",)),
    ],
)
def test_the_kind_of_a_key_says_what_it_is_for(
    algorithm: str, kind: str, algorithms: tuple[str, ...]
) -> None:
    private_text, public_text = key_pair(algorithm)
    checks, signs = public_key(public_text, "a"), private_key(private_text, "a")

    assert (checks.kind, signs.kind) == (f"{kind} public key", f"{kind} private key")
    assert checks.algorithms == signs.algorithms == algorithms
    assert (checks.can_sign, signs.can_sign) == (False, True)
    assert (checks.id, signs.id) == ("a", "a")


def test_ed448_is_for_eddsa() -> None:
    assert public_key(public_pem(ed448.Ed448PrivateKey.generate())).algorithms == ("EdDSA",)


def test_a_secret_is_for_hmac() -> None:
    key = secret_key(SECRET)

    assert (key.kind, key.algorithms, key.can_sign) == ("HMAC secret", HMAC, True)


def test_every_algorithm_has_a_key() -> None:
    assert {*HMAC, *ASYMMETRIC} == {*ALGORITHMS}


@pytest.mark.parametrize("algorithm", ASYMMETRIC)
def test_a_key_knows_what_its_other_half_made(algorithm: str) -> None:
    material = private(algorithm).material
    signature = sign(algorithm, material)

    assert public(algorithm).made(signature, b"text", algorithm)
    assert not public(algorithm).made(signature, b"other text", algorithm)
    assert not public(algorithm, number=2).made(signature, b"text", algorithm)
    for changed in (b"", signature[:-1], signature + b"\0", b"\0" * len(signature)):
        assert not public(algorithm).made(changed, b"text", algorithm)


def sign(algorithm: str, material: Any) -> bytes:
    from jwt.algorithms import get_default_algorithms

    return get_default_algorithms()[algorithm].sign(b"text", material)


def test_a_key_in_one_line_is_read_as_well() -> None:
    assert public_key(key_pair("ES256")[1].replace("\n", "\\n")).algorithms == ("ES256",)


def test_words_around_a_key_do_not_matter() -> None:
    assert public_key("the key of our login\n" + key_pair("ES256")[1] + "\n")


# What is never shown


@pytest.mark.parametrize("key", [secret_key(SECRET, "a"), private("ES256", "a")])
def test_a_key_shows_its_kind_and_never_itself(key: Key) -> None:
    shown = f"{key} {key!r}"

    assert f"{key.kind} 'a'" in shown
    assert "material" not in shown
    assert SECRET.decode() not in shown


# What is no key


def refused(text: str) -> str:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the caller looks at the words
        public_key(text)
    return str(caught.value)


def test_a_private_key_is_refused_with_the_way_to_its_public_key() -> None:
    for text in (key_pair("ES256")[0], key_pair("ES256")[1] + key_pair("ES256")[0]):
        assert refused(text) == (
            "it is a private key, which could sign tokens and does not belong on this server; "
            "give it what `openssl pkey -in FILE -pubout` prints"
        )


def test_a_certificate_is_refused_with_the_way_to_its_key() -> None:
    assert "openssl x509 -in FILE -pubkey" in refused("-----BEGIN CERTIFICATE-----\nMII\n")


def test_several_keys_in_one_text_are_sent_to_a_directory() -> None:
    words = refused(key_pair("ES256")[1] + key_pair("RS256")[1])

    assert words.startswith("it holds 2 keys; put each into a file of its own")
    assert "NOTIFYD_JWT_KEYS_DIR" in words


@pytest.mark.parametrize("text", ["", "ssh-ed25519 AAAA", SECRET.decode(), '{"kty": "EC"}'])
def test_what_is_no_pem_is_told_how_pem_begins(text: str) -> None:
    assert refused(text) == "it is no PEM text, which begins with -----BEGIN PUBLIC KEY-----"


def test_a_key_that_is_cut_off_is_told_so() -> None:
    assert "perhaps it was cut off" in refused(key_pair("ES256")[1][:80])
    with pytest.raises(ValueError, match="perhaps it was cut off"):
        private_key(key_pair("ES256")[0][:80])


def test_a_short_rsa_key_is_refused_on_both_sides() -> None:
    assert refused(public_pem(SHORT_RSA)) == "it has 1024 bits, and RSA needs at least 2048"
    with pytest.raises(ValueError, match="it has 1024 bits"):
        private_key(private_pem(SHORT_RSA))


@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_a_key_that_is_for_no_algorithm_is_told_the_kinds_that_are(kind: str) -> None:
    other = OTHER_KINDS[kind]

    assert "RSA, P-256, P-384, P-521, Ed25519, Ed448" in refused(public_pem(other))
    with pytest.raises(ValueError, match="RSA, P-256, P-384"):
        private_key(private_pem(other))


def test_only_a_private_key_signs() -> None:
    for text in (key_pair("ES256")[1], SECRET.decode(), ""):
        with pytest.raises(ValueError, match="only a private key signs"):
            private_key(text)


def test_a_private_key_with_a_password_is_refused_with_the_way_around_it() -> None:
    secret = ec.generate_private_key(ec.SECP256R1())

    with pytest.raises(ValueError, match="it is encrypted; `openssl pkey -in FILE`"):
        private_key(private_pem(secret, BestAvailableEncryption(b"password")))


@pytest.mark.parametrize("size", [0, 1, MIN_SECRET_BYTES - 1])
def test_a_short_secret_is_refused_without_repeating_it(size: int) -> None:
    with pytest.raises(ValueError, match=f"it has {size} bytes and needs at least 32") as caught:
        secret_key(b"x" * size)

    assert "xxx" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        *(text for algorithm in ("RS256", "ES256", "EdDSA") for text in key_pair(algorithm)),
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF x",
        '{"kty": "oct", "k": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}',
    ],
    ids=lambda text: text[:27],
)
def test_a_key_of_a_key_pair_is_no_secret(text: str) -> None:
    with pytest.raises(ValueError, match="it looks like a key pair's key, not like a secret"):
        secret_key(text.encode())


# Fewer algorithms


def test_without_a_list_every_key_is_for_all_it_can() -> None:
    keys = (secret_key(SECRET), public("ES256"))

    assert limited(keys, []) == keys


def test_a_list_limits_each_key_to_its_own_in_the_order_of_the_list() -> None:
    hmac, elliptic = limited([secret_key(SECRET), public("ES256")], ["ES256", "HS512", "HS256"])

    assert (hmac.algorithms, elliptic.algorithms) == (("HS512", "HS256"), ("ES256",))


def test_an_algorithm_without_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^no key is for RS256; there is: HMAC secret and P-256"):
        limited([secret_key(SECRET), public("ES256")], ["HS256", "ES256", "RS256"])


def test_a_key_without_an_algorithm_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"^P-256 public key 'a' could not be used; add one of ES2"
    ):
        limited([secret_key(SECRET), public("ES256", "a")], ["HS256"])


# Which key a token is held against


def chosen(keys: Keys, algorithm: object, **header: object) -> str | None:
    return keys.choose({"alg": algorithm, **header})[0].id


def reason(keys: Keys, algorithm: object, **header: object) -> str:
    with pytest.raises(TokenInvalid) as caught:
        keys.choose({"alg": algorithm, **header})
    return str(caught.value.details["reason"])


NAMED = Keys([public("ES256", "a"), public("ES256", "b", number=2), public("EdDSA", "c")])
MIXED = Keys([secret_key(SECRET), public("RS256"), public("ES256", "a"), secret_key(SECRET, "s")])


def test_a_token_names_its_key() -> None:
    assert [chosen(NAMED, "ES256", kid=name) for name in "ab"] == ["a", "b"]
    assert chosen(MIXED, "HS256", kid="s") == "s"


def test_a_token_that_names_no_key_has_the_only_one_of_its_algorithm() -> None:
    assert chosen(NAMED, "EdDSA") == "c"
    assert reason(NAMED, "ES256") == "it names no key (`kid`), and 2 keys are for ES256"


def test_a_key_without_an_id_stands_for_tokens_that_name_none() -> None:
    assert MIXED.choose({"alg": "HS256"})[0].id is None
    assert MIXED.choose({"alg": "RS256"})[0].kind == "RSA public key"


def test_an_unknown_key_is_refused_by_name() -> None:
    assert reason(NAMED, "ES256", kid="z") == "there is no key 'z' (`kid`) on this server"
    assert reason(MIXED, "HS256", kid="") == "there is no key '' (`kid`) on this server"


def test_where_no_key_has_an_id_names_say_nothing() -> None:
    # Many login services name their key in every token, whether there is one or there are ten.
    assert chosen(Keys([public("RS256")]), "RS256", kid="2026-11") is None


def test_an_unknown_name_is_shown_in_a_few_letters_that_are_seen() -> None:
    words = reason(NAMED, "ES256", kid="\x1b[31m\n\u202e" + "x" * 5000)

    assert words.isprintable()
    assert "[31m" + "x" * (SHOWN_LETTERS - 4) + "'" in words


def test_a_key_is_never_used_for_an_algorithm_of_another_kind() -> None:
    assert reason(MIXED, "HS256", kid="a") == (
        "its algorithm is HS256, and P-256 public key 'a' is for ES256"
    )
    assert "is for HS256" in reason(MIXED, "ES256", kid="s")


@pytest.mark.parametrize("algorithm", ["none", "NONE", "", None, [], {}, 7, "HS256 ", "hs256"])
def test_what_no_key_is_for_is_refused(algorithm: object) -> None:
    assert reason(NAMED, algorithm, kid="a") == "its algorithm is not one of ES256, EdDSA"
