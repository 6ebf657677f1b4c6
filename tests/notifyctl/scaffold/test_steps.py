"""What to do next: commands that are right as they stand."""

import json
import shlex

import pytest

from notifyctl.scaffold.names import Names
from notifyctl.scaffold.steps import steps, wheel_command

NAMES = Names(
    name="ping", namespace="team", host="ping.example.com", repository="hub.example.com/x", tag="2"
)


def commands(names: Names = NAMES, folder: str = "deploy", wheel: str | None = None) -> list[str]:
    return [command for step in steps(names, folder, wheel) for command in step.commands]


def test_the_image_is_built_pushed_and_applied_under_its_names() -> None:
    assert commands()[:3] == [
        "cd deploy",
        "docker build --tag hub.example.com/x:2 .",
        "docker push hub.example.com/x:2",
    ]
    assert "docker compose exec ping notifyctl token issue alice" in commands()
    assert "kubectl create namespace team" in commands()
    assert commands()[-1] == "kubectl apply --kustomize kubernetes/overlays/one-node"


def test_what_has_no_registry_cannot_be_pushed() -> None:
    local = Names(name="ping", namespace="team", host="a.example", repository="x", tag="2")

    assert not any("push" in command for command in commands(local))


def test_a_folder_is_quoted_and_the_current_one_needs_no_way() -> None:
    assert commands(folder="my deploy")[0] == "cd 'my deploy'"
    assert commands(folder=".")[0].startswith("docker build")


def test_a_wheel_comes_before_the_build() -> None:
    assert commands(wheel="pip wheel x")[1:3] == [
        "pip wheel x",
        "docker build --tag hub.example.com/x:2 .",
    ]


@pytest.mark.parametrize(
    ("origin", "source"),
    [
        ({"url": "file:///home/me/my%20notifyctl", "dir_info": {}}, "/home/me/my notifyctl"),
        ({"url": "file:///tmp/n.whl", "archive_info": {}}, "/tmp/n.whl"),
        ({"url": "https://a.example/n.whl", "archive_info": {}}, "https://a.example/n.whl"),
        (
            {"url": "https://a.example/n", "vcs_info": {"vcs": "git", "commit_id": "1f"}},
            "git+https://a.example/n@1f",
        ),
    ],
)
def test_what_came_from_no_index_is_fetched_from_where_it_came(
    origin: dict[str, object], source: str
) -> None:
    command = wheel_command("/opt/my python", json.dumps(origin))

    assert command is not None
    assert shlex.split(command) == [
        *("/opt/my python", "-m", "pip", "wheel", "--no-deps", "--wheel-dir", ".", source),
    ]


def test_what_came_from_an_index_needs_no_wheel() -> None:
    assert wheel_command("python3", None) is None
