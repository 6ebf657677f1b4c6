import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.validate.image import Image, read_image


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("python", Image("docker.io", "python")),
        ("python:3.13-slim", Image("docker.io", "python", "3.13-slim")),
        ("library/python", Image("docker.io", "python")),
        ("docker.io/library/python", Image("docker.io", "python")),
        ("bitnami/redis:7", Image("docker.io", "bitnami/redis", "7")),
        ("ghcr.io/a/b/c:1", Image("ghcr.io", "a/b/c", "1")),
        ("localhost:5000/a", Image("localhost:5000", "a")),
        ("a:1@sha256:0f", Image("docker.io", "a", "1", "sha256:0f")),
        ("a@sha256:0f", Image("docker.io", "a", "", "sha256:0f")),
    ],
)
def test_a_name_is_taken_apart(text: str, image: Image) -> None:
    assert read_image(text) == image


@pytest.mark.parametrize("text", ["", "A/b", "a b", "$IMAGE", "a//b", "ghcr.io/", "-a"])
def test_what_is_no_name_is_none(text: str) -> None:
    assert read_image(text) is None


def test_an_image_floats_without_a_version() -> None:
    floating = [read_image(text) for text in ("a", "a:latest")]
    fixed = [read_image(text) for text in ("a:1", "a:latest@sha256:0f", "a@sha256:0f")]

    assert all(image and image.is_floating for image in floating)
    assert not any(image and image.is_floating for image in fixed)


def test_official_can_be_what_docker_hub_has_without_an_owner() -> None:
    names = ("python", "docker.io/library/python", "a/python", "ghcr.io/python")

    assert [bool(image and image.may_be_official) for image in map(read_image, names)] == [
        True,
        True,
        False,
        False,
    ]
    image = read_image("ghcr.io/a/b:1")
    assert image is not None
    assert image.name == "b"


@given(st.text(max_size=40))
def test_every_text_is_a_name_or_none(text: str) -> None:
    assert isinstance(read_image(text), Image | None)
