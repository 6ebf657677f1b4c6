import pytest

from notifyctl.validate.compose.images import OFFICIAL, PROXIES, STORES, is_official
from notifyctl.validate.image import read_image


@pytest.mark.parametrize("name", ["redis", "redis:7", "docker.io/library/postgres:18", "alpine"])
def test_docker_itself_publishes_its_official_images(name: str) -> None:
    image = read_image(name)

    assert image
    assert is_official(image)


@pytest.mark.parametrize("name", ["app", "bitnami/redis", "ghcr.io/example/redis", "quay.io/nginx"])
def test_others_publish_images_of_the_same_names(name: str) -> None:
    image = read_image(name)

    assert image
    assert not is_official(image)


def test_every_name_is_the_name_of_an_image() -> None:
    assert all(read_image(name) for name in OFFICIAL | PROXIES | STORES.keys())
