"""The variables of a container, with what ConfigMaps bring."""

import pytest

from notifyctl.validate.kubernetes.environment import names_of_variables, variable_of
from tests.support.manifests import only_set, pod, read, together

MAP = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notify}\ndata: {PORT: '9001', PING: '25'}\n"
)


def value(container: str, name: str = "PORT", map_text: str = MAP) -> str | None:
    """The text of a variable; `unset` if there is none."""
    manifests = only_set(together(map_text, pod(container)))
    found = variable_of(manifests.workloads[0].containers[0], name, manifests)
    return found.text if found else "unset"


@pytest.mark.parametrize(
    ("container", "text"),
    [
        ("env: [{name: PORT, value: '1'}]", "1"),
        ("env: [{name: PORT}]", ""),
        ("env: [{name: OTHER, value: '1'}]", "unset"),
        ("env: [{name: PORT, valueFrom: {configMapKeyRef: {name: notify, key: PING}}}]", "25"),
        ("envFrom: [{configMapRef: {name: notify}}]", "9001"),
        ("envFrom: [{prefix: P, configMapRef: {name: notify}}]", "unset"),
        ("envFrom: [{configMapRef: {name: notify}}], env: [{name: PORT, value: '1'}]", "1"),
    ],
)
def test_a_variable_has_the_value_that_the_files_give_it(container: str, text: str) -> None:
    assert value(container) == text


@pytest.mark.parametrize(
    "container",
    [
        "env: [{name: PORT, valueFrom: {secretKeyRef: {name: notify, key: PORT}}}]",
        "env: [{name: PORT, valueFrom: {configMapKeyRef: {name: elsewhere, key: PORT}}}]",
        "env: [{name: PORT, value: $(OTHER)}]",
        "env: [{name: PORT, value: '${OTHER}'}]",
    ],
)
def test_what_only_the_cluster_or_another_tool_knows_has_no_text(container: str) -> None:
    assert value(container) is None


def test_a_prefix_stands_before_the_names_of_a_map() -> None:
    assert value("envFrom: [{prefix: A_, configMapRef: {name: notify}}]", "A_PORT") == "9001"


def test_the_nearest_of_several_maps_of_a_name_counts() -> None:
    (manifests,) = read(
        {
            "dev/map.yaml": MAP.replace("9001", "1"),
            "prod/map.yaml": MAP.replace("9001", "2"),
            "prod/pod.yaml": pod("envFrom: [{configMapRef: {name: notify}}]"),
        }
    )
    found = variable_of(manifests.workloads[0].containers[0], "PORT", manifests)

    assert found is not None
    assert (found.text, found.span.source.name) == ("2", "prod/map.yaml")


@pytest.mark.parametrize(
    ("container", "names"),
    [
        ("env: [{name: A, value: '1'}]", ["A"]),
        ("envFrom: [{prefix: B_, configMapRef: {name: notify}}]", ["B_PORT", "B_PING"]),
        ("envFrom: [{configMapRef: {name: elsewhere}}]", None),
        ("envFrom: [{secretRef: {name: notify}}]", None),
    ],
)
def test_the_names_are_known_unless_others_bring_some(
    container: str, names: list[str] | None
) -> None:
    manifests = only_set(together(MAP, pod(container)))

    assert names_of_variables(manifests.workloads[0].containers[0], manifests) == names
