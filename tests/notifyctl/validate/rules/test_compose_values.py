import pytest

from tests.support.validating import findings, found

PRODUCTION = "compose.production.yaml"


def secrets(environment: str, name: str = PRODUCTION, **settings: object) -> list[str]:
    files = {name: f"services: {{app: {{image: a, environment: {environment}}}}}"}
    return [place for _, _, place in found(files, "CO208", **settings)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JWT_SECRET", "s3cr3t"),
        ("POSTGRES_PASSWORD", "postgres"),
        ("DB_PASS", "changeme"),
        ("API_KEY", "abcd1234"),
        ("STRIPE_APIKEY", "abcd1234"),
        ("AWS_SECRET_ACCESS_KEY", "abcd1234"),
        ("AUTH_TOKEN", "abcd1234"),
        ("jwt_secret", "abcd1234"),
        ("MYSQL_ROOT_PASSWORD", "1234"),
    ],
)
def test_a_secret_in_a_file_for_production_is_told(name: str, value: str) -> None:
    assert secrets(f"{{{name}: {value}}}") == [value]
    assert secrets(f"['{name}={value}']") == [value]


@pytest.mark.parametrize(
    "environment",
    [
        "{JWT_SECRET: '${JWT_SECRET:?}'}",
        "{JWT_SECRET: '${JWT_SECRET:-dev}'}",
        "{JWT_SECRET: }",
        "[JWT_SECRET]",
        "{JWT_SECRET: ''}",
        "{JWT_SECRET_FILE: /run/secrets/jwt}",
        "{JWT_SECRET: /run/secrets/jwt}",
        "{GENERATE_SECRET: true}",
        "{PASSWORD_MIN_LENGTH: twelve}",
        "{SECRET_NAME: app}",
        "{TOKEN_TTL: 1h}",
        "{STRIPE_PUBLIC_KEY: pk}",
        "{COMPASS: north}",
        "{BYPASS: a}",
        "{DATABASE_URL: 'postgres://app@db/app'}",
        "{DATABASE_URL: 'postgres://app:${PASSWORD}@db/app'}",
        "{API_KEY: '<your key>'}",
    ],
)
def test_what_is_no_secret_or_comes_from_outside_is_not(environment: str) -> None:
    assert secrets(environment) == []


def test_a_password_within_an_address_is_one() -> None:
    assert secrets("{CACHE: 'redis://:hunter2@cache:6379/0'}") == [
        "'redis://:hunter2@cache:6379/0'"
    ]


def test_a_secret_for_development_is_nobodys_secret() -> None:
    assert secrets("{JWT_SECRET: s3cr3t}", "compose.yaml") == []


def test_a_secret_of_the_base_is_one_in_production_too() -> None:
    files = {
        "compose.yaml": "services: {app: {image: a, environment: {A_SECRET: x1, B_SECRET: y1}}}",
        PRODUCTION: "services: {app: {environment: {B_SECRET: '${B:?}'}}}",
    }

    assert found(files, "CO208") == [("compose.yaml", 1, "x1")]


def test_a_secret_is_never_shown() -> None:
    files = {PRODUCTION: "services: {app: {image: a, environment: {A_SECRET: hunter2}}}"}
    (told,) = [each.problem for each in findings(files) if each.rule == "CO208"]

    assert told.secret
    assert "hunter2" not in told.message + told.help + told.note + told.label


def unset(text: str, **files: str) -> list[str]:
    named = {f".{name.replace('_', '.')}": each for name, each in files.items()}
    all_files = {"compose.yaml": f"services: {{app: {{image: a, {text}}}}}", **named}
    return [place for _, _, place in found(all_files, "CO210")]


def test_a_variable_of_which_nobody_says_anything_is_told_once() -> None:
    assert unset("user: '${A}', command: 'x $A ${B}'") == ["${A}", "${B}"]
    assert unset("user: '${A:-${B}}'") == ["${A:-${B}}"]


@pytest.mark.parametrize(
    "text",
    [
        "user: '${A:-x}'",
        "user: '${A-}'",
        "user: '${A:?}'",
        "user: '${A?set it}'",
        "user: '${A:+x}'",
        "user: '$$A $${A}'",
        "user: '${A}', working_dir: '${A:?}'",
        "user: '${HOME} ${PWD} ${COMPOSE_PROJECT_NAME}'",
        "user: '$(id)'",
        "environment: {A: }",
        "environment: {'${A}': x}",
    ],
)
def test_one_of_which_the_file_says_what_happens_is_not(text: str) -> None:
    assert unset(text) == []


def test_a_variable_that_an_example_names_is_known() -> None:
    assert unset("user: '${A} ${B} ${C}'", env="A=1", env_example="# B=\n") == ["${C}"]


def test_what_a_variable_weighs_is_told_by_where_it_runs() -> None:
    for name, severity in (("compose.yaml", "warning"), (PRODUCTION, "error")):
        files = {name: "services: {app: {image: a, user: '$A'}}"}
        (told,) = [each for each in findings(files) if each.rule == "CO210"]

        assert told.severity.value == severity
