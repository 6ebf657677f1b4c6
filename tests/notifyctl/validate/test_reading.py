"""From paths to a workspace, with what could not be read."""

from pathlib import Path

import pytest

from notifyctl.validate.discover import Kind
from notifyctl.validate.reading import survey
from notifyctl.validate.settings import Settings

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that is looked at."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_each_kind_of_file_becomes_what_it_means(here: Path) -> None:
    (here / "Dockerfile").write_text("FROM a:1\n")
    (here / "compose.yaml").write_text("services: {a: {image: b}}\n")
    (here / "service.yaml").write_text(SERVICE)
    surveyed = survey([], Settings())

    assert list(surveyed.found.files.values()) == [Kind.DOCKERFILE, Kind.COMPOSE, Kind.KUBERNETES]
    assert len(surveyed.workspace.dockerfiles) == 1
    assert [project.services.keys() for project in surveyed.workspace.projects] == [{"a"}]
    assert [each.name for each in surveyed.workspace.sets[0].manifests] == ["a"]


def test_a_kustomization_reads_what_it_names_beyond_the_paths(here: Path) -> None:
    (here / "base").mkdir()
    (here / "overlay").mkdir()
    (here / "base" / "service.yaml").write_text(SERVICE)
    (here / "base" / "kustomization.yaml").write_text("resources: [service.yaml]\n")
    (here / "overlay" / "kustomization.yaml").write_text("resources: [../base]\n")
    (only,) = survey(["overlay"], Settings()).workspace.sets

    assert [each.name for each in only.manifests] == ["a"]


def test_what_cannot_be_read_hides_nothing_else(here: Path) -> None:
    (here / "Dockerfile").write_bytes(b"FROM a\x00:1\n")
    (here / "service.yaml").write_text(SERVICE)
    surveyed = survey([], Settings())

    assert [each.sentence for each in surveyed.unchecked] == ["Dockerfile is not a text file"]
    assert len(surveyed.workspace.sets) == 1


def test_foreign_bytes_are_a_flaw_of_yaml_and_none_of_a_dockerfile(here: Path) -> None:
    (here / "Dockerfile").write_bytes(b"# caf\xe9\nFROM a:1\n")
    (here / "service.yaml").write_bytes(b"# caf\xe9\n" + SERVICE.encode())
    surveyed = survey([], Settings())

    assert [flaw.span.source.name for flaw in surveyed.workspace.flaws] == ["service.yaml"]
    assert surveyed.damaged == {"Dockerfile", "service.yaml"}


def test_a_template_is_left_out_unless_it_is_named(here: Path) -> None:
    (here / "a.yaml").write_text("apiVersion: v1\nkind: A\n{{ if x }}\nb: {{ c }}\n{{ end }}\n")

    assert survey([], Settings()).found.left_out == {"a.yaml": "a template"}
    assert survey(["a.yaml"], Settings()).workspace.flaws
