"""`notifyctl init`: files under one's own names, and what to do with them."""

from pathlib import Path

import pytest

from tests.support.command_line import Notifyctl


def test_the_files_are_written_and_named_and_the_next_steps_are_told(
    notifyctl: Notifyctl, tmp_path: Path
) -> None:
    folder = tmp_path / "deploy"
    image = "registry.example.org/ping:2"
    outcome = notifyctl(
        "init",
        folder,
        "--image",
        image,
        "--name",
        "ping",
        "--namespace",
        "team",
        "--host",
        "a.example",
    )

    named = [line.strip() for line in outcome.out.partition("\n\n")[0].splitlines()[1:]]
    assert (outcome.status, outcome.err) == (0, "")
    assert named == sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()
    )
    assert f"\n  docker build --tag {image} .\n  docker push {image}\n" in outcome.out
    assert "wss://a.example/ws" in (folder / "compose.production.yaml").read_text()
    assert (
        "namespace: team"
        in (folder / "kubernetes/overlays/one-node/kustomization.yaml").read_text()
    )


def test_without_options_the_projects_own_names_are_used(
    notifyctl: Notifyctl, tmp_path: Path
) -> None:
    (printed,) = notifyctl("init", tmp_path / "deploy", "--json").objects

    assert printed["folder"] == str(tmp_path / "deploy")
    assert "Dockerfile" in printed["files"]
    assert any("kubectl create namespace notifyd" in step["commands"] for step in printed["next"])


def test_nothing_is_overwritten_without_force(notifyctl: Notifyctl, tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    refused = notifyctl("init", tmp_path)

    assert refused.status == 2
    assert refused.err == (
        f"notifyctl: {tmp_path} has files already that would be overwritten (compose.yaml); "
        "choose another folder, or add --force.\n"
    )
    assert (tmp_path / "compose.yaml").read_text() == "services: {}\n"

    assert notifyctl("init", tmp_path, "--force").status == 0
    assert "notifyd" in (tmp_path / "compose.yaml").read_text()


@pytest.mark.parametrize(
    ("option", "value"),
    [("--name", "Ping"), ("--namespace", "a.b"), ("--host", "https://x"), ("--image", "x:latest")],
)
def test_a_name_that_does_not_work_is_refused_before_anything_is_written(
    notifyctl: Notifyctl, tmp_path: Path, option: str, value: str
) -> None:
    refused = notifyctl("init", tmp_path / "deploy", option, value)

    assert refused.status == 2
    assert refused.err.count("\n") == 1
    assert option in refused.err
    assert not (tmp_path / "deploy").exists()
