import pytest

from notifyctl.validate.dockerfile.tools import absent_tool, may_bring
from notifyctl.validate.image import Image, read_image
from tests.support.dockerfiles import dockerfile


def image(text: str) -> Image:
    found = read_image(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("asked", "base", "absent"),
    [
        (["curl"], "python:3.13-slim", "curl"),
        (["curl", "wget"], "python:3.13-slim", "curl"),
        (["sh", "curl", "grep"], "alpine:3.22", "curl"),
        (["curl", "wget"], "alpine:3.22", ""),
        (["curl"], "ghcr.io/example/base:1", ""),
        (["pg_isready"], "python:3.13-slim", ""),
        ([], "scratch", ""),
    ],
)
def test_a_tool_is_absent_if_no_other_can_take_its_place(
    asked: list[str], base: str, absent: str
) -> None:
    assert absent_tool(asked, image(base), None) == absent


def test_what_is_installed_is_not_absent() -> None:
    base = image("python:3.13-slim")
    bare, installing = dockerfile("FROM a:1\n"), dockerfile("FROM a:1\nRUN apt-get install curl\n")

    assert absent_tool(["curl"], base, bare) == "curl"
    assert absent_tool(["curl"], base, installing) == ""


@pytest.mark.parametrize(
    "line",
    [
        "RUN apk add --no-cache curl",
        "RUN ./install.sh",
        "RUN apt-get install -y $PACKAGES",
        'ENTRYPOINT ["/usr/bin/curl"]',
        "COPY --from=build /usr/bin/curl /usr/bin/",
        "COPY --from=curlimages/curl /entry /x",
        "COPY --from=build / /",
        "ADD tools.tar.gz /usr/local/bin/",
    ],
)
def test_these_lines_may_bring_a_program(line: str) -> None:
    assert may_bring(dockerfile(f"FROM a:1\n{line}\n"), "curl")


@pytest.mark.parametrize(
    "line",
    [
        "RUN apt-get install -y ca-certificates",
        "RUN pip install app",
        "COPY app.py /app/",
        "COPY --from=build /app /app",
        "EXPOSE 8000",
    ],
)
def test_these_lines_bring_no_other_program(line: str) -> None:
    assert not may_bring(dockerfile(f"FROM a:1\n{line}\n"), "curl")
