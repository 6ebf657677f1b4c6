"""Ports and selectors that lead to pods."""

import pytest

from tests.support.manifests import deployment, pod, together
from tests.support.validating import findings, found

PORTS = "ports: [{name: http, containerPort: 8000}, {name: ws, containerPort: 8001}]"


def service(
    ports: str = "{port: 80}", spec: str = "", app: str = "notify", name: str = "notify"
) -> str:
    return f"""\
apiVersion: v1
kind: Service
metadata: {{name: {name}, labels: {{app: {app}}}}}
spec: {{{spec}selector: {{app: {app}}}, ports: [{ports}]}}
"""


def dead(*texts: str) -> list[str]:
    return [place for _, _, place in found({"manifest.yaml": together(*texts)}, "XF403")]


@pytest.mark.parametrize(
    ("ports", "places"),
    [
        ("{port: 80, targetPort: wss}", ["wss"]),
        ("{port: 80, targetPort: 9001}", ["9001"]),
        ("{port: 8001, targetPort: ws, protocol: UDP}", ["ws"]),
        ("{port: 80, targetPort: ws}", []),
        ("{port: 8001}", []),
        ("{port: 80, targetPort: 8000}", []),
        ("{port: 80, targetPort: '${PORT}'}", []),
    ],
)
def test_a_service_of_ours_leads_to_a_port_that_is_declared(ports: str, places: list[str]) -> None:
    assert dead(service(ports), pod(PORTS)) == places


@pytest.mark.parametrize(
    ("container", "ports", "places"),
    [
        ("ports: [{name: web, containerPort: 80}]", "{port: 80, targetPort: 9000}", []),
        ("ports: [{name: web, containerPort: 80}]", "{port: 80, targetPort: wbe}", ["wbe"]),
        ("ports: []", "{port: 80, targetPort: http}", ["http"]),
        ("ports: [{name: web, containerPort: '${PORT}'}]", "{port: 80, targetPort: wbe}", []),
    ],
)
def test_for_others_only_a_name_has_to_be_declared(
    container: str, ports: str, places: list[str]
) -> None:
    assert dead(service(ports), pod(container, image="other:1")) == places


@pytest.mark.parametrize("spec", ["clusterIP: None, ", "type: ExternalName, "])
def test_a_service_without_an_address_of_its_own_leads_nowhere_wrong(spec: str) -> None:
    assert dead(service("{port: 80, targetPort: gone}", spec), pod(PORTS)) == []


def test_one_of_several_workloads_with_the_port_is_enough() -> None:
    second = pod("ports: [{name: more, containerPort: 1}]").replace("name: notify,", "name: b,", 1)

    assert dead(service("{port: 80, targetPort: more}"), pod(PORTS), second) == []


def test_a_port_of_the_same_number_is_pointed_to_by_the_fix() -> None:
    text = together(service("{port: 8001, targetPort: sockets}"), pod(PORTS))
    (finding,) = findings({"manifest.yaml": text}, select=("XF403",))

    assert finding.problem.fix is not None
    assert [edit.text for edit in finding.problem.fix.edits] == ["ws"]
    assert [each.label for each in finding.problem.related] == [
        "declares 8000 as `http`",
        "declares 8001 as `ws`",
    ]


def selecting(kind: str, name: str = "notify", app: str = "notify") -> str:
    """An object of a kind that selects pods, a workload, or a Service."""
    labels = f"{{matchLabels: {{app: {app}}}}}"
    head = f"metadata: {{name: {name}}}\n"
    return {
        "Service": service(app=app, name=name),
        "PodDisruptionBudget": f"apiVersion: policy/v1\nkind: PodDisruptionBudget\n{head}"
        f"spec: {{maxUnavailable: 1, selector: {labels}}}\n",
        "NetworkPolicy": f"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n{head}"
        f"spec: {{podSelector: {labels}}}\n",
        "HorizontalPodAutoscaler": "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n"
        f"{head}spec: {{maxReplicas: 3, scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment,"
        f" name: {app}}}}}\n",
        "ServiceMonitor": "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\n"
        f"{head}spec: {{selector: {labels}, endpoints: [{{port: http}}]}}\n",
    }[kind]


KINDS = ["Service", "PodDisruptionBudget", "HorizontalPodAutoscaler", "ServiceMonitor"]


def lost(files: dict[str, str]) -> list[str]:
    return [each.problem.message.split(" `")[0] for each in findings(files, select=("XF404",))]


@pytest.mark.parametrize("kind", [*KINDS, "NetworkPolicy"])
def test_an_object_selects_something_that_is_there(kind: str) -> None:
    beside = together(deployment(), service(name="web"))

    assert lost({"a.yaml": together(beside, selecting(kind))}) == []
    assert lost({"a.yaml": together(beside, selecting(kind, app="notifyd"))}) == [kind]


@pytest.mark.parametrize("kind", KINDS)
def test_of_one_kustomization_all_files_belong_together(kind: str) -> None:
    files = {
        "kustomization.yaml": "resources: [a.yaml, b.yaml, c.yaml]",
        "a.yaml": deployment(),
        "b.yaml": service(name="web"),
        "c.yaml": selecting(kind, "other", "nobody"),
    }

    assert lost(files) == [kind]


@pytest.mark.parametrize("kind", [*KINDS, "NetworkPolicy"])
def test_files_of_one_folder_need_not_belong_together(kind: str) -> None:
    files = {
        "a.yaml": deployment(),
        "b.yaml": service(name="web"),
        "c.yaml": selecting(kind, "other", "nobody"),
    }

    assert lost(files) == []


@pytest.mark.parametrize("kind", ["Service", "PodDisruptionBudget", "NetworkPolicy"])
def test_the_name_of_a_workload_beside_it_shows_a_slip(kind: str) -> None:
    assert lost({"a.yaml": deployment(), "b.yaml": selecting(kind, "notify", "notfy")}) == [kind]


def test_a_policy_for_the_pods_of_others_is_right() -> None:
    assert lost({"a.yaml": together(deployment(), selecting("NetworkPolicy", "dns", "dns"))}) == []


@pytest.mark.parametrize(
    "beside",
    [
        "apiVersion: example.com/v1\nkind: Cluster\nmetadata: {name: db}\n",
        "",
    ],
)
def test_nothing_is_said_where_pods_may_come_from_elsewhere(beside: str) -> None:
    texts = [deployment()] * bool(beside) + [selecting("Service", app="db")]

    assert lost({"a.yaml": together(*texts, *[beside] * bool(beside))}) == []


def test_what_another_tool_fills_in_is_not_compared() -> None:
    text = together(deployment(), selecting("Service", app="'${APP}'"))

    assert lost({"a.yaml": text}) == []


def test_a_service_for_another_host_selects_nothing_by_right() -> None:
    text = service(spec="type: ExternalName, ", app="gone")

    assert lost({"a.yaml": together(deployment(), text)}) == []


def test_a_monitor_of_other_namespaces_is_right() -> None:
    monitor = selecting("ServiceMonitor", app="gone")
    elsewhere = monitor.replace("spec: {", "spec: {namespaceSelector: {any: true}, ")

    assert lost({"a.yaml": together(deployment(), service(), monitor)}) == ["ServiceMonitor"]
    assert lost({"a.yaml": together(deployment(), service(), elsewhere)}) == []


def test_an_autoscaler_for_what_another_tool_names_is_right() -> None:
    scaler = selecting("HorizontalPodAutoscaler", app="'${APP}'")

    assert lost({"a.yaml": together(deployment(), scaler)}) == []


def test_an_autoscaler_names_the_kind_of_what_has_the_name() -> None:
    scaler = selecting("HorizontalPodAutoscaler")
    text = together(deployment(kind="StatefulSet"), scaler)
    (told,) = [each.problem for each in findings({"a.yaml": text}, select=("XF404",))]

    assert told.span.text == "Deployment"
    assert told.help == "write `kind: StatefulSet`"
    rollout = scaler.replace("kind: Deployment", "kind: Rollout")
    assert lost({"a.yaml": together(deployment(), rollout)}) == []


def test_a_similar_name_is_the_advice_for_an_autoscaler() -> None:
    def advice(app: str) -> list[str]:
        text = together(deployment(), selecting("HorizontalPodAutoscaler", app=app))
        return [each.problem.help for each in findings({"a.yaml": text}, select=("XF404",))]

    assert advice("notfy") == ["did you mean `notify`?"]
    assert advice("gone") == ["there is notify"]
