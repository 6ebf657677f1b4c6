import pytest

from notifyctl.validate.schema.compose import problems_of
from notifyctl.validate.source import Source
from notifyctl.validate.yaml_reader import read_yaml


def found(text: str, *, is_layer: bool = False) -> list[str]:
    (document,) = read_yaml(Source("compose.yaml", text)).documents
    return [problem.message for problem in problems_of(document, is_layer=is_layer)]


GOOD = """\
version: "3.8"
x-logging: &logging {driver: json-file}
services:
  notify:
    build: .
    logging: *logging
    ports: ["8000:8000", {target: 8001, published: "8001"}, 9000]
    environment: {PORT: 8000, DEBUG: true, TOKEN: }
    deploy: {replicas: 2, resources: {limits: {cpus: 0.5, memory: 50M}}}
    depends_on: {db: {condition: service_healthy, restart: true}}
    healthcheck: {test: [CMD, "true"], interval: 1m30s, retries: 3}
    volumes: [{type: bind, source: ., target: /app}, "data:/data"]
    command:
    networks: {front: , back: {aliases: [notify]}}
  db:
    image: postgres:17
    environment: [POSTGRES_PASSWORD=a]
    stop_grace_period: 1.5m
networks: {front: , back: {external: true}}
volumes: {data: }
"""


def test_a_good_file_has_no_problems() -> None:
    assert found(GOOD) == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("environment:", "`services.web.environment` is empty, not a list or a mapping"),
        ("command: [a, 1]", "`services.web.command[1]` is a whole number, not a string"),
        ("ports: {8000: 8000}", "`services.web.ports` is a mapping, not a list"),
        (
            "healthcheck: {interval: 30}",
            "`services.web.healthcheck.interval` is a whole number, not a string",
        ),
        (
            "stop_grace_period: '30'",
            "`services.web.stop_grace_period` is `30`, which is not a duration such as `30s`",
        ),
        ("depends-on: [db]", "`depends-on` is no field of `services.web`"),
        (
            "deploy: {restart_policy: {max_atempts: 1}}",
            "`max_atempts` is no field of `services.web.deploy.restart_policy`",
        ),
        ("ulimits: {nofile: {soft: 1}}", "`services.web.ulimits.nofile` has no `hard`"),
        ("oom_score_adj: 2000", "`services.web.oom_score_adj` is 2000, not from -1000 to 1000"),
    ],
)
def test_one_mistake_is_one_problem(line: str, message: str) -> None:
    assert found(f"services:\n  web:\n    image: a\n    {line}\n") == [message]


@pytest.mark.parametrize(
    "line",
    [
        "privileged: ${PRIVILEGED}",
        "deploy: {replicas: '${REPLICAS:-2}'}",
        "healthcheck: {interval: $INTERVAL, retries: $RETRIES}",
        "ports: $PORTS",
        "pull_policy: ${POLICY}",
        "environment: !reset null",
        "ports: !override ['80:80']",
        "x-anything: [1, {a: b}]",
    ],
)
def test_what_is_not_known_before_compose_runs_is_not_judged(line: str) -> None:
    assert found(f"services:\n  web:\n    image: a\n    {line}\n") == []


def test_an_empty_value_in_a_file_on_top_changes_nothing() -> None:
    text = "services:\n  web:\n    environment:\n"

    assert found(text) == ["`services.web.environment` is empty, not a list or a mapping"]
    assert found(text, is_layer=True) == []


def test_the_format_of_compose_1_is_told_once() -> None:
    assert found("web:\n  image: a\ndb:\n  image: b\n") == [
        "the service `web` is not below `services`"
    ]


def test_a_template_at_the_top_is_no_service() -> None:
    assert found("x-base: {image: a}\ninclude: [other.yaml]\n") == []


def test_a_file_that_is_no_mapping_is_no_compose_file() -> None:
    assert found("- name: start the containers\n  command: docker compose up\n") == []
