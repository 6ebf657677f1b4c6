from typing import Any

import pytest

from notifyctl.validate.dockerfile import read_dockerfile
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Source
from tests.support.dockerfiles import dockerfile


def holds(text: str, **settings: Any) -> bool:
    return dockerfile(text).holds_sockets(Settings(**settings))


@pytest.mark.parametrize(
    "text",
    [
        'FROM a:1\nCMD ["notifyctl", "serve"]\n',
        'FROM a:1\nENTRYPOINT ["/opt/bin/notifyctl"]\nCMD ["serve"]\n',
        "FROM a:1\nCMD exec notifyctl serve --host 0.0.0.0\n",
        "FROM ghcr.io/example/notifyd:1\n",
        "FROM a:1\nENV NOTIFYD_WS_PORT=8001\n",
        'FROM a:1\nLABEL notifyctl.dev/service="true"\n',
        "FROM a:1\nEXPOSE 8001 8000\n",
        "FROM python:3.13-slim\nEXPOSE 8000-8001\n",
        "FROM a:1\nRUN pip install --no-cache-dir notifyctl\nEXPOSE 8000\n",
        'FROM a:1 AS b\nCMD ["notifyctl", "serve"]\nFROM b\n',
    ],
)
def test_the_notification_service_is_known_by_what_it_is(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "FROM a:1\nEXPOSE 8000\n",
        "FROM a:1\nEXPOSE 8001\n",
        "FROM kong:3.8\nEXPOSE 8000 8001\n",
        "FROM docker.io/kong/kong-gateway:3.8\nEXPOSE 8000 8001\n",
        "FROM a:1\nEXPOSE 8000 8001 8002\n",
        'FROM a:1\nEXPOSE 8000 8001\nCMD ["/opt/bin/tritonserver"]\n',
        "FROM a:1\nRUN pip install notifyctl\n",
        'FROM a:1\nCMD ["notifyctl", "send", "me", "hello"]\n',
        'FROM a:1\nLABEL notifyctl.dev/service="false"\n',
        'FROM a:1 AS b\nCMD ["notifyctl", "serve"]\nFROM c:1\n',
    ],
)
def test_other_images_are_not_taken_for_it(text: str) -> None:
    assert not holds(text)


def test_it_can_be_named_in_the_settings() -> None:
    assert holds("FROM example.org/base/pigeon:1\n", service=("pigeon",))
    images = {"example.org/pigeon": "Dockerfile"}
    assert holds("FROM a:1\n", service=("example.org/pigeon",), images=images)
    assert not holds("FROM a:1\n", service=("other",), images=images)


def test_the_service_listens_where_its_environment_says() -> None:
    image = dockerfile("FROM a:1\nENV NOTIFYD_HTTP_PORT=9000 NOTIFYD_WS_PORT=$X\n")

    assert image.launch.listening_ports(Settings()) == (9000, None)
    assert dockerfile("FROM a:1\n").launch.listening_ports(Settings()) == (8000, 8001)


def test_it_lies_in_a_folder_and_is_about_its_last_stage() -> None:
    reading = read_dockerfile(Source("deploy/web/Dockerfile", "FROM a:1 AS b\nFROM c:1 AS final\n"))

    assert reading.dockerfile is not None
    assert reading.dockerfile.folder == "deploy/web"
    assert reading.dockerfile.about.name == "final"
    assert dockerfile("FROM a:1\nFROM b:1\n").about.name == "1"


def test_what_run_does_counts_in_all_stages_that_the_image_is_made_of() -> None:
    image = dockerfile("FROM a:1 AS b\nRUN one\nFROM c:1\nRUN two\nFROM b\nRUN <<E\nthree\nE\n")

    assert image.run_lines == ["one", "<<E\nthree\n"]
