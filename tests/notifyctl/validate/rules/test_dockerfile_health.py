import pytest

from notifyctl.validate.finding import Severity
from tests.support.dockerfiles import said

SERVE = 'EXPOSE 8000 8001\nCMD ["notifyctl", "serve", "--host", "0.0.0.0"]\n'


def test_a_service_without_a_healthcheck_is_told() -> None:
    text = f"FROM python:3.13-slim\n{SERVE}"

    assert said("DF103", text) == [("python:3.13-slim", Severity.WARNING)]


def test_a_healthcheck_that_is_switched_off_is_told() -> None:
    text = f"FROM ghcr.io/example/base:1\nHEALTHCHECK NONE\n{SERVE}"

    assert said("DF103", text) == [("NONE", Severity.WARNING)]


def test_other_images_need_one_in_production_if_they_expose_a_port() -> None:
    server, tool = "FROM python:3.13-slim\nEXPOSE 80\n", "FROM python:3.13-slim\n"

    assert said("DF103", server) == []
    assert said("DF103", server, profile="production") == [("python:3.13-slim", Severity.WARNING)]
    assert said("DF103", tool, profile="production") == []


@pytest.mark.parametrize(
    "text",
    [
        f'FROM python:3.13-slim\nHEALTHCHECK CMD ["a"]\n{SERVE}',
        f'FROM python:3.13-slim AS a\nHEALTHCHECK CMD ["a"]\nFROM a\n{SERVE}',
        f"FROM ghcr.io/example/base:1\n{SERVE}",
        f"FROM $BASE\n{SERVE}",
    ],
)
def test_a_base_may_have_a_healthcheck_of_its_own(text: str) -> None:
    assert said("DF103", text) == []


@pytest.mark.parametrize(
    ("base", "check"),
    [
        ("python:3.13-slim", "curl -f http://localhost/"),
        ("node:22-alpine", "curl -f http://localhost/ || exit 1"),
        ("node:22-slim", '["curl", "-f", "http://localhost/"]'),
        ("debian:12", '["sh", "-c", "wget -q -O- localhost || exit 1"]'),
        ("python:3.13-slim", "A=1 /usr/bin/curl -f http://localhost/"),
        ("python:3.13-slim", "wget -q localhost || curl localhost"),
        ("gcr.io/distroless/static-debian12", '["wget", "-q", "localhost"]'),
    ],
)
def test_a_tool_that_is_not_there_cannot_ask(base: str, check: str) -> None:
    found = said(
        "DF104",
        f"FROM {base}\nRUN apt-get install -y git && rm -rf /var/lib/a\nHEALTHCHECK CMD {check}\n",
    )

    assert [severity for _, severity in found] == [Severity.ERROR]


@pytest.mark.parametrize(
    ("base", "lines", "check"),
    [
        ("python:3.13", "", "curl localhost"),
        ("alpine:3.22", "", "wget -q localhost"),
        ("alpine:3.22", "", "wget -q localhost || curl localhost"),
        ("php:8.4-alpine", "", "curl localhost"),
        ("ghcr.io/example/python:3.13-slim", "", "curl localhost"),
        ("python:$V-slim", "", "curl localhost"),
        ("python:3.13-slim", "", "python check.py"),
        ("python:3.13-slim", "", "echo 'curl'"),
        ("python:3.13-slim", "RUN apt-get install -y curl", "curl localhost"),
        ("python:3.13-slim", "RUN apt-get install -y $PACKAGES", "curl localhost"),
        ("python:3.13-slim", "RUN <<E\napt-get install -y \\\n  curl\nE", "curl localhost"),
        ("python:3.13-slim", "COPY setup.sh .\nRUN sh setup.sh", "curl localhost"),
        ("python:3.13-slim", "RUN ./setup", "curl localhost"),
        ("python:3.13-slim", "RUN xargs apt-get install < list", "curl localhost"),
        ("python:3.13-slim", "COPY --from=a /bin/curl /bin/", "curl localhost"),
        ("python:3.13-slim", "COPY --from=curlimages/curl:8.1 /x /y", "curl localhost"),
        ("alpine:3.22", "CMD apk add curl && exec a", "curl localhost"),
        ("scratch", "COPY --from=a / /", "curl localhost"),
        ("scratch", "ADD rootfs.tar.xz /", "curl localhost"),
        ("scratch", "COPY rootfs/ /", "curl localhost"),
        ("scratch", "COPY --from=busybox:1 /bin/busybox /bin/sh", "wget localhost"),
        ("python:3.13-slim AS a\nRUN apt-get install curl\nFROM a", "", "curl localhost"),
    ],
)
def test_nothing_is_said_where_a_tool_is_or_may_be_there(base: str, lines: str, check: str) -> None:
    assert said("DF104", f"FROM {base}\n{lines}\nHEALTHCHECK CMD {check}\n") == []


def test_without_a_shell_the_shell_form_cannot_run() -> None:
    text = "FROM scratch\nCOPY --from=a /app/dashboard /\nHEALTHCHECK CMD {}\n"

    assert said("DF104", text.format("/dashboard check")) == [("/dashboard check", Severity.ERROR)]
    assert said("DF104", text.format('["/dashboard", "check"]')) == []


@pytest.mark.parametrize(
    "check",
    [
        "curl -f http://localhost:8080/healthz",
        "curl -f http://localhost/healthz",
        "curl -f http://localhost:8000/health",
        "curl -f http://127.0.0.1:$PORT/healthz",
        "python -c \"import socket; socket.create_connection(('localhost', 9000))\"",
    ],
)
def test_the_service_does_not_answer_elsewhere(check: str) -> None:
    text = f"FROM python:3.13\nENV PORT=9\nHEALTHCHECK CMD {check}\n{SERVE}"

    assert said("DF104", text) == [(check, Severity.ERROR)]


@pytest.mark.parametrize(
    "check",
    [
        "curl -f http://localhost:8000/healthz",
        "curl -f http://localhost:8001/readyz || exit 1",
        "curl -f http://localhost:$UNKNOWN/healthz",
        "curl -f http://localhost:${NOTIFYD_HTTP_PORT:-8000}/healthz",
        "python -c \"import socket; socket.create_connection(('localhost', 8001))\"",
        "notifyctl status --check",
        "curl -f http://other:9000/healthz",
    ],
)
def test_where_it_answers_nothing_is_said(check: str) -> None:
    assert said("DF104", f"FROM python:3.13\nHEALTHCHECK CMD {check}\n{SERVE}") == []


def test_a_port_that_env_moves_is_the_one_to_ask() -> None:
    text = (
        f"FROM python:3.13\nENV NOTIFYD_HTTP_PORT={{}}\nHEALTHCHECK CMD curl localhost:9\n{SERVE}"
    )
    asked = text.replace("localhost:9", "http://localhost:9000/healthz")

    assert said("DF104", asked.format("9000")) == []
    assert said("DF104", asked.format("$X")) == []
    assert len(said("DF104", asked.format("9001"))) == 1
