from notifyctl.validate.finding import Named
from notifyctl.validate.source import Source
from tests.support.manifests import SERVICE, deployment, only_set, tree

SELECTOR = tree("{app: notify}")


def test_a_set_finds_its_objects_by_kind_name_and_namespace() -> None:
    manifests = only_set(
        {
            "a.yaml": SERVICE.replace("name: notify", "name: notify, namespace: a", 1),
            "b.yaml": SERVICE.replace("name: notify", "name: notify, namespace: b", 1),
        }
    )

    found = manifests.find("Service", "notify", "b")

    assert found is not None
    assert found.source.name == "b.yaml"
    assert manifests.find("Service", "notify", "c") is None
    assert manifests.find("Service", "other", "a") is None
    assert manifests.find("Secret", "notify", "a") is None


def test_an_object_without_a_namespace_may_be_in_any() -> None:
    assert only_set(SERVICE).find("Service", "notify", "a") is not None


def test_the_nearest_workloads_are_selected() -> None:
    manifests = only_set(
        {
            "a/one.yaml": deployment(name="one"),
            "a/two.yaml": deployment(name="two"),
            "b/three.yaml": deployment(name="three"),
        }
    )

    def selected(near: str) -> list[str]:
        return [each.name for each in manifests.selected_by(SELECTOR, "", Source(near, ""))]

    assert selected("a/one.yaml") == ["one"]
    assert selected("b/service.yaml") == ["three"]
    assert selected("a/service.yaml") == ["one", "two"]
    assert selected("c/service.yaml") == ["one", "two", "three"]


def test_what_a_kustomization_builds_is_one_however_its_files_lie() -> None:
    manifests = only_set(
        {
            "kustomization.yaml": "resources: [a/one.yaml, b/two.yaml]",
            "a/one.yaml": deployment(name="one"),
            "b/two.yaml": deployment(name="two"),
        }
    )

    assert len(manifests.selected_by(SELECTOR, "", Source("a/one.yaml", ""))) == 2
    assert manifests.about == Named("Kustomization", ".")


def test_every_label_of_a_selector_counts() -> None:
    manifests = only_set(deployment(labels="app: notify, tier: web"))

    def selected(selector: str) -> int:
        return len(manifests.selected_by(tree(selector), "", Source("x", "")))

    assert selected("{app: notify, tier: web}") == 1
    assert selected("{app: notify, tier: db}") == 0
    assert selected("{matchLabels: {app: notify}}") == 1
    assert selected("{matchExpressions: [{key: tier, operator: Exists}]}") == 1
    assert selected("{matchExpressions: [{key: gone, operator: Exists}]}") == 0


def test_a_selector_reaches_no_other_namespace() -> None:
    manifests = only_set(deployment().replace("name: notify}", "name: notify, namespace: a}", 1))

    assert len(manifests.selected_by(SELECTOR, "a", Source("x", ""))) == 1
    assert manifests.selected_by(SELECTOR, "b", Source("x", "")) == []


def test_a_workload_knows_the_services_that_select_it() -> None:
    other = SERVICE.replace("app: notify", "app: other").replace("name: notify", "name: other")
    without = "{apiVersion: v1, kind: Service, metadata: {name: external}, spec: {selector: {}}}"
    manifests = only_set({"a.yaml": f"{deployment()}---\n{SERVICE}---\n{other}---\n{without}"})

    (workload,) = manifests.workloads

    assert [each.name for each in workload.services] == ["notify"]
    assert all(container.workload is workload for container in workload.containers)
