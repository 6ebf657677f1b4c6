import pytest

from notifyctl.validate.image import Image, read_image
from notifyctl.validate.images import (
    BASES,
    OFFICIAL,
    PROXIES,
    STORES,
    is_application,
    is_local_name,
    official_name,
)


def image(text: str) -> Image:
    found = read_image(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("redis", "redis"),
        ("redis:7", "redis"),
        ("docker.io/library/postgres:18", "postgres"),
        ("public.ecr.aws/docker/library/golang:1.24", "golang"),
        ("mirror.gcr.io/library/node", "node"),
        ("app", ""),
        ("bitnami/redis", ""),
        ("ghcr.io/example/redis", ""),
        ("quay.io/nginx", ""),
        ("public.ecr.aws/example/golang", ""),
        ("public.ecr.aws/golang", ""),
    ],
)
def test_official_images_are_those_that_docker_itself_publishes(text: str, name: str) -> None:
    assert official_name(image(text)) == name


def test_a_word_that_is_no_official_image_is_built_somewhere_here() -> None:
    names = ("app", "app:latest", "redis", "bitnami/redis", "quay.io/app")

    assert [is_local_name(image(name)) for name in names] == [True, True, False, False, False]


def test_programs_are_told_from_what_one_builds_upon() -> None:
    assert is_application(image("kong:3.8"))
    assert not is_application(image("python:3.13"))
    assert not is_application(image("app"))
    assert not is_application(image("ghcr.io/example/kong:3.8"))


def test_every_name_is_the_name_of_an_image() -> None:
    assert all(read_image(name) for name in OFFICIAL | PROXIES | STORES.keys())


def test_what_one_builds_upon_is_official() -> None:
    assert BASES < OFFICIAL
