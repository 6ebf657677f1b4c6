import pytest

from notifyctl.validate.kubernetes.templates import TEMPLATES, template_of
from tests.support.manifests import deployment, only_set, tree


@pytest.mark.parametrize("kind", TEMPLATES)
def test_every_kind_knows_where_its_pods_are_described(kind: str) -> None:
    job = "jobTemplate: {spec: {template: {spec: {containers: 3}}}}"
    text = f"{{spec: {{containers: 1, template: {{spec: {{containers: 2}}}}, {job}}}}}"

    found = template_of(kind, tree(text))["spec"]["containers"].value

    assert found == {"Pod": 1, "CronJob": 3}.get(kind, 2)


def test_half_a_workload_is_a_patch_and_no_workload() -> None:
    patch = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: a}
        spec: {template: {spec: {containers: [{name: app, resources: {}}]}}}
    """

    assert only_set(patch).workloads == []


def test_a_kind_of_another_group_is_no_workload() -> None:
    assert only_set(deployment().replace("apps/v1", "example.org/v1")).workloads == []
