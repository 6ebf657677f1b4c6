import pytest

from notifyctl.validate.dockerfile.bases import (
    HTTP_TOOLS,
    has_no_healthcheck,
    has_no_shell,
    is_windows,
    missing_tools,
    runs_as_root,
    uses_dash,
)
from notifyctl.validate.image import Image, read_image


def image(text: str) -> Image:
    found = read_image(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "text",
    [
        "python:3.13-slim",
        "docker.io/library/node:22",
        "public.ecr.aws/docker/library/golang:1.24",
        "scratch",
        "gcr.io/distroless/static-debian12",
        "mcr.microsoft.com/dotnet/aspnet:9.0",
        "php:8.4-cli",
    ],
)
def test_these_are_known_to_run_as_root(text: str) -> None:
    assert runs_as_root(image(text)) is True


@pytest.mark.parametrize(
    "text",
    [
        "nginx:1.27",
        "postgres:18",
        "ghcr.io/example/base:1",
        "cgr.dev/chainguard/python:latest",
        "bitnami/node:22",
        "jenkins/jenkins:lts",
        "nginxinc/nginx-unprivileged:1.27",
        "php:8.4-fpm",
        "php:8.4-apache",
        "mcr.microsoft.com/dotnet/aspnet:9.0-noble-chiseled",
        "mcr.microsoft.com/windows/servercore:ltsc2022",
        "python:3.13-windowsservercore",
        "myapp-base",
    ],
)
def test_of_others_nobody_knows(text: str) -> None:
    assert runs_as_root(image(text)) is None


def test_a_distroless_image_may_be_made_for_another_user() -> None:
    assert runs_as_root(image("gcr.io/distroless/static:nonroot")) is False
    assert runs_as_root(image("gcr.io/distroless/base:debug-nonroot")) is False


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("python:3.13-slim", HTTP_TOOLS),
        ("node:22-bookworm-slim", HTTP_TOOLS),
        ("debian:12", HTTP_TOOLS),
        ("ubuntu:24.04", HTTP_TOOLS),
        ("scratch", HTTP_TOOLS),
        ("mcr.microsoft.com/dotnet/aspnet:9.0", HTTP_TOOLS),
        ("alpine:3.22", {"curl"}),
        ("node:22-alpine", {"curl"}),
        ("python:3.13", frozenset()),
        ("node:22", frozenset()),
        ("php:8.4-fpm-alpine", frozenset()),
        ("nginx:1.27-alpine", frozenset()),
        ("mcr.microsoft.com/dotnet/aspnet:9.0-alpine", frozenset()),
        ("ghcr.io/example/python:3.13-slim", frozenset()),
    ],
)
def test_what_is_known_to_be_absent(text: str, absent: frozenset[str]) -> None:
    assert missing_tools(image(text)) == absent


def test_without_a_shell_no_line_is_read() -> None:
    assert has_no_shell(image("scratch"))
    assert has_no_shell(image("gcr.io/distroless/base-debian12"))
    assert not has_no_shell(image("gcr.io/distroless/base-debian12:debug"))
    assert not has_no_shell(image("alpine:3.22"))


def test_dash_is_the_shell_of_debian_and_ubuntu() -> None:
    assert uses_dash(image("python:3.13-slim"))
    assert uses_dash(image("ubuntu:24.04"))
    assert uses_dash(image("eclipse-temurin:21-jre"))
    assert not uses_dash(image("eclipse-temurin:21-jre-ubi9-minimal"))
    assert not uses_dash(image("python:3.13-alpine"))
    assert not uses_dash(image("fedora:43"))
    assert not uses_dash(image("ghcr.io/example/python:3.13"))


def test_what_one_builds_upon_has_no_healthcheck() -> None:
    assert has_no_healthcheck(image("python:3.13"))
    assert not has_no_healthcheck(image("ghcr.io/example/base:1"))


def test_windows_is_known_by_its_name() -> None:
    assert is_windows(image("mcr.microsoft.com/windows/nanoserver:ltsc2022"))
    assert is_windows(image("golang:1.24-nanoserver"))
    assert not is_windows(image("golang:1.24"))
