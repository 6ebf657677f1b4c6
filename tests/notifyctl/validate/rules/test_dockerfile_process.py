import pytest

from notifyctl.validate.finding import Severity
from tests.support.dockerfiles import dockerfile, repaired, said

SERVE = 'CMD ["notifyctl", "serve", "--host", "0.0.0.0"]\n'
ERROR, WARNING = Severity.ERROR, Severity.WARNING


def test_the_service_as_root_is_an_error() -> None:
    assert said("DF105", f"FROM python:3.13-slim\n{SERVE}") == [("python:3.13-slim", ERROR)]
    assert said("DF105", f"FROM a/b:1\nUSER 5\nUSER root\n{SERVE}") == [("root", ERROR)]


@pytest.mark.parametrize("user", ["root", "0", "0:0", "root:app", "00"])
def test_root_has_several_names(user: str) -> None:
    assert said("DF105", f"FROM a/b:1\nUSER {user}\n{SERVE}") == [(user, ERROR)]


def test_of_other_servers_it_is_a_warning_and_in_production_an_error() -> None:
    text = 'FROM node:22\nEXPOSE 80\nCMD ["node", "a.js"]\n'

    assert said("DF105", text) == [("node:22", WARNING)]
    assert said("DF105", text, profile="production") == [("node:22", ERROR)]


def test_tools_without_a_user_are_told_in_production_only() -> None:
    text = 'FROM scratch\nCOPY a /a\nENTRYPOINT ["/a"]\n'

    assert said("DF105", text) == []
    assert said("DF105", text, profile="production") == [("scratch", ERROR)]


@pytest.mark.parametrize(
    "text",
    [
        f"FROM python:3.13-slim\nUSER 10001\n{SERVE}",
        f"FROM python:3.13-slim\nUSER app\n{SERVE}",
        f"FROM python:3.13-slim\nUSER $UID\n{SERVE}",
        f"FROM python:3.13-slim AS a\nUSER 5\nFROM a\n{SERVE}",
        f"FROM ghcr.io/example/base:1\n{SERVE}",
        f"FROM nginx:1.27\n{SERVE}",
        f"FROM gcr.io/distroless/python3:nonroot\n{SERVE}",
        f"FROM python:3.13-slim\nRUN apt-get install gosu\n{SERVE}",
        'FROM python:3.13-slim\nENTRYPOINT ["su-exec", "app"]\nCMD ["notifyctl", "serve"]\n',
        "FROM python:3.13-slim\nRUN useradd a\nUSER root\n",
        'FROM golang:1.24-nanoserver\nUSER root\nEXPOSE 80\nCMD ["a"]\n',
    ],
)
def test_nothing_is_said_of_what_is_not_or_may_not_be_root(text: str) -> None:
    assert said("DF105", text) == []


def test_a_user_with_a_name_is_told_of_the_service() -> None:
    assert said("DF106", f"FROM a/b:1\nUSER app:app\n{SERVE}") == [("app:app", WARNING)]
    assert said("DF106", "FROM a/b:1\nUSER app\n") == []
    assert said("DF106", "FROM a/b:1\nUSER app\n", profile="production") == [("app", WARNING)]


@pytest.mark.parametrize("user", ["10001", "10001:app", "root", "0", "$USER"])
def test_a_number_is_no_name_and_root_is_another_matter(user: str) -> None:
    assert said("DF106", f"FROM a/b:1\nUSER {user}\n{SERVE}") == []


@pytest.mark.parametrize(
    ("command", "fixed"),
    [
        ("CMD notifyctl serve", 'CMD ["notifyctl", "serve"]'),
        ("ENTRYPOINT notifyctl serve", 'ENTRYPOINT ["notifyctl", "serve"]'),
        ("CMD notifyctl serve --host $HOST", "CMD exec notifyctl serve --host $HOST"),
        ("CMD cd /a && notifyctl serve", "CMD cd /a && notifyctl serve"),
        ('CMD ["sh", "-c", "notifyctl serve"]', 'CMD ["sh", "-c", "exec notifyctl serve"]'),
        ("CMD notifyctl \\\n  serve", "CMD exec notifyctl \\\n  serve"),
    ],
)
def test_a_shell_before_the_service_is_an_error(command: str, fixed: str) -> None:
    text = f"FROM python:3.13-slim\n{command}\n"

    assert [severity for _, severity in said("DF107", text)] == [ERROR]
    assert repaired("DF107", text) == f"FROM python:3.13-slim\n{fixed}\n"
    assert dockerfile(repaired("DF107", text)).start_words


@pytest.mark.parametrize(
    "text",
    [
        f"FROM python:3.13-slim\n{SERVE}",
        "FROM python:3.13-slim\nCMD exec notifyctl serve\n",
        "FROM python:3.13-slim\nCMD cd /a && exec notifyctl serve\n",
        'FROM python:3.13-slim\nCMD ["sh", "-c", "exec notifyctl serve"]\n',
        'FROM python:3.13-slim\nSHELL ["/bin/bash", "-c"]\nCMD notifyctl serve\n',
        'FROM python:3.13-slim\nENTRYPOINT ["notifyctl"]\nCMD ["serve"]\n',
        "FROM ghcr.io/example/notifyd:1\n",
    ],
)
def test_the_service_without_a_shell_that_stays_is_right(text: str) -> None:
    assert said("DF107", text) == []


def test_of_other_servers_it_is_a_warning_where_the_shell_is_known_to_stay() -> None:
    text = "FROM {}\nEXPOSE 80\nCMD node a.js\n"

    assert said("DF107", text.format("node:22")) == [("node a.js", WARNING)]
    for base in ("node:22-alpine", "fedora:43", "ghcr.io/example/node:22"):
        assert said("DF107", text.format(base)) == []
    assert said("DF107", "FROM node:22\nCMD node a.js\n") == []
    assert (
        said("DF107", 'FROM node:22\nEXPOSE 80\nENTRYPOINT ["tini", "--"]\nCMD node a.js\n') == []
    )


@pytest.mark.parametrize(
    ("command", "fixed"),
    [
        ("CMD ['a', 'b']", 'CMD ["a", "b"]'),
        ('ENTRYPOINT ["a", "b"] # c', 'ENTRYPOINT ["a", "b"] # c'),
        ('CMD ["a",]', 'CMD ["a",]'),
        ("CMD [a, b]", "CMD [a, b]"),
    ],
)
def test_a_broken_list_is_told_of_every_image(command: str, fixed: str) -> None:
    text = f"FROM a/b:1\n{command}\n"

    assert [severity for _, severity in said("DF107", text)] == [ERROR]
    assert repaired("DF107", text) == f"FROM a/b:1\n{fixed}\n"


@pytest.mark.parametrize(
    "command",
    ["CMD [ -f a ] && b", "CMD [[ -f a ]] && b", "CMD [ ! -f a ]", 'CMD [ "$A" = b ] && c'],
)
def test_the_brackets_of_a_shell_are_no_list(command: str) -> None:
    assert said("DF107", f"FROM a/b:1\n{command}\n") == []


def test_a_signal_that_cannot_be_heard_is_told() -> None:
    assert said("DF107", f"FROM a/b:1\nSTOPSIGNAL SIGKILL\n{SERVE}") == [("SIGKILL", ERROR)]
    assert said("DF107", "FROM a/b:1\nSTOPSIGNAL 9\n") == [("9", WARNING)]
    assert said("DF107", f"FROM a/b:1\nSTOPSIGNAL SIGTERM\n{SERVE}") == []


def test_an_entrypoint_in_the_dockerfile_is_read() -> None:
    text = (
        "FROM python:3.13-slim\nRUN pip install notifyctl\nEXPOSE 8000 8001\n"
        'COPY --chmod=755 <<EOF /start\n#!/bin/sh\nset -e\n{}\nEOF\nENTRYPOINT ["/start"]\n'
    )
    line = "notifyctl serve --host 0.0.0.0"

    assert said("DF107", text.format(line)) == [(line, ERROR)]
    assert repaired("DF107", text.format(line)) == text.format(f"exec {line}")
    assert said("DF107", text.format(f"exec {line}")) == []


def test_a_server_of_windows_is_left_alone() -> None:
    text = 'FROM python:3.13-slim\nSHELL ["powershell", "-Command"]\nEXPOSE 80\nCMD a\n'

    assert said("DF107", text) == []
