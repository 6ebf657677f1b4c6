from base64 import b64encode

import pytest

from notifyctl.validate.finding import Severity
from tests.support.manifests import pod
from tests.support.validating import findings

KEY = "-----BEGIN " + "PRIVATE KEY-----\n" + "MIIEowIBAAKCAQEAx0Yw3bqQ5rZJ6n1vT2Kf9sLhPqWm\n"


def seen(rule: str, text: str) -> list[tuple[str, Severity]]:
    every = findings({"a.yaml": text})
    return [(each.span.text, each.severity) for each in every if each.rule == rule]


def secret(entries: str, key: str = "stringData", more: str = "") -> str:
    return f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\n{key}: {{{entries}}}\n{more}"


def encoded(value: str) -> str:
    return b64encode(value.encode()).decode()


def config_map(entries: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {{{entries}}}\n"


def test_a_secret_in_the_environment_is_found_and_never_shown() -> None:
    text = pod("env: [{name: DB_PASSWORD, value: h4rdToGuess}]")

    (finding,) = [each for each in findings({"a.yaml": text}) if each.rule == "K8318"]

    assert finding.span.text == "h4rdToGuess"
    assert finding.problem.secret
    assert "h4rd" not in finding.problem.message


def test_what_is_known_by_its_form_is_named() -> None:
    def message(text: str, rule: str) -> str:
        return next(
            each.problem.message for each in findings({"a.yaml": text}) if each.rule == rule
        )

    assert message(config_map(f"a: '{KEY}'"), "K8318") == "key `a` holds a private key"
    assert message(config_map("password: h4rdToGuess"), "K8318") == "key `password` holds a secret"
    assert message(secret(f"a: '{KEY}'"), "K8319") == "key `a` of Secret `a` holds a private key"


def test_what_is_committed_is_never_shown() -> None:
    every = findings({"a.yaml": secret("password: h4rdToGuess")})

    assert [each.problem.secret for each in every if each.rule == "K8319"] == [True]


def test_a_secret_in_a_config_map_is_found() -> None:
    assert seen("K8318", config_map("db-password: h4rdToGuess")) == [
        ("h4rdToGuess", Severity.ERROR)
    ]
    assert seen("K8318", config_map(f"app.conf: '{KEY}'"))[0][1] is Severity.ERROR


def test_an_init_container_can_see_it_too() -> None:
    init = "initContainers: [{name: i, image: i:1, env: [{name: TOKEN, value: d41d8cd98f00}]}]"

    assert len(seen("K8318", pod(spec=init))) == 1


@pytest.mark.parametrize(
    "env",
    [
        "{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: a, key: b}}}",
        "{name: DB_PASSWORD, value: $(OTHER)}",
        "{name: DB_PASSWORD_FILE, value: /run/secrets/db}",
        "{name: TOKEN_URL, value: 'https://example.org/token'}",
        "{name: PASSWORD_POLICY, value: strict1234}",
        "{name: SECRET_NAME, value: db1234567}",
        "{name: DB_PASSWORD}",
        "{name: ALLOW_EMPTY_PASSWORD, value: 'yes'}",
    ],
)
def test_what_only_speaks_of_secrets_is_none(env: str) -> None:
    assert seen("K8318", pod(f"env: [{env}]")) == []


def test_a_placeholder_is_a_warning() -> None:
    assert seen("K8318", pod("env: [{name: DB_PASSWORD, value: changeme}]")) == [
        ("changeme", Severity.WARNING)
    ]
    assert seen("K8319", secret("password: changeme")) == [("changeme", Severity.WARNING)]


@pytest.mark.parametrize(
    "text",
    [
        secret("password: h4rdToGuess"),
        secret(f"password: {encoded('h4rdToGuess')}", "data"),
        secret(f"tls.key: {encoded(KEY)}", "data"),
        secret("data: 9f8Kq2LmZx7Rt4Vb1Nc6Yp3W"),
        secret(
            ".dockerconfigjson: "
            + encoded('{"auths": {"r": {"auth": "dXNlcjpoNHJkVG9HdWVzcw=="}}}'),
            "data",
        ),
    ],
)
def test_a_secret_that_is_committed_is_found(text: str) -> None:
    assert [severity for _, severity in seen("K8319", text)] == [Severity.ERROR]


@pytest.mark.parametrize(
    "text",
    [
        secret("username: admin, host: db.example.org, port: '5432'"),
        secret("password: '${DB_PASSWORD}'"),
        secret("password: ''"),
        secret("client-id: 9f8Kq2LmZx7Rt4Vb1Nc6Yp3W"),
        secret("tenant: 0b5b8a1e-93d4-4c1f-8a57-2f6d9e3c7b10"),
        secret("password: <path:vault/db#password>"),
        secret("password: not base64!", "data"),
        secret(
            f"ca.crt: {encoded('-----BEGIN CERTIFICATE-----' + chr(10) + 'MIIEow' * 20)}", "data"
        ),
        secret("password: ENC[AES256_GCM]", more="sops: {version: 3.8.1}\n"),
        secret("password: h4rdToGuess", more="sops: {version: 3.8.1}\n"),
        secret("password: h4rdToGuess").replace("v1", "bitnami.com/v1alpha1"),
        secret(f"keystore: {b64encode(bytes(range(128, 256))).decode()}", "data"),
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ntype: Opaque\n",
    ],
)
def test_a_secret_without_real_content_is_right(text: str) -> None:
    assert seen("K8319", text) == []


def test_a_secret_that_a_kustomization_makes_of_its_own_words_is_committed() -> None:
    files = {"kustomization.yaml": "secretGenerator: [{name: a, literals: [password=h4rdToGuess]}]"}

    found = [each.span.text for each in findings(files) if each.rule == "K8319"]

    assert found == ["password=h4rdToGuess"]
