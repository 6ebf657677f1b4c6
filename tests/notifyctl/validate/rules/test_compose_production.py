import pytest
from hypothesis import given

from notifyctl.validate.check import findings_about
from notifyctl.validate.rule import RULES
from notifyctl.validate.settings import Settings
from tests.support.compose import wild_projects
from tests.support.validating import findings, found, workspace

FINE = "image: a, restart: always"


def told(service: str, name: str = "compose.prod.yaml", **settings: object) -> list[str]:
    files = {name: f"services: {{app: {{{service}}}}}"}
    return [place for _, _, place in found(files, "CO211", **settings)]


@pytest.mark.parametrize(
    ("service", "place"),
    [
        (f"{FINE}, build: ., volumes: ['.:/app']", "'.:/app'"),
        (f"{FINE}, build: ., volumes: ['./src:/usr/src/app']", "'./src:/usr/src/app'"),
        (f"{FINE}, build: ./web, volumes: ['./web:/app']", "'./web:/app'"),
        (f"{FINE}, build: ./web, volumes: ['./lib/src:/app/src']", "'./lib/src:/app/src'"),
        (f"{FINE}, command: 'uvicorn app --reload'", "'uvicorn app --reload'"),
        (f"{FINE}, entrypoint: [nodemon, app.js]", "[nodemon, app.js]"),
        (f"{FINE}, environment: {{DEBUG: 1}}", "1"),
        (f"{FINE}, environment: [DJANGO_DEBUG=True]", "True"),
        (f"{FINE}, environment: {{NODE_ENV: development}}", "development"),
        ("build: ., restart: always", "build"),
        ("image: a", "app"),
        (f"{FINE}, container_name: x, deploy: {{replicas: 2}}", "x"),
        (f"{FINE}, ports: ['80:80'], scale: 2", "'80:80'"),
    ],
)
def test_what_is_left_of_development_is_told(service: str, place: str) -> None:
    assert told(service) == [place]
    assert told(service, "compose.yaml") == []


@pytest.mark.parametrize(
    "service",
    [
        FINE,
        f"{FINE}, build: ., volumes: ['./nginx.conf:/etc/nginx/nginx.conf:ro']",
        f"{FINE}, build: ., volumes: ['.:/app:ro', './data:/app/data', 'src:/src']",
        f"{FINE}, build: ./conf, volumes: ['./conf:/etc/app']",
        f"{FINE}, volumes: ['.:/usr/share/nginx/html', './src:/app']",
        f"{FINE}, command: 'serve --reload-certificates'",
        f"{FINE}, environment: {{DEBUG: 0, APP_ENV: production, DEBUGGER_PORT: 1}}",
        f"{FINE}, environment: {{DEBUG: '${{DEBUG}}'}}",
        "image: a, restart: 'no'",
        "image: a, deploy: {restart_policy: {condition: any}}",
        "image: a, command: 'manage.py migrate'",
        "image: a, profiles: [tools]",
        "extends: {file: gone.yaml, service: x}",
        f"{FINE}, container_name: x, deploy: {{replicas: 1}}",
        f"{FINE}, ports: ['80:80'], deploy: {{replicas: 3, update_config: {{parallelism: 1}}}}",
        f"{FINE}, ports: ['80', '8000-8002:80'], deploy: {{replicas: 3}}",
    ],
)
def test_what_belongs_to_production_is_not(service: str) -> None:
    assert told(service) == []


def test_what_the_base_has_and_production_keeps_is_told_where_it_is_written() -> None:
    base = (
        "services: {app: {build: ., ports: ['80:80'], volumes: ['.:/app'], environment: [DEBUG=1]}}"
    )
    production = "services: {app: {image: a, restart: always, environment: [DEBUG=0]}}"
    files = {"compose.yaml": base, "compose.prod.yaml": production}

    assert found(files, "CO211") == [("compose.yaml", 1, "'.:/app'")]
    files["compose.prod.yaml"] = production.replace("image", "volumes: !reset [], image")
    assert found(files, "CO211") == []


@pytest.mark.parametrize("build", [".", "{context: .}", "'${CONTEXT:-.}'"])
def test_source_code_stays_mounted_where_production_takes_only_the_build_away(build: str) -> None:
    files = {
        "compose.yaml": f"services: {{app: {{build: {build}, volumes: ['.:/app']}}}}",
        "compose.prod.yaml": f"services: {{app: {{{FINE}, build: !reset null}}}}",
    }

    assert found(files, "CO211") == [("compose.yaml", 1, "'.:/app'")]
    files["compose.yaml"] = files["compose.yaml"].replace(f"build: {build}", "image: b")
    assert found(files, "CO211") == [], "what was never built from it is no source code"


def test_a_service_that_others_wait_for_to_end_is_not_started_again() -> None:
    files = {
        "compose.prod.yaml": "services: {prepare: {image: a}, app: {image: b, restart: always, "
        "depends_on: {prepare: {condition: service_completed_successfully}}}}"
    }

    assert found(files, "CO211") == []


def test_a_pattern_for_others_is_no_service_that_runs() -> None:
    files = {
        "compose.prod.yaml": "services:\n  base: &base {image: a}\n"
        "  app: {<<: *base, restart: always, command: run}\n"
    }

    assert found(files, "CO211") == []


def test_what_may_come_from_a_base_that_may_lie_beneath_is_not_missed() -> None:
    base = "services: {app: {image: a, ports: ['80:80'], restart: always}}"
    files = {"compose.yaml": base, "compose.prod.yaml": base.replace(", restart: always", "")}

    assert found(files, "CO211") == []


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("1024", ["1024"]),
        ("{soft: 1024, hard: 65536}", ["1024"]),
        ("65536", []),
        ("'${FILES}'", []),
    ],
)
def test_fewer_files_than_connections_are_told(limit: str, expected: list[str]) -> None:
    ours = "image: 'example/notifyd:1', restart: always"

    assert told(f"{ours}, ulimits: {{nofile: {limit}}}") == expected
    assert told(f"{FINE}, ulimits: {{nofile: {limit}}}") == []
    fewer = "environment: {NOTIFYD_MAX_CONNECTIONS: 100}"
    assert told(f"{ours}, {fewer}, ulimits: {{nofile: {limit}}}") == []


def test_a_matter_of_taste_is_a_warning() -> None:
    files = {"compose.prod.yaml": "services: {app: {build: ., restart: always}}"}
    severities = [each.severity.value for each in findings(files) if each.rule == "CO211"]

    assert severities == ["warning"]


@given(wild_projects())
def test_whatever_a_file_holds_every_rule_about_compose_has_its_say(text: str) -> None:
    ours = [rule for name, rule in RULES.items() if name.startswith("CO")]
    everything = workspace({"compose.prod.yaml": text, "compose.yaml": text})

    findings_about(everything.subjects(), ours, Settings())
