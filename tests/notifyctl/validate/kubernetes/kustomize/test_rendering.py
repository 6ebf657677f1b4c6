import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.manifests import SERVICE, deployment, only_set, read

BASE: Final = {
    "base/kustomization.yaml": "resources: [deployment.yaml, service.yaml]",
    "base/deployment.yaml": deployment(),
    "base/service.yaml": SERVICE,
}


def overlay(text: str, **more: str) -> dict[str, str]:
    """The base with one overlay, and more files in its folder."""
    files = {f"prod/{name}.yaml": content for name, content in more.items()}
    return {**BASE, "prod/kustomization.yaml": f"resources: [../base]\n{text}", **files}


def test_an_overlay_changes_what_its_base_has() -> None:
    manifests = only_set(
        overlay(
            """
namespace: prod
namePrefix: x-
replicas: [{name: notify, count: 5}]
images: [{name: notifyctl, newTag: 0.2.0}]
patches:
  - path: more.yaml
  - target: {kind: Service}
    patch: |
      - {op: replace, path: /spec/ports/0/port, value: 81}
""",
            more=deployment("tty: true"),
        )
    )

    (workload,) = manifests.workloads
    (container,) = workload.containers
    (service,) = workload.services
    assert (workload.name, workload.namespace, workload.replicas) == ("x-notify", "prod", 5)
    assert (container.image, container.node["tty"].is_true) == ("notifyctl:0.2.0", True)
    assert service.node["spec"]["ports"].items[0]["port"].integer == 81
    assert service.name == "x-notify"


def test_a_finding_can_point_into_each_of_the_files() -> None:
    manifests = only_set(overlay("patches: [{path: more.yaml}]", more=deployment("tty: true")))

    (container,) = manifests.workloads[0].containers

    assert container.node["image"].span.source.name == "prod/more.yaml"
    assert container.node.head.source.name == "base/deployment.yaml"


def test_labels_keep_services_and_pods_together() -> None:
    manifests = only_set(overlay("commonLabels: {env: prod}"))

    (workload,) = manifests.workloads
    assert workload.pod_labels == {"app": "notify", "env": "prod"}
    assert len(workload.services) == 1


def test_labels_of_the_newer_kind_leave_selectors_alone() -> None:
    manifests = only_set(overlay("labels: [{pairs: {env: prod}, includeTemplates: true}]"))

    (workload,) = manifests.workloads
    assert workload.pod_labels == {"app": "notify", "env": "prod"}
    assert "env" not in workload.node["spec"]["selector"]["matchLabels"]


def test_a_component_changes_what_is_there_already() -> None:
    manifests = only_set(
        {
            **overlay("components: [../component]"),
            "component/kustomization.yaml": (
                "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\n"
                "resources: [more.yaml]\nnameSuffix: -c\n"
            ),
            "component/more.yaml": SERVICE.replace("name: notify", "name: more", 1),
        }
    )

    assert sorted(each.name for each in manifests.manifests) == ["more-c", "notify-c", "notify-c"]
    assert not manifests.incomplete


def test_a_reference_by_the_name_of_the_base_follows() -> None:
    manifests = only_set(
        {
            **overlay(
                "patches: [{path: more.yaml}]", more=deployment(pod="serviceAccountName: sa")
            ),
            "base/kustomization.yaml": (
                "resources: [deployment.yaml, service.yaml, sa.yaml]\nnamePrefix: b-\n"
            ),
            "base/sa.yaml": "{apiVersion: v1, kind: ServiceAccount, metadata: {name: sa}}",
        }
    )

    assert manifests.workloads[0].pod["serviceAccountName"].string == "b-sa"


def test_what_is_made_is_found_by_its_name() -> None:
    manifests = only_set(
        overlay("namePrefix: x-\nconfigMapGenerator: [{name: a, literals: [B=1]}]")
    )

    made = manifests.find("ConfigMap", "x-a", "")
    assert made is not None
    assert made.node["data"].plain() == {"B": "1"}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("resources: [gone.yaml]", "`gone.yaml` cannot be read: there is no such file"),
        ("resources: [../gone]", "`../gone` cannot be read: there is no kustomization"),
        ("patches: [{path: gone.yaml}]", "`gone.yaml`"),
        ("patchesStrategicMerge: [gone.yaml]", "`gone.yaml`"),
        ("components: [gone]", "`gone`"),
    ],
)
def test_what_is_missing_is_told_and_the_rest_goes_on(text: str, word: str) -> None:
    manifests = only_set(
        {"kustomization.yaml": f"{text}\nbases: [base]\n", **BASE}
        if not text.startswith("resources")
        else {"kustomization.yaml": f"{text.removesuffix(']')}, base]\n", **BASE}
    )

    (flaw,) = manifests.flaws
    assert word in flaw.message
    assert flaw.span.source.name == "kustomization.yaml"
    assert manifests.incomplete
    assert len(manifests.workloads) == 1


def test_what_is_missing_in_a_base_is_told_once() -> None:
    sets = read(
        {
            "base/kustomization.yaml": "resources: [gone.yaml, there.yaml]",
            "base/there.yaml": SERVICE,
            "one/kustomization.yaml": "resources: [../base]",
            "two/kustomization.yaml": "resources: [../base]",
        }
    )

    assert [len(each.flaws) for each in sets] == [1, 0]


def test_a_kustomization_without_any_of_its_files_was_handed_over_alone() -> None:
    manifests = only_set({"app/kustomization.yaml": "resources: [a.yaml, ../base]"})

    assert manifests.incomplete
    assert list(manifests.flaws) == []


def test_what_comes_from_elsewhere_is_unknown_and_no_flaw() -> None:
    manifests = only_set(overlay("bases: ['https://example.org/base?ref=v1']"))

    assert manifests.incomplete
    assert list(manifests.flaws) == []


def test_what_is_reached_on_many_ways_is_built_once() -> None:
    files = {"base/kustomization.yaml": "resources: [a.yaml]", "base/a.yaml": SERVICE}
    below = "../base"
    for level in range(30):
        for side in ("left", "right"):
            files[f"{side}{level}/kustomization.yaml"] = f"resources: [{below}]"
        below = f"../left{level}, ../right{level}"
    files["top/kustomization.yaml"] = f"resources: [{below}]"

    manifests = only_set(files)

    assert [each.name for each in manifests.manifests] == ["notify"]


def test_a_circle_is_told() -> None:
    sets = read(
        {
            "kustomization.yaml": "resources: [a]",
            "a/kustomization.yaml": "resources: [../b]",
            "b/kustomization.yaml": "resources: [../a]",
        }
    )

    assert ["builds on itself" in flaw.message for each in sets for flaw in each.flaws] == [True]


def test_a_circle_that_nobody_else_uses_is_told_too() -> None:
    manifests = only_set(
        {
            "a/kustomization.yaml": "resources: [../b]",
            "b/kustomization.yaml": "resources: [../a, c.yaml]",
            "b/c.yaml": SERVICE,
        }
    )

    assert ["builds on itself" in flaw.message for flaw in manifests.flaws] == [True]
    assert len(manifests.manifests) == 1


def test_a_component_that_nobody_uses_is_incomplete() -> None:
    manifests = only_set(
        {
            "c/kustomization.yaml": "kind: Component\nresources: [a.yaml]",
            "c/a.yaml": SERVICE,
        }
    )

    assert manifests.incomplete


KEYS: Final = (
    *("resources", "components", "namespace", "namePrefix", "commonLabels", "labels", "images"),
    *("replicas", "patches", "patchesStrategicMerge", "patchesJson6902", "configMapGenerator"),
    *("secretGenerator", "commonAnnotations", "nameSuffix", "bases"),
)
SCALARS: Final = st.sampled_from(
    [None, True, 5, "", "a.yaml", "..", ".", "notify", "- op: add", "["]
)
WILD: Final = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["name", "path", "patch", "target", "pairs"]), inner)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(KEYS), WILD))
def test_whatever_a_kustomization_says_something_is_built(content: dict[str, Any]) -> None:
    files = {"kustomization.yaml": json.dumps(content), "a.yaml": deployment(), "b.yaml": SERVICE}

    assert any(each.is_rendered for each in read(files))
