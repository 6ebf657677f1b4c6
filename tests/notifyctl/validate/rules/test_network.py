"""Whether NetworkPolicies let clients in."""

import pytest

from tests.support.manifests import deployment, together
from tests.support.validating import findings

PORTS = "ports: [{name: http, containerPort: 8000}, {name: ws, containerPort: 8001}]"


def policy(spec: str, select: str = "podSelector: {matchLabels: {app: notify}}") -> str:
    return f"""\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: guard}}
spec: {{{select}, {spec}}}
"""


def told(*texts: str, profile: str = "dev") -> list[str]:
    found = findings(
        {"manifest.yaml": together(deployment(PORTS), *texts)}, select=("K8322",), profile=profile
    )
    return [each.problem.message for each in found]


def closed(port: int) -> str:
    return f"NetworkPolicy `guard` lets nobody reach port {port} of container `notify`"


@pytest.mark.parametrize(
    ("spec", "ports"),
    [
        ("ingress: [{ports: [{port: 8000}]}]", [8001]),
        ("ingress: [{ports: [{port: ws}]}]", [8000]),
        ("ingress: [{ports: [{port: 8000}, {port: 8001, protocol: UDP}]}]", [8001]),
        ("policyTypes: [Ingress]", [8000, 8001]),
        ("ingress: [{ports: [{port: 8000, endPort: 8001}]}]", []),
        ("ingress: [{ports: [{protocol: TCP}]}]", []),
        ("ingress: [{from: [{podSelector: {}}]}]", []),
        ("policyTypes: [Egress]", []),
    ],
)
def test_a_policy_that_selects_the_pods_must_allow_both_ports(spec: str, ports: list[int]) -> None:
    assert told(policy(spec)) == [closed(port) for port in ports]


def test_what_one_policy_forgets_another_may_allow() -> None:
    first = policy("ingress: [{ports: [{port: 8000}]}]")
    second = policy("ingress: [{ports: [{port: 8001}]}]").replace("guard", "sockets")

    assert told(first, second) == []


def test_a_policy_for_all_pods_is_for_these_too() -> None:
    assert told(policy("policyTypes: [Ingress]", "podSelector: {}")) == [closed(8000), closed(8001)]
    assert told(policy("policyTypes: [Ingress]", "podSelector: null")) == [
        closed(8000),
        closed(8001),
    ]
    assert told(policy("policyTypes: [Ingress]", "podSelector: {matchLabels: {app: a}}")) == []


def test_without_any_policy_production_is_warned() -> None:
    cilium = "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: guard}\n"

    assert told() == []
    assert told(profile="production") == [
        "no NetworkPolicy selects the pods of Deployment `notify`"
    ]
    assert told(cilium, profile="production") == []
