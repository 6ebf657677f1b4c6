import pytest

from notifyctl.validate.kubernetes.kustomize.kustomization import (
    Kustomization,
    is_kustomization,
    is_remote,
)
from tests.support.manifests import tree


def kustomization(text: str) -> Kustomization:
    node = tree(text, "app/kustomization.yaml")
    return Kustomization("app", node.source, node)


def test_paths_start_at_the_folder_of_the_file() -> None:
    found = kustomization("{resources: [a.yaml, ../base/], bases: [./b], components: [../c]}")

    assert [each.path for each in found.resources] == ["app/a.yaml", "base", "app/b"]
    assert [each.path for each in found.components] == ["c"]


def test_every_file_that_it_names_is_its_own() -> None:
    found = kustomization(
        """
        resources: [a.yaml, dir]
        patches: [{path: b.yaml}, {patch: "- op: add"}]
        patchesStrategicMerge: [c.yaml, "kind: Deployment"]
        patchesJson6902: [{target: {}, path: d.json}]
        configMapGenerator: [{name: x, files: [e.yaml, key=f.yaml]}]
        transformers: [g.yaml]
        crds: [h.json]
        replacements: [{path: i.yaml}]
        helmCharts: [{valuesFile: j.yaml}]
        """
    )

    names = {name for name in found.files() if name.endswith((".yaml", ".json"))}

    assert names == {f"app/{x}.yaml" for x in ("kustomization", *"abcefgij")} | {
        "app/d.json",
        "app/h.json",
    }


@pytest.mark.parametrize(
    "key", ["replacements", "vars", "helmCharts", "generators", "transformers"]
)
def test_what_is_not_built_here_is_known(key: str) -> None:
    assert not kustomization(f"{{{key}: [a]}}").is_built_whole
    assert kustomization(f"{{{key}: }}").is_built_whole


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a.yaml",
        "github.com/acme/app//config?ref=v1",
        "git@github.com:acme/app.git",
        "git::https://example.org/app",
        "acme/app.git/base",
        "ssh://git@example.org/app",
    ],
)
def test_what_has_to_be_fetched_is_remote(text: str) -> None:
    assert is_remote(text)


@pytest.mark.parametrize(
    "text", ["a.yaml", "../base", "./x.y/a.yaml", "base/v1.2", "..", "a/b.yaml"]
)
def test_what_is_a_path_is_not_remote(text: str) -> None:
    assert not is_remote(text)


def test_a_kustomization_is_one_by_its_file_and_version() -> None:
    ours = tree("{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization}")
    theirs = tree("{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization}")

    assert is_kustomization("a/kustomization.yaml", ours)
    assert is_kustomization("Kustomization", tree("{resources: []}"))
    assert not is_kustomization("kustomization.yaml", theirs)
    assert not is_kustomization("a/deployment.yaml", ours)
