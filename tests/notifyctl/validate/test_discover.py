"""Which files there are to check, and what each of them is."""

import os
from pathlib import Path

import pytest

from notifyctl.validate.discover import Kind, discover, kind_of

MANIFEST = b"apiVersion: v1\nkind: Service\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, *names: str, content: bytes = MANIFEST) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Dockerfile", Kind.DOCKERFILE),
        ("Dockerfile.production", Kind.DOCKERFILE),
        ("api.Dockerfile", Kind.DOCKERFILE),
        ("api.dockerfile", Kind.DOCKERFILE),
        ("Dockerfile-alpine", Kind.DOCKERFILE),
        ("Dockerfile_gpu", Kind.DOCKERFILE),
        ("Dockerfile.ubuntu-24.04", Kind.DOCKERFILE),
        ("base-Dockerfile", Kind.DOCKERFILE),
        ("Containerfile", Kind.DOCKERFILE),
        ("Dockerfile.j2", None),
        ("Dockerfile.md", None),
        ("Dockerfile.dockerignore", None),
        ("dockerfile.tar.gz", None),
        ("dockerfile_parser.rs", None),
        ("DockerfileParser", None),
        ("compose.yaml", Kind.COMPOSE),
        ("compose.override.yml", Kind.COMPOSE),
        ("docker-compose.prod.yml", Kind.COMPOSE),
        ("docker-compose-dev.yaml", Kind.COMPOSE),
        ("composer.json", None),
        ("decompose.yaml", None),
        ("kustomization.yaml", Kind.KUBERNETES),
        ("values.yaml", None),
    ],
)
def test_a_name_tells_what_a_file_is(name: str, kind: Kind | None) -> None:
    assert kind_of(name, b"FROM scratch\n") == kind


@pytest.mark.parametrize(
    ("name", "content", "is_one"),
    [
        ("Dockerfile", b"RUN make\n", True),
        ("api.Dockerfile", b"RUN make\n", True),
        ("Dockerfile.dev", b"# syntax=docker/dockerfile:1\n\nARG A\nFROM a\n", True),
        ("Dockerfile.dev", b"  # a comment\r\n  from a\r\n", True),
        ("Dockerfile.dev", b"", True),
        ("Dockerfile.install_app", b"ADD . /app\nFROM a\n", False),
        ("dockerfile_parser.pest", b"// the grammar\nfrom = { 1 }\n", False),
        ("Dockerfile.pest", b"from_flag = { 1 }\n", False),
        ("lint-dockerfile", b"#!/bin/sh\nhadolint Dockerfile\n", False),
    ],
)
def test_a_name_like_that_of_a_dockerfile_is_one_of_what_begins_like_one(
    name: str, content: bytes, is_one: bool
) -> None:
    assert (kind_of(name, content) is Kind.DOCKERFILE) is is_one


def test_part_of_a_dockerfile_is_checked_where_somebody_names_it(folder: Path) -> None:
    write(folder, "Dockerfile.part", content=b"RUN make\n")

    assert discover([]).files == {}
    assert discover(["Dockerfile.part"]).files == {"Dockerfile.part": Kind.DOCKERFILE}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"apiVersion: v1\nkind: Service\n", Kind.KUBERNETES),
        (b"# a licence\n---\nkind: Service\napiVersion: v1\n", Kind.KUBERNETES),
        (b'{"apiVersion": "v1", "kind": "Service"}', Kind.KUBERNETES),
        (b"apiVersion: v2\nname: chart\n", None),
        (b"on: push\njobs: {}\n", None),
    ],
)
def test_the_content_of_yaml_tells_whether_it_is_for_kubernetes(
    content: bytes, kind: Kind | None
) -> None:
    assert kind_of("some.yaml", content) == kind


def test_a_name_may_have_any_character(folder: Path) -> None:
    names = ["a b.yaml", "a\nb.yaml", "a%0Ab.yaml", "ü.yaml", "-a.yaml"]
    write(folder, *names)

    assert set(discover(["."]).files) == set(names)


def test_files_come_in_the_order_of_their_paths(folder: Path) -> None:
    write(folder, "k8s/b.yaml", "k8s/a.yaml", "compose.yaml", "Dockerfile", "notes.txt")

    assert list(discover([]).files) == ["Dockerfile", "compose.yaml", "k8s/a.yaml", "k8s/b.yaml"]


def test_what_is_not_yours_is_left_out_and_told(folder: Path) -> None:
    write(
        folder,
        ".git/a.yaml",
        "web/node_modules/x/Dockerfile",
        "env/lib/Dockerfile",
        "chart/templates/service.yaml",
        "vendored/a.yaml",
        "own.yaml",
    )
    write(folder, "env/pyvenv.cfg", "chart/Chart.yaml", content=b"apiVersion: v2\nname: chart\n")
    found = discover([], exclude=["vendored/*"])

    assert list(found.files) == ["own.yaml"]
    assert found.left_out == {
        ".git": "not yours",
        "web/node_modules": "not yours",
        "env": "a virtual environment",
        "chart/templates": "templates of a Helm chart",
        "vendored/a.yaml": "excluded",
    }


def test_a_file_that_is_named_is_taken_for_what_stands_in_it(folder: Path) -> None:
    write(folder, "build.txt", content=b"FROM python:3.13-slim\n")
    write(folder, "stack", content=b"services:\n  app: {image: a}\n")
    write(folder, "service.json", content=b'{"apiVersion": "v1", "kind": "Service"}')

    assert discover(["build.txt", "stack", "service.json"]).files == {
        "build.txt": Kind.DOCKERFILE,
        "service.json": Kind.KUBERNETES,
        "stack": Kind.COMPOSE,
    }


def test_what_cannot_be_checked_is_told_with_the_reason(folder: Path) -> None:
    write(folder, "notes.txt", content=b"hello")
    os.symlink("nowhere", folder / "link.yaml")
    found = discover(["notes.txt", "link.yaml", "gone.yaml"])

    assert [(each.target, each.reason) for each in found.unchecked] == [
        ("notes.txt", "is neither a Dockerfile nor a compose file nor a Kubernetes manifest"),
        ("link.yaml", "is a link to nothing"),
        ("gone.yaml", "does not exist"),
    ]


def test_what_nobody_may_read_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "open/service.yaml")
    write(folder, "values.yaml", content=b"")
    (folder / "closed").mkdir()
    real = os.scandir

    def scandir(path: str) -> object:
        # The tests may run as somebody who may read everything.
        if os.path.basename(path) == "closed":
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(os, "access", lambda name, mode: name != "values.yaml")
    found = discover(["."])

    assert list(found.files) == ["open/service.yaml"]
    assert {each.sentence for each in found.unchecked} == {
        "values.yaml cannot be read (Permission denied)",
        "closed cannot be read (Permission denied)",
    }


def test_a_pipe_is_no_file_to_wait_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    os.mkfifo(folder / "Dockerfile.pipe")
    write(folder, "service.yaml")

    # One that somebody names is told to be none by whoever would read it.
    assert "service.yaml" in discover(["."]).files
    assert "pipe.yaml" in discover(["pipe.yaml"]).files
