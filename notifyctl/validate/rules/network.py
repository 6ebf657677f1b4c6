"""Rules about NetworkPolicies: whether there is one, and whether it lets clients in."""

from collections.abc import Iterable, Iterator
from typing import Final

from notifyctl.validate.finding import Problem, Severity
from notifyctl.validate.kubernetes import Container, Manifest, ManifestSet, Workload
from notifyctl.validate.kubernetes.manifest import may_be_one
from notifyctl.validate.kubernetes.selectors import selects
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.tree import Node

_TCP: Final = "TCP"


@rule("K8322", "warning")
def unfit_network_policy(manifests: ManifestSet, settings: Settings) -> Iterator[Problem]:
    """No NetworkPolicy guards the notification service, or one keeps its own clients out.

    Without a policy every pod of the cluster can reach the service, its metrics included; that is
    said under the profile for production. As soon as one policy selects the pods, only what some
    policy allows comes in: a forgotten port is an error, and looks like a broken network.

    Nearest elsewhere: kube-score `pod-networkpolicy` (whether there is one); nothing for ports.

    Bad::

        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: notify}
        spec:
          podSelector: {matchLabels: {app: notify}}
          ingress:
            - ports: [{port: 8000}]
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: notify}
        spec:
          selector: {matchLabels: {app: notify}}
          template:
            metadata: {labels: {app: notify}}
            spec:
              containers:
                - name: notify
                  image: notifyctl:0.1.0
                  ports: [{containerPort: 8000}, {containerPort: 8001}]

    Good::

        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: notify}
        spec:
          podSelector: {matchLabels: {app: notify}}
          ingress:
            - ports: [{port: 8000}, {port: 8001}]
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: notify}
        spec:
          selector: {matchLabels: {app: notify}}
          template:
            metadata: {labels: {app: notify}}
            spec:
              containers:
                - name: notify
                  image: notifyctl:0.1.0
                  ports: [{containerPort: 8000}, {containerPort: 8001}]
    """
    if manifests.incomplete:
        return
    for workload in manifests.workloads:
        for container in workload.containers:
            if not container.holds_sockets(settings):
                continue
            guarding = [each for each in incoming_policies(manifests) if guards(each, workload)]
            if guarding:
                yield from _closed_ports(container, guarding, settings)
            elif settings.is_production and not _has_others(manifests):
                yield Problem(
                    f"no NetworkPolicy selects the pods of {workload.kind} `{workload.name}`",
                    workload.node["metadata"]["name"],
                    help="add one that lets the proxy in, and whoever publishes",
                    note="every pod of the cluster can reach the service and its metrics",
                    about=workload.about,
                )


def _has_others(manifests: ManifestSet) -> bool:
    """Whether there are policies of another make, such as Cilium's or Calico's."""
    return any(
        each.kind.endswith("NetworkPolicy") and not each.is_a("NetworkPolicy")
        for each in manifests.manifests
    )


def incoming_policies(manifests: ManifestSet) -> Iterator[Manifest]:
    """The policies about what comes in; one that does not say is about that, too."""
    for policy in manifests.of_kind("NetworkPolicy"):
        types = [item.string for item in policy.node["spec"]["policyTypes"].items]
        if not types or "Ingress" in types:
            yield policy


def guards(policy: Manifest, workload: Workload) -> bool:
    """Whether a policy is about the pods of a workload."""
    selector = policy.node["spec"]["podSelector"]
    # An empty selector selects all; some write it as null.
    return may_be_one(policy.namespace, workload.namespace) and (
        not selector.exists or selects(selector, workload.pod_labels)
    )


def _closed_ports(
    container: Container, policies: list[Manifest], settings: Settings
) -> Iterator[Problem]:
    """The ports of the service that no policy lets anybody reach."""
    declared = {port.number for port in container.ports}
    for number in (settings.http_port, settings.ws_port):
        if number in declared and not _lets_in(number, container, policies):
            policy = max(policies, key=lambda each: len(each.node["spec"]["ingress"].items))
            ingress = policy.node["spec"]["ingress"]
            yield Problem(
                f"NetworkPolicy `{policy.name}` lets nobody reach port {number} "
                f"of container `{container.name}`",
                ingress.head if ingress.exists else ingress,
                help=f"add `port: {number}` to its `ports`",
                note="connections to that port time out",
                severity=Severity.ERROR,
                about=policy.about,
            )


def _lets_in(number: int, container: Container, policies: Iterable[Manifest]) -> bool:
    rules = (rule for policy in policies for rule in policy.node["spec"]["ingress"].items)
    for each in rules:
        ports = each["ports"].items
        if not ports or any(_is_in(number, port, container) for port in ports):
            return True
    return False


def _is_in(number: int, port: Node, container: Container) -> bool:
    """Whether a port of a policy, which may be a name or the first of several, is this number."""
    if (port["protocol"].text or _TCP) != _TCP:
        return False
    if not port["port"].exists:
        return True
    first, last = port["port"].integer, port["endPort"].integer
    if first is None:
        named = container.port_named(port["port"].string)
        return named is not None and named.number == number
    return first <= number <= (last if last is not None else first)
