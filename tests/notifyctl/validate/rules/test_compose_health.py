import pytest

from tests.support.validating import findings, found

CHECK = "healthcheck: {test: [CMD, ask], start_period: 1s}"
OURS = "image: 'ghcr.io/example/notifyd:1', ports: ['8000:8000', '8001:8001']"


def places(rule: str, text: str, **files: str) -> list[str]:
    """The texts that a rule points at, in a `compose.yaml` with other files beside it."""
    named = {name.replace("_", "."): each for name, each in files.items()}
    all_files = {"compose.yaml": f"services: {{{text}}}", **named}
    return [place for _, _, place in found(all_files, rule)]


@pytest.mark.parametrize(
    "text",
    [
        "db: {image: 'redis:8', ports: ['127.0.0.1:6379:6379']}",
        "db: {image: 'redis:8'}, app: {image: a, depends_on: [db]}",
        "db: {build: ., ports: ['80:80']}",
    ],
)
def test_a_service_that_others_rely_on_has_a_healthcheck(text: str) -> None:
    assert places("CO204", text, Dockerfile="FROM python:3.13\n") == ["db"]


@pytest.mark.parametrize(
    "text",
    [
        f"db: {{image: 'redis:8', ports: ['6379:6379'], {CHECK}}}",
        "db: {image: 'redis:8', ports: ['6379:6379'], healthcheck: {disable: false, interval: 5s}}",
        "db: {image: 'redis:8'}",
        "db: {image: 'example/redis:8', ports: ['6379:6379']}",
        "db: {image: 'redis:8', ports: ['6379:6379'], profiles: [tools]}",
        "db: {image: 'redis:8', ports: ['6379:6379'], restart: 'no'}",
        "db: {image: 'python:3'}, "
        "app: {image: a, depends_on: {db: {condition: service_completed_successfully}}}",
        "db: {build: {context: elsewhere}, ports: ['80:80']}",
        "db: {build: {context: ., target: gone}, ports: ['80:80']}",
        "db: {extends: {file: gone.yaml, service: x}, image: 'redis:8', ports: ['80:80']}",
    ],
)
def test_one_that_has_a_check_or_may_have_one_or_ends_is_not_told(text: str) -> None:
    assert places("CO204", text, Dockerfile="FROM python:3.13\n") == []


@pytest.mark.parametrize(
    "dockerfile",
    [
        "FROM python:3.13\nHEALTHCHECK CMD ask\n",
        "FROM example/base:1\n",
        "ARG BASE\nFROM $BASE\n",
        "FROM python:3.13 AS base\nHEALTHCHECK CMD ask\nFROM base\n",
    ],
)
def test_an_image_that_has_a_check_or_may_have_one_needs_no_other(dockerfile: str) -> None:
    assert places("CO204", "app: {build: ., ports: ['80:80']}", Dockerfile=dockerfile) == []


def test_the_stage_that_is_built_is_the_one_that_counts() -> None:
    text = "app: {build: {target: test}, ports: ['80:80']}"
    dockerfile = "FROM python:3 AS test\nFROM python:3\nHEALTHCHECK CMD ask\n"

    assert places("CO204", text, Dockerfile=dockerfile) == ["app"]


def test_a_check_that_is_switched_off_is_told_where_it_is() -> None:
    off = "app: {{image: a, ports: ['80:80'], healthcheck: {{{}}}}}"

    assert places("CO204", off.format("disable: true")) == ["true"]
    assert places("CO204", off.format("test: [NONE]")) == ["[NONE]"]


def test_what_a_missing_healthcheck_weighs_is_told_by_where_it_runs() -> None:
    files = {"compose.prod.yaml": "services: {db: {image: 'redis:8', ports: ['1:6379']}}"}
    severities = [each.severity.value for each in findings(files) if each.rule == "CO204"]

    assert severities == ["error"]


@pytest.mark.parametrize(
    ("test", "place"),
    [
        ("[curl, -f, localhost]", "curl"),
        ("[CMD-SHELL, curl, -f, localhost]", "-f"),
        ("[CMD, 'curl -f localhost']", "'curl -f localhost'"),
        ("[CMD, curl, -f, localhost, '||', exit, '1']", "'||'"),
    ],
)
def test_a_test_that_cannot_run_as_it_is_meant_is_told(test: str, place: str) -> None:
    assert places("CO205", f"app: {{image: a, healthcheck: {{test: {test}}}}}") == [place]


@pytest.mark.parametrize(
    "test",
    [
        "curl -f localhost || exit 1",
        "[CMD, curl, -f, localhost]",
        "[CMD-SHELL, 'curl -f localhost || exit 1']",
        "[CMD, sh, -c, 'a || b', '||']",
        "[CMD, /healthy]",
        "['${KIND}', a b]",
        "[NONE]",
        "[]",
    ],
)
def test_a_test_that_runs_as_it_is_meant_is_not(test: str) -> None:
    assert places("CO205", f"app: {{image: a, healthcheck: {{test: {test}}}}}") == []


@pytest.mark.parametrize(
    ("image", "test"),
    [
        ("python:3.13-slim", "[CMD, curl, -f, x]"),
        ("python:3.13-slim", "[CMD-SHELL, 'wget -q x']"),
        ("node:24-alpine", "curl -f x || exit 1"),
        ("gcr.io/distroless/static", "[CMD, curl, x]"),
    ],
)
def test_a_check_by_a_program_that_the_image_does_not_have_is_told(image: str, test: str) -> None:
    pulled = f"app: {{image: '{image}', healthcheck: {{test: {test}}}}}"
    built = f"app: {{build: ., healthcheck: {{test: {test}}}}}"

    assert len(places("CO205", pulled)) == 1
    assert len(places("CO205", built, Dockerfile=f"FROM {image}\n")) == 1


@pytest.mark.parametrize(
    ("dockerfile", "test"),
    [
        ("FROM python:3.13\n", "curl x"),
        ("FROM node:24-alpine\n", "wget x"),
        ("FROM python:3.13-slim\nRUN apt-get install -y curl\n", "curl x"),
        ("FROM python:3.13-slim\nCOPY --from=curlimages/curl /usr/bin/curl /bin/\n", "curl x"),
        ("FROM example/base\n", "curl x"),
        ("FROM python:3.13-slim\n", "ask x"),
        ("FROM python:3.13-slim\n", "[CMD, ask, curl]"),
        ("FROM python:3.13-slim\n", "[CMD, '${TOOL}', x]"),
    ],
)
def test_a_program_that_the_image_has_or_may_have_is_not_told(dockerfile: str, test: str) -> None:
    text = f"app: {{build: ., healthcheck: {{test: {test}}}}}"

    assert places("CO205", text, Dockerfile=dockerfile) == []


@pytest.mark.parametrize("command", ["sh -c 'apk add curl && serve'", "./start.sh", "curl x"])
def test_a_program_may_be_installed_when_the_service_starts(command: str) -> None:
    quoted = command.replace("'", "''")
    text = f"app: {{image: 'alpine:3', command: '{quoted}', healthcheck: {{test: curl x}}}}"

    assert places("CO205", text) == []


def test_a_program_may_be_mounted() -> None:
    text = (
        "app: {image: 'python:3-slim', volumes: ['./curl:/bin/curl'], healthcheck: {test: curl x}}"
    )

    assert places("CO205", text) == []


@pytest.mark.parametrize(
    "command",
    [
        "curl -f http://localhost:8080/healthz",
        "curl -f http://localhost/healthz",
        "curl -f http://127.0.0.1:8000/health",
        "nc -z localhost 9000",
        """python -c 'HTTPConnection("127.0.0.1", 8080)'""",
    ],
)
def test_a_check_of_our_service_asks_where_it_answers(command: str) -> None:
    quoted = command.replace("'", "''")
    text = f"app: {{{OURS}, healthcheck: {{test: '{quoted}', start_period: 1s}}}}"

    assert places("CO205", text) == [f"'{quoted}'"]


@pytest.mark.parametrize(
    "command",
    [
        "curl -f http://localhost:8000/healthz",
        "curl -f http://localhost:8001/readyz || exit 1",
        "curl -f http://[::1]:8000/metrics",
        "curl -f http://proxy:80/healthz",
        "curl -f http://localhost:${PORT}/x",
        "ask",
    ],
)
def test_a_check_of_our_service_that_asks_there_is_not_told(command: str) -> None:
    text = f"app: {{{OURS}, healthcheck: {{test: '{command}', start_period: 1s}}}}"

    assert places("CO205", text) == []


def test_of_a_service_that_only_has_our_ports_nobody_knows_the_paths() -> None:
    ports = "image: other, ports: ['8000:8000', '8001:8001']"
    check = "healthcheck: {test: 'curl http://localhost:8000/up', start_period: 1s}"

    assert places("CO205", f"app: {{{ports}, {check}}}") == []


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ("interval: 5s, timeout: 10s, start_period: 1s", ["10s"]),
        ("interval: 10s, timeout: 10s, start_period: 1s", ["10s"]),
        ("interval: 10s, timeout: 5s, start_period: 1s", []),
        ("interval: 10s, start_period: 1s", []),
        ("interval: '${I}', timeout: 5s, start_period: 1s", []),
        ("interval: 10s, timeout: 5s", ["healthcheck"]),
    ],
)
def test_times_are_judged_for_our_service(times: str, expected: list[str]) -> None:
    assert places("CO205", f"app: {{{OURS}, healthcheck: {{test: ask, {times}}}}}") == expected


def test_times_of_other_services_are_their_own_matter() -> None:
    text = "app: {image: a, healthcheck: {test: ask, interval: 5s, timeout: 30s}}"

    assert places("CO205", text) == []


@pytest.mark.parametrize(
    "db",
    ["image: 'postgres:18'", f"image: unknown, {CHECK.replace('test', 'disable: true, test')}"],
)
def test_nobody_can_wait_for_the_health_of_what_is_not_asked(db: str) -> None:
    waiting = "app: {image: a, depends_on: {db: {condition: service_healthy}}}"

    assert places("CO206", f"{waiting}, db: {{{db}}}") == ["service_healthy"]


@pytest.mark.parametrize(
    "db",
    [
        f"image: 'postgres:18', {CHECK}",
        "image: 'example/postgres:18'",
        "image: '${DB_IMAGE}'",
        "build: elsewhere",
        "extends: {file: gone.yaml, service: db}, image: 'postgres:18'",
    ],
)
def test_what_is_asked_or_may_be_can_be_waited_for(db: str) -> None:
    waiting = "app: {image: a, depends_on: {db: {condition: service_healthy}}}"

    assert places("CO206", f"{waiting}, db: {{{db}}}") == []


def test_whoever_does_not_need_a_service_does_not_wait_for_it() -> None:
    condition = "{condition: service_healthy, required: false}"

    text = f"app: {{image: a, depends_on: {{db: {condition}}}}}, db: {{image: 'postgres:18'}}"
    assert places("CO206", text) == []


def test_the_short_form_does_not_wait_for_a_store_that_is_asked() -> None:
    store = f"db: {{image: 'postgres:18', {CHECK}}}"

    assert places("CO206", f"app: {{image: a, depends_on: [db]}}, {store}") == ["db"]
    started = "depends_on: {db: {condition: service_started}}"
    assert places("CO206", f"app: {{image: a, {started}}}, {store}") == []
    assert places("CO206", "app: {image: a, depends_on: [db]}, db: {image: 'postgres:18'}") == []
    other = store.replace("postgres", "nginx")
    assert places("CO206", f"app: {{image: a, depends_on: [db]}}, {other}") == []
