import pytest

from notifyctl.validate.secrecy import (
    Secrecy,
    credential_in,
    is_filled_in,
    judge,
    judge_password,
    looks_random,
)

# Put together here, so that nobody who searches this repository for secrets finds these.
JWT = "ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLW9mLWl0"
KEY = "-----BEGIN " + "RSA PRIVATE KEY-----\n" + "MIIEowIBAAKCAQEAx0Yw3bqQ5rZJ6n1vT2Kf9sLhPqWm\n"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (JWT, "a JSON Web Token"),
        (KEY, "a private key"),
        (KEY.replace("\n", "\\n"), "a private key"),
        ("id=" + "AKIA" + "J5QZ7XK2M4N6P8RT", "an AWS access key"),
        ("gh" + "p_" + "a1B2" * 9, "a GitHub token"),
        ("xox" + "b-123456789012-abcdefghijkl", "a Slack token"),
        ("sk" + "_live_" + "0123456789abcdefgh", "a Stripe key"),
        ("postgres://app:h4rdToGuess@db:5432/app", "a password in a URL"),
    ],
)
def test_a_credential_is_known_by_its_form(text: str, kind: str) -> None:
    assert credential_in(f"x: {text}\n") == kind
    assert judge("ANYTHING", text) is Secrecy.SECRET


@pytest.mark.parametrize(
    "text",
    [
        "",
        "eyJ.eyJ.x",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "-----BEGIN CERTIFICATE-----\nMIIEowIBAAKCAQEAx0Yw3bqQ5rZJ6n1vT2Kf9sLhPqWm",
        "-----BEGIN PUBLIC KEY-----\nMIIEowIBAAKCAQEAx0Yw3bqQ5rZJ6n1vT2Kf9sLhPqWm",
        "AKIA" + "IOSFODNN7EXAMPLE",
        "postgres://app:$(PASSWORD)@db/app",
        "redis://:${PASSWORD}@db",
        "postgres://user:changeme@db/app",
        "https://example.org:8443/a@b",
        "user@example.org",
    ],
)
def test_what_only_resembles_a_credential_is_none(text: str) -> None:
    assert credential_in(text) == ""


@pytest.mark.parametrize(
    "name",
    [
        "DB_PASSWORD",
        "jwt-secret",
        "password",
        "apiKey",
        "API_KEY",
        "spring.datasource.password",
        "SECRET_KEY_BASE",
        "AWS_SECRET_ACCESS_KEY",
        "REDIS_PASS",
        "PGPASSWORD",
        "client_secret",
        "MYSQL_ROOT_PASSWORD",
        "password1",
    ],
)
def test_these_names_are_those_of_secrets(name: str) -> None:
    assert judge(name, "h4rdToGuess") is Secrecy.SECRET


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_NAME",
        "TOKEN_URL",
        "PASSWORD_FILE",
        "PASSWORD_POLICY",
        "AWS_ACCESS_KEY_ID",
        "",
        "PUBLIC_KEY",
        "PARTITION_KEY",
        "COMPASS",
        "KEY",
        "USERNAME",
        "TOKEN_TTL",
        "NEXT_PUBLIC_API_KEY",
        "secretName",
    ],
)
def test_these_names_only_speak_of_secrets(name: str) -> None:
    assert judge(name, "h4rdToGuess") is Secrecy.HARMLESS


@pytest.mark.parametrize(
    "value",
    [
        "",
        "true",
        "No",
        "${PASSWORD}",
        "$(PASSWORD)",
        "{{ password }}",
        "<password>",
        "$PASSWORD",
        "$oidc.auth0.clientSecret",
        "%(PASSWORD)s",
        "#{password}#",
        "12",
        "/run/secrets/password",
        "./secret",
        "vault:secret/data/db#password",
        "ENC[AES256_GCM,data:x]",
        "arn:aws:secretsmanager:eu-1:1:secret:x",
        "https://example.org/reset",
        "the one of the admin",
        "__PASSWORD__",
        "%PASSWORD%",
        "ref+vault://a/b",
        "several\nlines",
    ],
)
def test_these_values_are_no_secrets(value: str) -> None:
    assert judge("DB_PASSWORD", value) is Secrecy.HARMLESS


@pytest.mark.parametrize(
    "value",
    [
        "changeme",
        "CHANGE_ME",
        "change-this-in-production",
        "replace-me",
        "your-password",
        "password",
        "secret",
        "supersecret",
        "my-super-secret-jwt-key",
        "api-key-value",
        "xxxxxx",
        "****",
        "example",
        "put-your-token-here",
    ],
)
def test_these_values_are_placeholders(value: str) -> None:
    assert judge("DB_PASSWORD", value) is Secrecy.PLACEHOLDER


def test_what_is_called_a_token_is_one_only_if_it_is_long() -> None:
    assert judge("AUTH_TOKEN", "bearer") is Secrecy.HARMLESS
    assert judge("AUTH_TOKEN", "d41d8cd") is Secrecy.HARMLESS
    assert judge("AUTH_TOKEN", "d41d8cd9") is Secrecy.SECRET
    assert judge("DBPASSWORD", "d41d") is Secrecy.SECRET


def test_the_name_of_a_secret_of_kubernetes_is_no_secret() -> None:
    assert judge("TLS_SECRET", "regcred") is Secrecy.HARMLESS
    assert judge("TLS_SECRET", "H4rd_To_Guess") is Secrecy.SECRET
    assert judge("BACKUP_SECRET", "backup-creds") is Secrecy.HARMLESS
    assert judge("JWT_SECRET", "regcred") is Secrecy.SECRET


def test_a_short_and_stupid_password_is_still_a_password() -> None:
    assert judge_password("s3cr3t") is Secrecy.SECRET


def test_what_comes_from_elsewhere_is_filled_in() -> None:
    assert is_filled_in("a-${B}-c")
    assert not is_filled_in("a$b")


def test_what_a_machine_has_made_looks_random() -> None:
    assert looks_random("9f8Kq2LmZx7Rt4Vb1Nc6Yp3W")
    assert not looks_random("my-very-long-service-name")
    assert not looks_random("aaaaaaaaaaaaaaaaaaaaaaa1")
    assert not looks_random("9f8Kq2Lm")
    assert not looks_random("https://example.org/a1b2c3d4e5f6")
