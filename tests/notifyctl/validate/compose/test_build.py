import pytest

from notifyctl.validate.compose.build import Build, read_build
from notifyctl.validate.compose.canonical import canonical_service
from notifyctl.validate.compose.interpolation import interpolate
from tests.support.compose import tree


def read(text: str, folder: str = "") -> Build | None:
    service = interpolate(canonical_service(tree(text)), {})
    return read_build(service["build"], lambda node: folder)


@pytest.mark.parametrize(
    ("text", "context", "dockerfile"),
    [
        ("build: .", ".", "Dockerfile"),
        ("build: ./app", "app", "app/Dockerfile"),
        ("build: {context: app, dockerfile: ../x.Dockerfile}", "app", "x.Dockerfile"),
        ("build: {dockerfile: x}", ".", "x"),
        ("build: '${WHERE:-app}'", "app", "app/Dockerfile"),
        ("build: {context: app, dockerfile_inline: FROM x}", "app", None),
        ("build: {context: '${WHERE}'}", None, None),
        ("build: {context: app, dockerfile: '${WHICH}'}", "app", None),
        ("build: https://github.com/example/app.git", None, None),
    ],
)
def test_a_build_names_its_files(text: str, context: str | None, dockerfile: str | None) -> None:
    build = read(text)

    assert build
    assert (build.context, build.dockerfile) == (context, dockerfile)


def test_paths_start_from_the_folder_of_the_file() -> None:
    build = read("build: {context: ../app, target: final}", "deploy/here")

    assert build
    assert (build.context, build.dockerfile, build.target) == (
        "deploy/app",
        "deploy/app/Dockerfile",
        "final",
    )


def test_a_service_without_a_build_is_not_built() -> None:
    assert read("image: x") is None
    assert read("build:") is None
